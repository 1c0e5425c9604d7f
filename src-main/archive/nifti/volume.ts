// A NIfTI file in memory: header and voxels as stored, uncompressed, lengths verified.
import { gunzipSync } from 'node:zlib';
import { Problem } from '../../platform/errors.ts';
import type { Samples } from '../decoded-image.ts';
import { limits } from '../limits.ts';
import { type NiftiHeader, readNiftiHeader } from './header.ts';

export interface NiftiVolume {
  readonly header: NiftiHeader;
  /** Stored values before scaling, first axis fastest; colour channels of a voxel lie together. */
  readonly voxels: Samples;
}

/** A NIfTI file in memory; `companion` is the .img of a .hdr. Both may be gzipped. */
export interface NiftiBytes {
  readonly bytes: Uint8Array;
  readonly companion?: Uint8Array;
  readonly name: string;
}

/** Reads a volume. Throws `content` when broken or shorter than its header says, `limit` when too large. */
export function readNiftiVolume({ bytes, companion, name }: NiftiBytes): NiftiVolume {
  const file = uncompressed(bytes, name);
  const header = readNiftiHeader(file, name);
  if (header.pair && companion === undefined) {
    throw new Problem('content', { file: name, reason: 'the .img file of this .hdr is missing' });
  }
  const data = header.pair ? uncompressed(companion!, name) : file;
  const { type, shape, offset, littleEndian } = header;
  const length = (shape.reduce((product, size) => product * size, 1) * type.bits * type.channels) / 8;
  if (data.length < offset + length) {
    const found = Math.max(0, data.length - offset);
    throw new Problem('content', { file: name, reason: `the volume holds ${found} of ${length} bytes` });
  }
  const copy = new Uint8Array(data.subarray(offset, offset + length));
  return { header, voxels: type.view(inNativeOrder(copy, type.bits, littleEndian)) };
}

function uncompressed(bytes: Uint8Array, name: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    const inflated = gunzipSync(bytes, { maxOutputLength: limits.inflatedBytes });
    return new Uint8Array(inflated.buffer, inflated.byteOffset, inflated.byteLength);
  } catch (error) {
    const tooLarge = (error as { readonly code?: string }).code === 'ERR_BUFFER_TOO_LARGE';
    const reason = tooLarge ? 'inflates beyond the limit' : 'the gzip data is broken or cut short';
    throw new Problem('content', { file: name, reason }, { cause: error });
  }
}

function inNativeOrder(bytes: Uint8Array, bits: number, littleEndian: boolean): ArrayBuffer {
  const buffer = Buffer.from(bytes.buffer);
  if (!littleEndian) {
    if (bits === 16) buffer.swap16();
    if (bits === 32) buffer.swap32();
    if (bits === 64) buffer.swap64();
  }
  return bytes.buffer as ArrayBuffer;
}
