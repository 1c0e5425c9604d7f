// The one place where Electron's main process receives messages from its page: every channel has a schema and a check of the sender.
import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import { type ChannelAnswers, type ChannelName, type ChannelRequest, channels } from '../../src-preload/bridge.ts';
import { pageAddress } from './refusals.ts';

/** One function per channel. */
export type ChannelHandlers = {
  readonly [C in ChannelName]: (request: ChannelRequest<C>) => Promise<ChannelAnswers[C]>;
};

export type Sender = Pick<IpcMainInvokeEvent, 'sender' | 'senderFrame'>;

/** Whether a message comes from the top frame of the page of this program, in a window of this program. */
export function isOurPage({ sender, senderFrame }: Sender, windowContents: number | undefined): boolean {
  if (senderFrame === null || sender.id !== windowContents) return false;
  return senderFrame.parent === null && senderFrame.url === pageAddress;
}

/**
 * Registers every channel of the bridge. A sender that `isAllowed` does not know and a request that does not fit the
 * channel's schema are refused before a handler sees them.
 */
export function registerChannels(
  ipcMain: Pick<IpcMain, 'handle'>,
  handlers: ChannelHandlers,
  isAllowed: (sender: Sender) => boolean,
): void {
  for (const channel of Object.keys(channels) as ChannelName[]) {
    ipcMain.handle(channel, async (event, request: unknown) => {
      if (!isAllowed(event)) throw new Error(`${channel}: this sender is refused`);
      const parsed = channels[channel].safeParse(request);
      if (!parsed.success) throw new Error(`${channel}: ${parsed.error.issues[0]?.message ?? 'not understood'}`);
      return handlers[channel](parsed.data as never);
    });
  }
}
