// residua export pack and unpack: an export for a machine without a network, and back.
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Locking, Unlocking } from '../curation/transport/age.ts';
import { packExport } from '../curation/transport/pack.ts';
import { sizeInBytes } from '../curation/transport/size.ts';
import { packedParts, unpackExport } from '../curation/transport/unpack.ts';
import { Problem } from '../platform/errors.ts';
import type { Context } from './context.ts';
import { readPassphrase } from './passphrase.ts';

/** The options of both, as they were given. */
export interface TransportOptions {
  readonly out: string | undefined;
  readonly split: string | undefined;
  readonly encrypt: boolean;
  readonly recipient: readonly string[];
  readonly identity: string | undefined;
  readonly passphraseFile: string | undefined;
  readonly passphraseStdin: boolean;
}

export async function pack(folder: string, options: TransportOptions, context: Context): Promise<void> {
  const target = resolve(options.out ?? `${basename(resolve(folder))}-packed`);
  const split = options.split === undefined ? undefined : sizeInBytes(options.split);
  const { parts, bytes } = await packExport({ folder, target, split, locking: await lockingOf(options) }, context);
  context.print(`${parts} ${parts === 1 ? 'file' : 'parts'}, ${bytes} bytes: ${target}`);
}

export async function unpack(folder: string, options: TransportOptions, context: Context): Promise<void> {
  if (options.out === undefined) throw new Problem('usage', { message: '--out is required' });
  const packed = await packedParts(resolve(folder));
  const unlocking = packed?.isEncrypted === true ? await unlockingOf(options) : undefined;
  const { target, files } = await unpackExport({ folder, target: resolve(options.out), unlocking }, context);
  context.print(`${files} files, each as SHA256SUMS says: ${target}`);
}

async function lockingOf(options: TransportOptions): Promise<Locking | undefined> {
  const { encrypt, recipient, passphraseFile: file, passphraseStdin: stdin } = options;
  const byPassphrase = encrypt || file !== undefined || stdin;
  if (recipient.length > 0 && byPassphrase) {
    throw new Problem('usage', { message: 'encrypt with a passphrase or for recipients, not both' });
  }
  if (recipient.length > 0) return { recipients: recipient };
  return byPassphrase ? { passphrase: await readPassphrase({ file, stdin }, { twice: true }) } : undefined;
}

async function unlockingOf({
  identity,
  passphraseFile: file,
  passphraseStdin: stdin,
}: TransportOptions): Promise<Unlocking> {
  if (identity === undefined) return { passphrase: await readPassphrase({ file, stdin }, { twice: false }) };
  const lines = (await readFile(identity, 'utf8')).split(/\r?\n/).map((line) => line.trim());
  return { identities: lines.filter((line) => line !== '' && !line.startsWith('#')) };
}
