// Replaces identities by pseudonyms that are the same in every export and that nobody without the key can undo.
import { createHmac, randomBytes } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Problem } from '../../platform/errors.ts';
import { makeFolder } from '../../platform/make-folder.ts';

/** Functions of one secret key: equal inputs give equal outputs, today and in later exports. */
export interface Pseudonyms {
  /** A UID below 2.25 (PS3.5 B.2): a UUID of version 8, made of HMAC-SHA256. */
  readonly uid: (uid: string) => string;
  /** Stands for a patient, such as `R-8F2K…`; at most 18 characters. */
  readonly patient: (patient: string) => string;
  /** Days to move this patient's dates back: 1 to 3650. */
  readonly days: (patient: string) => number;
}

/** Crockford's base 32: no letters that are mistaken for digits. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The pseudonyms of a key of 32 bytes. */
export function pseudonymsOf(key: Uint8Array): Pseudonyms {
  const digest = (kind: string, text: string): Buffer => createHmac('sha256', key).update(`${kind}\0${text}`).digest();
  return {
    uid: (uid) => {
      const uuid = digest('uid', uid).subarray(0, 16);
      uuid[6] = (uuid[6]! & 0x0f) | 0x80;
      uuid[8] = (uuid[8]! & 0x3f) | 0x80;
      return `2.25.${BigInt(`0x${uuid.toString('hex')}`)}`;
    },
    patient: (patient) =>
      `R-${Array.from(digest('patient', patient).subarray(0, 16), (byte) => alphabet[byte % 32]).join('')}`,
    days: (patient) => 1 + (digest('days', patient).readUInt32BE(0) % 3650),
  };
}

/**
 * Reads the key at `path`, made when there is none: 64 hex digits, readable by its owner alone. It is never exported with
 * images; who has it and the originals can tell which pseudonym is whose. Throws `content` when the file is something else.
 */
export async function readKey(path: string): Promise<Uint8Array> {
  await writeNewKey(path, randomBytes(32));
  return existingKey(path);
}

/** Copies the key at `path`, made when there is none, to the new file `target`. Throws `file` where that exists. */
export async function exportKey(path: string, target: string): Promise<void> {
  const key = await readKey(path);
  if (!(await writeNewKey(target, key))) {
    throw new Problem('file', { file: target, reason: 'exists already; a key is written to a new file only' });
  }
}

/**
 * Makes the key of the file `source` the key at `path`, where there must be none yet, or the same: exports with one key
 * could not be matched with those of another. True when it was new. Throws `content` for a file that is no key, `file` where
 * there is another key.
 */
export async function importKey(path: string, source: string): Promise<boolean> {
  const key = await existingKey(source);
  if (await writeNewKey(path, key)) return true;
  if (Buffer.from(await existingKey(path)).equals(key)) return false;
  throw new Problem('file', {
    file: path,
    reason: 'is another key, with which this catalog makes its pseudonyms already',
  });
}

/** Writes a key for its owner alone to a file that is not there yet; false where it is. */
async function writeNewKey(path: string, key: Uint8Array): Promise<boolean> {
  makeFolder(dirname(path), 0o700);
  try {
    const handle = await open(path, 'wx', 0o600);
    try {
      await handle.writeFile(`${Buffer.from(key).toString('hex')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function existingKey(path: string): Promise<Buffer> {
  const text = await readFile(path, 'utf8');
  if (/^[0-9a-f]{64}\n$/.test(text)) return Buffer.from(text.trim(), 'hex');
  throw new Problem('content', { file: path, reason: 'is not a key for pseudonyms' });
}
