// The messages between the page of a desktop window and Electron's main process, channel by channel.
import { z } from 'zod';
import { type EventName, type MethodName, methods } from './contract.ts';
import type { FailureMessage } from './host.ts';
import { uint8Array } from './schemas/arrays.ts';
import { pacsCredentials } from './schemas/pacs.ts';

/** Channel name -> what the page may send on it. */
export const channels = {
  /** A method of the contract; the request as `pack` writes it. */
  'workbench.call': z.strictObject({
    method: z.enum(Object.keys(methods) as [MethodName, ...MethodName[]]),
    packed: uint8Array,
  }),
  /** The system's dialog for a folder or file. */
  'path.choose': z.strictObject({ what: z.enum(['folder', 'file', 'new']) }),
  /** Whether the system keeps secrets; and to keep the credentials of a DICOMweb service there. */
  'keychain.available': z.strictObject({ of: z.literal('pacs') }),
  'keychain.keep': z.strictObject({ url: z.url().max(2000), credentials: pacsCredentials }),
  /** A desktop notification. */
  'notice.show': z.strictObject({ title: z.string().max(300), text: z.string().max(2000) }),
} as const;

export type ChannelName = keyof typeof channels;
export type ChannelRequest<C extends ChannelName> = z.output<(typeof channels)[C]>;
export interface ChannelAnswers {
  readonly 'workbench.call': { readonly packed: Uint8Array } | { readonly failure: FailureMessage };
  readonly 'path.choose': string | null;
  readonly 'keychain.available': boolean;
  readonly 'keychain.keep': undefined;
  readonly 'notice.show': undefined;
}

/** Main process to page: an event of the contract. */
export const eventChannel = 'workbench.event';

/** What the preload script gives the page as `residua`: functions that send on these channels, and nothing else. */
export interface Bridge {
  readonly send: <C extends ChannelName>(channel: C, request: ChannelRequest<C>) => Promise<ChannelAnswers[C]>;
  /** Where a file is that a person has dropped on the page: what the page did not get from a person has no path. */
  readonly pathOf: (file: File) => string;
  readonly hear: (listener: (event: EventName, value: unknown) => void) => void;
}
