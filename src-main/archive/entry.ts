// The identity of one image file of an archive (where, how large, how old), and the judgement of names inside archives.
import { z } from 'zod';
import { invisible } from '../platform/words.ts';

/** Checks an entry that comes from another process. */
export const archiveEntrySchema = z.strictObject({
  /** Unique within the archive, shown to people: folders and zips joined by `/`. */
  path: z.string(),
  /** The file on disk: the image itself, or the zip that holds it. */
  file: z.string(),
  /** Name in that zip, then name in the zip of that name, and so on; empty for a file in a folder. */
  inside: z.array(z.string()).readonly(),
  /** Bytes, uncompressed. */
  size: z.int().nonnegative(),
  /** Milliseconds since 1970 UTC of the last change of `file`. */
  modified: z.number(),
  /** Name beside it of the .img file that belongs to this .hdr file. */
  companion: z.string().optional(),
});
export type ArchiveEntry = Readonly<z.infer<typeof archiveEntrySchema>>;

const devices = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i;
const faults: readonly (readonly [fault: string, test: (name: string) => boolean])[] = [
  ['is empty', (name) => name === ''],
  ['is too long', (name) => name.length > 1024 || name.split('/').some((part) => Buffer.byteLength(part) > 255)],
  ['has control or invisible characters', (name) => invisible.test(name)],
  ['is an absolute path', (name) => /^[\\/]/.test(name) || /^[a-z]:/i.test(name)],
  ['has a colon', (name) => name.includes(':')],
  ['leaves its folder', (name) => name.split(/[\\/]/).includes('..')],
  ['has a backslash', (name) => name.includes('\\')],
  ['has an empty part', (name) => name.split('/').some((part) => part === '' || part === '.')],
  ['ends a part with a dot or space', (name) => name.split('/').some((part) => /[. ]$/.test(part))],
  ['is the name of a device', (name) => name.split('/').some((part) => devices.test(part))],
];

/** What is hostile about a name inside an archive (`/` between folders), or undefined when it is harmless. */
export function faultOfName(name: string): string | undefined {
  return faults.find(([, test]) => test(name))?.[0];
}

/** A hostile name made safe to print: odd characters escaped, cut to 80. */
export function printableName(name: string): string {
  const escaped = name.replace(/[^\x20-\x7e]/gu, (odd) => `\\u{${odd.codePointAt(0)!.toString(16)}}`);
  return escaped.length > 80 ? `${escaped.slice(0, 77)}...` : escaped;
}
