// The header of a file in a tar archive (POSIX ustar, and what GNU tar and pax write), 512 bytes.

export const tarBlock = 512;

export interface TarHeader {
  /** As written, folders divided by `/`. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** `0` or NUL: a plain file. `5`: a folder. Others are links, devices, and headers of the file that follows. */
  readonly type: string;
}

/** A header; `end` for a block of zeros; undefined for anything else. */
export function readTarHeader(block: Buffer): TarHeader | 'end' | undefined {
  if (block.length < tarBlock) return undefined;
  if (block.every((byte) => byte === 0)) return 'end';
  const text = (from: number, to: number) => block.toString('utf8', from, to).replace(/\0.*$/s, '');
  let sum = 8 * 32;
  for (let index = 0; index < tarBlock; index++) if (index < 148 || index >= 156) sum += block[index]!;
  if (Number.parseInt(text(148, 156), 8) !== sum) return undefined;
  // Only ustar has a prefix; older and GNU headers have other things there.
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(345, 500) : '';
  const name = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
  const size = block[124] === 0x80 ? Number(block.readBigUInt64BE(128)) : Number.parseInt(text(124, 136), 8) || 0;
  if (!Number.isSafeInteger(size) || size < 0) return undefined;
  return { name, size, type: String.fromCharCode(block[156]!) };
}

/** Whether the type is that of a plain file. */
export const isPlainFile = ({ type }: TarHeader): boolean => type === '0' || type === '\0' || type === '7';

/** Bytes from the beginning of a file's content to the next header. */
export const paddedSize = (size: number): number => Math.ceil(size / tarBlock) * tarBlock;

/** Whether a file begins as a tar archive does. */
export function isTar(head: Uint8Array): boolean {
  const block = Buffer.from(head.buffer, head.byteOffset, Math.min(head.byteLength, tarBlock));
  const header = readTarHeader(block);
  return header !== undefined && header !== 'end' && header.name !== '';
}

/** Records of a pax header, such as `path` and `size`; undefined when they are not well formed. */
export function readPaxRecords(content: Buffer): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length = Number.parseInt(content.toString('latin1', at, space), 10);
    if (space < 0 || !(length > 0) || at + length > content.length) return undefined;
    const line = content.toString('utf8', space + 1, at + length - 1);
    const equals = line.indexOf('=');
    if (equals < 0) return undefined;
    records.set(line.slice(0, equals), line.slice(equals + 1));
    at += length;
  }
  return records;
}
