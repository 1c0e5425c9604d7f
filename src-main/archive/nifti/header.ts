// Reads and checks a NIfTI-1 or NIfTI-2 header: sizes, type, scaling, where the data lies, how it lies in the patient.
import { NIFTI1, NIFTI2 } from 'nifti-reader-js';
import { Problem } from '../../platform/errors.ts';
import type { Samples } from '../decoded-image.ts';
import { checkLimit, limits } from '../limits.ts';
import { type Affine, affineOf } from './affine.ts';

/** How voxels of one datatype code are stored. */
export interface VoxelType {
  readonly bits: number;
  readonly channels: 1 | 3 | 4;
  readonly view: (bytes: ArrayBuffer) => Samples;
}

const grey = (view: (bytes: ArrayBuffer) => Samples, bits: number): VoxelType => ({ bits, channels: 1, view });
const bytes8 = (bytes: ArrayBuffer) => new Uint8Array(bytes);

/** Datatype codes of nifti1.h that are read; the names of the others are for their refusal. */
const voxelTypes: Readonly<Record<number, VoxelType | string>> = {
  1: 'bits',
  2: grey(bytes8, 8),
  4: grey((bytes) => new Int16Array(bytes), 16),
  8: grey((bytes) => new Int32Array(bytes), 32),
  16: grey((bytes) => new Float32Array(bytes), 32),
  32: 'complex numbers',
  64: grey((bytes) => new Float64Array(bytes), 64),
  128: { bits: 8, channels: 3, view: bytes8 },
  256: grey((bytes) => new Int8Array(bytes), 8),
  512: grey((bytes) => new Uint16Array(bytes), 16),
  768: grey((bytes) => new Uint32Array(bytes), 32),
  1024: grey((bytes) => Float64Array.from(new BigInt64Array(bytes), Number), 64),
  1280: grey((bytes) => Float64Array.from(new BigUint64Array(bytes), Number), 64),
  1536: '128-bit floating point',
  1792: 'complex numbers',
  2048: 'complex numbers',
  2304: { bits: 8, channels: 4, view: bytes8 },
};

export interface NiftiHeader {
  readonly version: 1 | 2;
  readonly littleEndian: boolean;
  /** The header's own bytes, 348 or 540, for writing a changed copy. */
  readonly raw: Uint8Array;
  /** Voxels along each axis, first axis fastest; at least three axes. */
  readonly shape: readonly number[];
  /** How many axes the file has, 1 to 7. */
  readonly axes: number;
  readonly datatype: number;
  readonly type: VoxelType;
  /** Size of a voxel along the first three axes, millimetres. */
  readonly voxelSize: readonly [number, number, number];
  readonly slope: number;
  readonly intercept: number;
  /** Why neither is known (`Rescale.unknown`), where that is so. */
  readonly unknownRescale: string | undefined;
  /** Voxel indices to RAS+ millimetres; undefined when the file does not say. */
  readonly affine: Affine | undefined;
  /** Where the voxels begin; in the .img when `pair`. */
  readonly offset: number;
  readonly pair: boolean;
}

const headers = {
  1: { size: 348, make: () => new NIFTI1(), magic: 344, sform: 280, wide: false },
  2: { size: 540, make: () => new NIFTI2(), magic: 4, sform: 400, wide: true },
} as const;

/**
 * Reads the header at the start of `bytes` (uncompressed). Throws `content` when it contradicts itself or uses a type
 * that is not read, `limit` when it claims too much. Extensions are stepped over, never read.
 */
