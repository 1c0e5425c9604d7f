// Passwords and tokens of DICOMweb services, in the memory of this process alone: no file, log, parameter or child process has them.
import type { PacsCredentials, PacsPeer } from '../../src-preload/schemas/pacs.ts';

/** Origin -> credentials. */
const known = new Map<string, PacsCredentials>();

/** Keeps the credentials of a service until this process ends; null forgets them. */
export function keepCredentials(url: string, credentials: PacsCredentials | null): void {
  const { origin } = new URL(url);
  if (credentials === null) known.delete(origin);
  else known.set(origin, credentials);
}

/** Those of a peer; undefined when there are none. */
export function credentialsOf(peer: PacsPeer): PacsCredentials | undefined {
  return peer.protocol === 'dicomweb' ? known.get(new URL(peer.url).origin) : undefined;
}
