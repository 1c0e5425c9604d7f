// Where the bytes of a tar archive come from: a file, memory, or a gzip stream, which can only be read from its beginning.
import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ByteStream } from '../../platform/byte-stream.ts';
import { diskPath } from '../../platform/disk-path.ts';
import { Problem } from '../../platform/errors.ts';
import { limits } from '../limits.ts';

/** Bytes by their place in the archive. */
export interface TarSource {
  /** At most `length` bytes from `position`: fewer at the end. `alive` is called while it takes long. */
  readonly bytesAt: (position: number, length: number, alive?: () => void) => Promise<Buffer>;
  readonly close: () => Promise<void>;
}

export function bufferSource(buffer: Buffer): TarSource {
  return {
    bytesAt: async (position, length) => buffer.subarray(position, position + length),
    close: async () => {},
  };
}

/** Headers lie between contents: a window saves asking the disk for those of small files one by one. */
const window = 64 * 1024;

export function fileSource(handle: FileHandle): TarSource {
  let held: { readonly start: number; readonly bytes: Buffer } | undefined;
  const read = async (position: number, length: number) => {
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = await handle.read(buffer, 0, length, position);
    return buffer.subarray(0, bytesRead);
  };
  return {
    async bytesAt(position, length) {
      if (length >= window) return read(position, length);
      const isHeld =
        held !== undefined && position >= held.start && position + length <= held.start + held.bytes.length;
      if (!isHeld) held = { start: position, bytes: await read(position, window) };
      return Buffer.from(held!.bytes.subarray(position - held!.start, position - held!.start + length));
    },
    close: () => handle.close(),
  };
}

/** How far decompression goes before it says that it is alive. */
const aliveBytes = 8 * 2 ** 20;

/**
 * A gzipped archive. With `keeps`, what has been decompressed is kept in a file without a name in the folder for temporary files, up to
 * the furthest byte that was asked for, so that going back costs nothing; without, going back begins anew. Throws `limit` when much more
 * comes out than a compressed archive of images has, `content` when the stream is broken.
 */
export class GunzipSource implements TarSource {
  readonly #path: string;
  readonly #label: string;
  readonly #keeps: boolean;
  #limit = 0;
  #stream: ByteStream | undefined;
  #kept: FileHandle | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string, label: string, { keeps }: { readonly keeps: boolean }) {
    this.#path = path;
    this.#label = label;
    this.#keeps = keeps;
  }

  bytesAt(position: number, length: number, alive: () => void = () => {}): Promise<Buffer> {
    const next = this.#last.then(() => this.#bytesAt(position, length, alive));
    this.#last = next.catch(() => {});
    return next;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#stream?.close();
    await this.#kept?.close();
  }

  async #bytesAt(position: number, length: number, alive: () => void): Promise<Buffer> {
    try {
      if (this.#keeps) return await this.#keptBytes(position, length, alive);
      if (this.#stream !== undefined && position < this.#stream.at) {
        await this.#stream.close();
        this.#stream = undefined;
      }
      const stream = await this.#opened();
      await this.#pass(stream, position - stream.at, alive);
      return await stream.take(length);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? '';
      if (!code.startsWith('Z_')) throw error;
      throw new Problem('content', { file: this.#label, reason: 'its compressed data is broken' }, { cause: error });
    }
  }

  async #keptBytes(position: number, length: number, alive: () => void): Promise<Buffer> {
    const stream = await this.#opened();
    this.#kept ??= await namelessFile();
    await this.#pass(stream, position + length - stream.at, alive, this.#kept);
    const buffer = Buffer.allocUnsafe(length);
    const { bytesRead } = await this.#kept.read(buffer, 0, length, position);
    return buffer.subarray(0, bytesRead);
  }

  /** Reads on, into `target` where there is one. */
  async #pass(stream: ByteStream, count: number, alive: () => void, target?: FileHandle): Promise<void> {
    let told = stream.at;
    for await (const piece of stream.upTo(Math.max(0, count))) {
      if (stream.at > this.#limit) {
        throw new Problem('limit', { what: `unpacked size of ${this.#label}`, value: stream.at, limit: this.#limit });
      }
      if (target !== undefined) await target.write(piece, 0, piece.length, stream.at - piece.length);
      if (stream.at - told < aliveBytes) continue;
      told = stream.at;
      alive();
    }
  }

  async #opened(): Promise<ByteStream> {
    if (this.#stream !== undefined) return this.#stream;
    const handle = await open(diskPath(this.#path), 'r');
    const { size } = await handle.stat();
    this.#limit = Math.max(limits.tarBytes, limits.tarGrowth * size);
    const unzip = createGunzip({ chunkSize: 256 * 1024 });
    // What fails is told by the stream that is read.
    pipeline(handle.createReadStream({ highWaterMark: 256 * 1024 }), unzip, () => {});
    this.#stream = new ByteStream(unzip);
    return this.#stream;
  }
}

/** A file that only this process can reach, and that is gone with it. */
async function namelessFile(): Promise<FileHandle> {
  const path = join(tmpdir(), `residua-${randomUUID()}.tmp`);
  const handle = await open(path, 'wx+', 0o600);
  await rm(path, { force: true });
  return handle;
}
