// File names that are no valid UTF-8: as text that is unique and finds the file again, and as people read them.
import { Buffer } from 'node:buffer';

/** Bytes 0x80 to 0xFF of a name that is no UTF-8 stand as characters of this private range, as MirBSD's OPTU-8 has it. */
const rawBase = 0xef00;
const raw = /[\uef80-\uefff]/;
const everyRaw = /[\uef80-\uefff]/g;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The name as text: as UTF-8 where it is that, else each byte that is not ASCII by itself. */
export function textOfName(name: Uint8Array): string {
  try {
    const text = strict.decode(name);
    if (!raw.test(text)) return text;
  } catch {
    // Not UTF-8: Latin-1 or another old encoding.
  }
  return Array.from(name, (byte) => String.fromCharCode(byte < 0x80 ? byte : rawBase + byte)).join('');
}

/** What the system takes for a path: the text itself, or its bytes where a name on the way is no UTF-8. */
export function diskPath(path: string): string | Buffer {
  if (!raw.test(path)) return path;
  const parts = path.split(everyRaw);
  const bytes = [...path.matchAll(everyRaw)].map(([character]) => Buffer.from([character.charCodeAt(0) - rawBase]));
  return Buffer.concat(parts.flatMap((part, index) => [Buffer.from(part), ...(bytes[index] ? [bytes[index]] : [])]));
}

/** The name as people read it: bytes of their own as Latin-1, or as `%F6` where a neighbour is called like that. */
export function shownName(name: string, neighbours: ReadonlySet<string>): string {
  if (!raw.test(name)) return name;
  const code = (character: string) => character.charCodeAt(0) - rawBase;
  const latin1 = name.replace(everyRaw, (character) => String.fromCharCode(code(character)));
  if (!neighbours.has(latin1)) return latin1;
  return name.replace(everyRaw, (character) => `%${code(character).toString(16).toUpperCase()}`);
}
