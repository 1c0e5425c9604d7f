// Writes NIfTI files: a changed copy of a volume that keeps its header, or a new volume with an affine of ours.
import { gzipSync } from 'node:zlib';
import type { Samples } from '../decoded-image.ts';
import type { Affine } from './affine.ts';
import type { NiftiHeader } from './header.ts';

/** Datatype codes of the samples that are written. */
const codes = {
  Uint8Array: 2,
  Int16Array: 4,
  Int32Array: 8,
  Float32Array: 16,
  Float64Array: 64,
  Int8Array: 256,
  Uint16Array: 512,
  Uint32Array: 768,
} as const;
const RGB24 = 128;

/** Offsets of the fields that change, per version (nifti1.h, nifti2.h), and how wide lengths and numbers are. */
const layouts = {
  1: {
    dim: 40,
    datatype: 70,
    offset: 108,
    slope: 112,
    range: [124, 128],
    qform: 252,
    sform: 254,
    rows: 280,
    size: 348,
  },
  2: {
    dim: 16,
    datatype: 12,
    offset: 168,
    slope: 176,
    range: [192, 200],
    qform: 344,
    sform: 348,
    rows: 400,
    size: 540,
  },
} as const;

/** What is to be different from the header that the copy starts from. */
export interface NiftiChanges {
  readonly shape: readonly number[];
  readonly voxels: Samples;
  /** Colours of a voxel lie together: 24-bit RGB. */
  readonly colour?: boolean;
  readonly scaling?: { readonly slope: number; readonly intercept: number };
  /** Replaces the orientation; the qform, which cannot express every affine, is then switched off. */
  readonly affine?: Affine;
}

/** The bytes of `niftiBytes`, gzipped. */
export function encodeNifti(
  header: Pick<NiftiHeader, 'raw' | 'version' | 'littleEndian'>,
  changes: NiftiChanges,
): Uint8Array {
  return gzipSync(niftiBytes(header, changes));
}

/**
 * The bytes of a single-file NIfTI with `header`'s fields and byte order and the given voxels (first axis fastest).
 * Extensions are not copied. The same input gives the same bytes.
 */
export function niftiBytes(
  header: Pick<NiftiHeader, 'raw' | 'version' | 'littleEndian'>,
  changes: NiftiChanges,
): Uint8Array {
  const { raw, version, littleEndian: little } = header;
  const layout = layouts[version];
  const start = layout.size + 4;
  const { voxels, shape, affine, scaling } = changes;
  const file = new Uint8Array(start + voxels.byteLength);
  file.set(raw);
  const view = new DataView(file.buffer);
  const wide = version === 2;
  const putNumber = (at: number, value: number) =>
    wide ? view.setFloat64(at, value, little) : view.setFloat32(at, value, little);
  const putLength = (index: number, value: number) =>
    wide
      ? view.setBigInt64(layout.dim + index * 8, BigInt(value), little)
      : view.setInt16(layout.dim + index * 2, value, little);
  for (let axis = 0; axis <= 7; axis++) putLength(axis, axis === 0 ? shape.length : (shape[axis - 1] ?? 1));
  const code = changes.colour === true ? RGB24 : codes[voxels.constructor.name as keyof typeof codes];
  view.setInt16(layout.datatype, code, little);
  view.setInt16(layout.datatype + 2, voxels.BYTES_PER_ELEMENT * 8 * (changes.colour === true ? 3 : 1), little);
  if (wide) view.setBigInt64(layout.offset, BigInt(start), little);
  else view.setFloat32(layout.offset, start, little);
  if (scaling !== undefined) {
    putNumber(layout.slope, scaling.slope);
    putNumber(layout.slope + (wide ? 8 : 4), scaling.intercept);
  }
  // A display range would no longer fit the voxels.
  for (const at of layout.range) putNumber(at, 0);
  if (affine !== undefined) {
    for (const [row, values] of affine.entries()) {
      for (const [column, value] of values.entries())
        putNumber(layout.rows + (row * 4 + column) * (wide ? 8 : 4), value);
    }
    const code =
      version === 1
        ? [view.getInt16(layout.qform, little), view.getInt16(layout.sform, little)]
        : [view.getInt32(layout.qform, little), view.getInt32(layout.sform, little)];
    const known = code[1]! > 0 ? code[1]! : Math.max(1, code[0]!);
    for (const [at, value] of [
      [layout.qform, 0],
      [layout.sform, known],
    ] as const) {
      if (wide) view.setInt32(at, value, little);
      else view.setInt16(at, value, little);
    }
  }
  if (!wide) file.set([0x6e, 0x2b, 0x31, 0], 344);
  else file.set([0x6e, 0x2b, 0x32, 0], 4);
  file.set(new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength), start);
  if (!little) swap(file.subarray(start), voxels.BYTES_PER_ELEMENT);
  return file;
}

function swap(bytes: Uint8Array, size: number): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (size === 2) buffer.swap16();
  if (size === 4) buffer.swap32();
  if (size === 8) buffer.swap64();
}

/** An empty little-endian NIfTI-1 header: millimetres, voxels of the given size, nothing known of the patient. */
export function emptyNiftiHeader(
  voxelSize: readonly [number, number, number],
): Pick<NiftiHeader, 'raw' | 'version' | 'littleEndian'> {
  const raw = new Uint8Array(348);
  const view = new DataView(raw.buffer);
  view.setInt32(0, 348, true);
  raw[38] = 'r'.charCodeAt(0);
  for (let axis = 0; axis < 8; axis++) view.setFloat32(76 + axis * 4, [1, ...voxelSize][axis] ?? 1, true);
  view.setFloat32(112, 1, true);
  // Units: millimetres.
  raw[123] = 2;
  return { raw, version: 1, littleEndian: true };
}
