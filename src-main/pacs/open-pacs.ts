// Opens a PACS by whichever protocol it speaks.
import type { PacsPeer } from '../../src-preload/schemas/pacs.ts';
import { credentialsOf } from './credentials.ts';
import { openDicomweb } from './dicomweb/dicomweb-source.ts';
import { openDimse } from './dimse/dimse-source.ts';
import type { PacsSource } from './source.ts';

export interface OpenOptions {
  /** Seconds. */
  readonly timeout: number;
  /** Requests or associations at once. */
  readonly parallel: number;
  /** One line about a connection that our receiver has refused. */
  readonly onRefused?: (line: string) => void;
}

/** Nothing is connected yet. Throws `file`, `usage` and `content` for certificates, `peer` for a password that would not be safe. */
export function openPacs(peer: PacsPeer, { onRefused = () => {}, ...options }: OpenOptions): Promise<PacsSource> {
  return peer.protocol === 'dicomweb'
    ? openDicomweb(peer, { ...options, credentials: credentialsOf(peer) })
    : openDimse(peer, { ...options, onRefused });
}
