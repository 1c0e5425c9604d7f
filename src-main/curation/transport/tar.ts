// Tar archives (POSIX ustar) of plain files, written and read as streams: what `tar x` of every system unpacks.
import { createReadStream } from 'node:fs';
import { Problem } from '../../platform/errors.ts';

const block = 512;

/** A file to be archived: its name in the archive with `/`, where it is, and its bytes. */
export interface TarFile {
  readonly name: string;
  readonly path: string;
  readonly size: number;
}

/** The bytes of an archive of some files, in their order. Throws `content` when a file has changed its size meanwhile. */
export async function* tarOf(files: readonly TarFile[]): AsyncGenerator<Uint8Array> {
  for (const { name, path, size } of files) {
    yield headerOf(name, size);
    let read = 0;
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      read += chunk.length;
      yield chunk;
    }
    if (read !== size) throw new Problem('content', { file: path, reason: 'changed while it was read' });
    yield new Uint8Array((block - (size % block)) % block);
  }
  yield new Uint8Array(2 * block);
}

/** The bytes that `tarOf` gives. */
export function tarSize(files: readonly TarFile[]): number {
  return files.reduce((sum, { size }) => sum + block + Math.ceil(size / block) * block, 2 * block);
}

/** Names are split at a folder where they are longer than 100 bytes; sizes from 8 GiB on are written in binary, as GNU tar does. */
function headerOf(name: string, size: number): Uint8Array {
  const header = Buffer.alloc(block);
  const cut = Buffer.byteLength(name) > 100 ? name.lastIndexOf('/', 155) : -1;
  const [prefix, rest] = cut < 0 ? ['', name] : [name.slice(0, cut), name.slice(cut + 1)];
  if (Buffer.byteLength(rest) > 100 || Buffer.byteLength(prefix) > 155) {
    throw new Problem('limit', { what: 'length of a path in the export', value: name.length, limit: 255 });
  }
  header.write(rest, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  if (size < 8 ** 11) header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  header.write('00000000000\0', 136);
  header.fill(' ', 148, 156);
  header.write('0', 156);
  header.write('ustar\0', 257);
  header.write('00', 263);
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** A file of an archive; `bytes` must be read to its end before the next one is asked for. */
export interface TarEntry {
  readonly name: string;
  readonly size: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * The files of an archive. Everything else (folders, links, devices) is refused, as are names that leave the folder. `file` names the
 * archive in messages. Throws `content` for what is not well formed or ends too early.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<TarEntry> {
  const reader = new ByteReader(source, file);
  for (;;) {
    const header = await reader.take(block);
    if (header.every((byte) => byte === 0)) {
      await reader.drain();
      return;
    }
    const { name, size } = entryOf(header, file);
    const start = reader.at;
    yield { name, size, bytes: reader.stream(size) };
    if (reader.at !== start + size) throw new Error(`${name} was not read to its end`);
    await reader.take((block - (size % block)) % block);
  }
}

function entryOf(header: Buffer, file: string): { readonly name: string; readonly size: number } {
  const text = (from: number, to: number) => header.toString('utf8', from, to).replace(/\0.*$/s, '');
  const broken = (reason: string) => new Problem('content', { file, reason });
  const sum = Buffer.concat([header.subarray(0, 148), Buffer.alloc(8, 32), header.subarray(156)]).reduce(
    (a, b) => a + b,
    0,
  );
  if (Number.parseInt(text(148, 156), 8) !== sum) throw broken('is not a tar archive');
  const prefix = text(345, 500);
  const name = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
  if (!['0', '\0'].includes(String.fromCharCode(header[156]!))) throw broken('holds something else than plain files');
  if (/^\/|^[A-Za-z]:|(^|\/)\.{1,2}(\/|$)|\\|\/\/|\/$|^$/.test(name))
    throw broken('holds a file outside of its folder');
  const size = header[124] === 0x80 ? Number(header.readBigUInt64BE(128)) : Number.parseInt(text(124, 136), 8);
  if (!Number.isSafeInteger(size) || size < 0) throw broken('is not a tar archive');
  return { name, size };
}

/** Takes bytes off a stream of chunks. */
class ByteReader {
  at = 0;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #file: string;
  #left: Uint8Array = new Uint8Array();

  constructor(source: AsyncIterable<Uint8Array>, file: string) {
    this.#chunks = source[Symbol.asyncIterator]();
    this.#file = file;
  }

  async take(count: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of this.stream(count)) parts.push(part);
    return Buffer.concat(parts);
  }

  async *stream(count: number): AsyncGenerator<Uint8Array> {
    let missing = count;
    while (missing > 0) {
      if (this.#left.length === 0) {
        const next = await this.#chunks.next();
        if (next.done === true) throw new Problem('content', { file: this.#file, reason: 'ends too early' });
        this.#left = next.value;
      }
      const part = this.#left.subarray(0, missing);
      this.#left = this.#left.subarray(part.length);
      missing -= part.length;
      this.at += part.length;
      if (part.length > 0) yield part;
    }
  }

  /** Reads what is left, so that whoever checks the stream behind sees its end. */
  async drain(): Promise<void> {
    this.#left = new Uint8Array();
    while ((await this.#chunks.next()).done !== true);
  }
}
