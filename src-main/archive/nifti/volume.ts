// A NIfTI file in memory: header and voxels as stored, uncompressed, lengths verified.
import { createGunzip, gunzipSync } from 'node:zlib';
import { Problem } from '../../platform/errors.ts';
import type { Samples } from '../decoded-image.ts';
import { type NiftiHeader, readNiftiHeader } from './header.ts';

export interface NiftiVolume {
  readonly header: NiftiHeader;
  /** Stored values before scaling, first axis fastest; colour channels of a voxel lie together. */
  readonly voxels: Samples;
  /** Bytes behind the voxels, at most a mebibyte of them counted. */
  readonly surplus: number;
}

/** A NIfTI file in memory; `companion` is the .img of a .hdr. Both may be gzipped. */
export interface NiftiBytes {
  readonly bytes: Uint8Array;
  readonly companion?: Uint8Array;
  readonly name: string;
}

/** Reads a volume. Throws `content` when broken or shorter than its header says, `limit` when too large. */
export async function readNiftiVolume({ bytes, companion, name }: NiftiBytes): Promise<NiftiVolume> {
  const header = readNiftiHeader(isGzip(bytes) ? inflatedHead(bytes, name) : bytes, name);
  if (header.pair && companion === undefined) {
    throw new Problem('content', { file: name, reason: 'the .img file of this .hdr is missing' });
  }
  const data = header.pair ? companion! : bytes;
  const { type, shape, offset, littleEndian } = header;
  const length = (shape.reduce((product, size) => product * size, 1) * type.bits * type.channels) / 8;
  const voxels = new Uint8Array(length);
  const found = isGzip(data) ? await inflateInto(voxels, data, offset, name) : copyInto(voxels, data, offset);
  const surplus = Math.max(0, found - length);
  if (found < length) {
    throw new Problem('content', { file: name, reason: `the volume holds ${found} of ${length} bytes` });
  }
  if (!littleEndian) swap(voxels, type.bits);
  return { header, voxels: type.view(voxels.buffer), surplus };
}

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The first bytes of a gzip stream, enough for any header: of 4 KiB at most 4 MiB come out. */
function inflatedHead(bytes: Uint8Array, name: string): Uint8Array {
  try {
    // Z_SYNC_FLUSH: the stream may end early.
    return new Uint8Array(gunzipSync(bytes.subarray(0, 4096), { finishFlush: 2 }).subarray(0, 540));
  } catch (error) {
    throw brokenGzip(name, error);
  }
}

/** How many bytes there are from `offset` on; as many as fit are copied. */
function copyInto(target: Uint8Array, data: Uint8Array, offset: number): number {
  target.set(data.subarray(offset, offset + target.length));
  return Math.max(0, data.length - offset);
}

/** Bytes behind the volume that are read on, so that the checksum at the end of the stream is verified. */
const TRAILER = 2 ** 20;

/** Inflates the bytes from `offset` on into `target` as they come and counts them; a stream that goes on and on is left. */
async function inflateInto(target: Uint8Array, data: Uint8Array, offset: number, name: string): Promise<number> {
  const stream = createGunzip({ chunkSize: 2 ** 16 });
  stream.end(data);
  let at = -offset;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      const start = Math.max(0, -at);
      if (at + start < target.length) target.set(chunk.subarray(start, target.length - at), at + start);
      at += chunk.length;
      if (at > target.length + TRAILER) break;
    }
  } catch (error) {
    throw brokenGzip(name, error);
  } finally {
    stream.destroy();
  }
  return Math.max(0, at);
}

function brokenGzip(name: string, cause: unknown): Problem {
  return new Problem('content', { file: name, reason: 'the gzip data is broken or cut short' }, { cause });
}

function swap(bytes: Uint8Array, bits: number): void {
  const buffer = Buffer.from(bytes.buffer);
  if (bits === 16) buffer.swap16();
  if (bits === 32) buffer.swap32();
  if (bits === 64) buffer.swap64();
}