export function readNiftiHeader(bytes: Uint8Array, name: string): NiftiHeader {
  const broken = (reason: string) => new Problem('content', { file: name, reason: `NIfTI header: ${reason}` });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 348) throw broken('cut short');
  const littleEndian = [348, 540].includes(view.getInt32(0, true));
  const size = view.getInt32(0, littleEndian);
  const version = size === 348 ? 1 : size === 540 ? 2 : undefined;
  if (version === undefined) throw broken(`its size of ${size} is neither 348 nor 540`);
  const layout = headers[version];
  if (bytes.length < layout.size) throw broken('cut short');
  // Exactly the header and nothing behind it: nifti-reader-js never ends on an extension of negative size.
  const raw = new Uint8Array(bytes.subarray(0, layout.size));
  const header = layout.make();
  header.littleEndian = littleEndian;
  header.readHeader(raw.buffer);
  // Intent codes 3000 to 3099: rows and columns are brain places, not a picture.
  if (header.intent_code >= 3000 && header.intent_code < 3100) {
    throw new Problem('format', { file: name, found: 'CIFTI-2 connectivity' });
  }
  const type = voxelTypes[header.datatypeCode];
  if (type === undefined) throw broken(`datatype ${header.datatypeCode} is unknown`);
  if (typeof type === 'string') throw broken(`${type} are not read`);
  if (header.numBitsPerVoxel !== type.bits * type.channels) throw broken('bits per voxel do not fit the datatype');
  const pair = String.fromCharCode(...raw.subarray(layout.magic, layout.magic + 3)).startsWith('ni');
  const [offset, first] = [Number(header.vox_offset), pair ? 0 : layout.size + 4];
  if (!Number.isInteger(offset) || offset < 0 || offset > limits.fileBytes)
    throw broken('the data offset is impossible');
  if (offset > 0 && offset < first) throw broken('the data begins inside the header');
  return {
    version,
    littleEndian,
    raw,
    shape: shapeOf(header.dims.map(Number), type, broken),
    axes: Number(header.dims[0]),
    datatype: header.datatypeCode,
    type,
    voxelSize: [1, 2, 3].map((axis) => lengthOf(header.pixDims[axis], header.xyzt_units)) as [number, number, number],
    ...rescaleOf(header.scl_slope, header.scl_inter),
    affine: affineOf(header, readSform(raw, layout.sform, layout.wide, littleEndian)),
    offset: offset === 0 ? first : offset,
    pair,
  };
}

/** A slope of 0, or one that is no number, means values as stored (nifti1.h); a slope without an intercept means nothing. */
function rescaleOf(slope: number, intercept: number): Pick<NiftiHeader, 'slope' | 'intercept' | 'unknownRescale'> {
  const asStored = { slope: 1, intercept: 0, unknownRescale: undefined };
  if (!Number.isFinite(slope) || slope === 0) return asStored;
  if (Number.isFinite(intercept)) return { slope, intercept, unknownRescale: undefined };
  return { ...asStored, unknownRescale: 'scl_inter is no number, though scl_slope is one' };
}

function shapeOf(dims: readonly number[], type: VoxelType, broken: (reason: string) => Problem): readonly number[] {
  const [axes = 0, ...lengths] = dims;
  if (!Number.isInteger(axes) || axes < 1 || axes > 7) throw broken(`it has ${axes} axes`);
  const shape = Array.from({ length: Math.max(3, axes) }, (_, axis) => (axis < axes ? lengths[axis]! : 1));
  // A length of 0 is written for "not used" by some programs; along the first two axes there is no image then.
  const used = shape.map((length, axis) => (length === 0 && axis > 1 ? 1 : length));
  if (used.some((length) => !Number.isSafeInteger(length) || length < 1)) throw broken('an axis has no length');
  checkLimit('side', 'length of an axis', Math.max(used[0]!, used[1]!));
  const voxels = used.reduce((product, length) => product * length, 1);
  checkLimit('inflatedBytes', 'volume size in bytes', (voxels * type.bits * type.channels) / 8);
  checkLimit('frames', 'number of slices', voxels / (used[0]! * used[1]!));
  return used;
}

/** Millimetres; the low three bits of the units code say what the header counts in. */
function lengthOf(size: number | undefined, units: number): number {
  const inMillimetres = { 1: 1000, 2: 1, 3: 0.001 }[units & 7] ?? 1;
  const length = Math.abs(size ?? 1) * inMillimetres;
  return Number.isFinite(length) && length > 0 ? length : 1;
}

function readSform(raw: Uint8Array, at: number, wide: boolean, littleEndian: boolean): Affine {
  const view = new DataView(raw.buffer);
  const number = (index: number) =>
    wide ? view.getFloat64(at + index * 8, littleEndian) : view.getFloat32(at + index * 4, littleEndian);
  return [0, 1, 2].map((row) => [0, 1, 2, 3].map((column) => number(row * 4 + column))) as unknown as Affine;
}
