// Tar archives (POSIX ustar) of plain files, written and read as streams: what `tar x` of every system unpacks.
import { createReadStream } from 'node:fs';
import { paddedSize, readTarHeader, type TarHeader, tarBlock } from '../../archive/containers/tar-header.ts';
import { ByteStream } from '../../platform/byte-stream.ts';
import { Problem } from '../../platform/errors.ts';

const block = tarBlock;

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
  const stream = new ByteStream(source);
  const take = async (count: number) => {
    const bytes = await stream.take(count);
    if (bytes.length === count) return bytes;
    throw new Problem('content', { file, reason: 'ends too early' });
  };
  for (;;) {
    const header = readTarHeader(await take(tarBlock));
    if (header === 'end') return stream.drain();
    const { name, size } = checkedHeader(header, file);
    const start = stream.at;
    yield { name, size, bytes: whole(stream, size, file) };
    if (stream.at !== start + size) throw new Error(`${name} was not read to its end`);
    await take(paddedSize(size) - size);
  }
}

/** Exactly `size` bytes. */
async function* whole(stream: ByteStream, size: number, file: string): AsyncGenerator<Uint8Array> {
  const end = stream.at + size;
  yield* stream.upTo(size);
  if (stream.at < end) throw new Problem('content', { file, reason: 'ends too early' });
}

function checkedHeader(header: TarHeader | undefined, file: string): TarHeader {
  const broken = (reason: string) => new Problem('content', { file, reason });
  if (header === undefined) throw broken('is not a tar archive');
  if (!['0', '\0'].includes(header.type)) throw broken('holds something else than plain files');
  if (/^\/|^[A-Za-z]:|(^|\/)\.{1,2}(\/|$)|\\|\/\/|\/$|^$/.test(header.name))
    throw broken('holds a file outside of its folder');
  return header;
}
