// Clears what a NIfTI file may say about a patient: free text of the header, extensions, bytes behind the voxels.
import { gunzipSync, gzipSync } from 'node:zlib';
import { Problem } from '../../platform/errors.ts';

/** Where the parts of a header are (nifti1.h, nifti2.h): free text as [offset, length]. */
interface Layout {
  readonly size: number;
  readonly texts: readonly (readonly [offset: number, length: number])[];
  /** Offset of dim[0]; the counts follow. */
  readonly dimensions: number;
  readonly bits: number;
  /** Offset and width of pixdim[0]. */
  readonly spacings: readonly [offset: number, width: number];
  readonly dimension: (view: DataView, offset: number, little: boolean) => number;
  readonly width: number;
  readonly getOffset: (view: DataView, little: boolean) => number;
  readonly setOffset: (view: DataView, little: boolean, value: number) => void;
}

const nifti1: Layout = {
  size: 348,
  // data_type, db_name, extents and session_error, glmax and glmin, descrip, aux_file, intent_name
  texts: [
    [4, 10],
    [14, 18],
    [32, 6],
    [140, 8],
    [148, 80],
    [228, 24],
    [328, 16],
  ],
  dimensions: 40,
  bits: 72,
  spacings: [76, 4],
  width: 2,
  dimension: (view, offset, little) => view.getInt16(offset, little),
  getOffset: (view, little) => view.getFloat32(108, little),
  setOffset: (view, little, value) => view.setFloat32(108, value, little),
};

const nifti2: Layout = {
  size: 540,
  // descrip, aux_file, intent_name, unused_str
  texts: [
    [240, 80],
    [320, 24],
    [508, 16],
    [525, 15],
  ],
  dimensions: 16,
  bits: 14,
  spacings: [104, 8],
  width: 8,
  dimension: (view, offset, little) => Number(view.getBigInt64(offset, little)),
  getOffset: (view, little) => Number(view.getBigInt64(168, little)),
  setOffset: (view, little, value) => view.setBigInt64(168, BigInt(value), little),
};

const largestInflated = 4 * 1024 ** 3 - 1;

/** A NIfTI file, or a header with its separate voxels. */
export interface NiftiBytes {
  readonly bytes: Uint8Array;
  readonly companion?: Uint8Array | undefined;
}

/**
 * The same image with free text blank, without extensions and without bytes behind the voxels; gzip stays gzip.
 * Throws `content` when the header is broken or claims more voxels than there are.
 */
export function deidentifyNifti({ bytes, companion }: NiftiBytes, file: string): NiftiBytes {
  const plain = inflated(bytes, file);
  const broken = (reason: string) => new Problem('content', { file, reason });
  if (plain.length < nifti1.size) throw broken('is shorter than a NIfTI header');
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  const little = [nifti1.size, nifti2.size].includes(view.getInt32(0, true));
  const layout = [nifti1, nifti2].find(({ size }) => size === view.getInt32(0, little));
  if (layout === undefined || plain.length < layout.size) throw broken('has no NIfTI header');
  const count = layout.dimension(view, layout.dimensions, little);
  if (count < 1 || count > 7) throw broken('has a broken NIfTI header');
  const dimensions = Array.from({ length: count }, (_, axis) =>
    layout.dimension(view, layout.dimensions + (axis + 1) * layout.width, little),
  );
  const size = Math.ceil(
    (dimensions.reduce((voxels, length) => voxels * length, 1) * view.getInt16(layout.bits, little)) / 8,
  );
  const start = layout.getOffset(view, little);
  const header = new Uint8Array(layout.size + 4);
  header.set(plain.subarray(0, layout.size));
  for (const [offset, length] of layout.texts) header.fill(0, offset, offset + length);
  // Lengths and spacings of axes that the image does not have.
  for (let axis = count + 1; axis <= 7; axis++) {
    for (const [offset, width] of [[layout.dimensions, layout.width] as const, layout.spacings]) {
      header.fill(0, offset + axis * width, offset + (axis + 1) * width);
    }
    const length = layout.dimensions + axis * layout.width;
    header[little ? length : length + layout.width - 1] = 1;
  }
  const voxelsOf = (from: Uint8Array, offset: number): Uint8Array => {
    if (!Number.isInteger(offset) || offset < 0 || size < 0 || offset + size > from.length) {
      throw broken('ends before its last voxel');
    }
    return from.subarray(offset, offset + size);
  };
  if (companion !== undefined) {
    const voxels = voxelsOf(inflated(companion, file), start);
    layout.setOffset(new DataView(header.buffer), little, 0);
    return { bytes: deflatedLike(bytes, header), companion: deflatedLike(companion, voxels) };
  }
  // Voxels begin at a multiple of 16 behind the header and the four bytes that say there is no extension.
  const begin = Math.ceil(header.length / 16) * 16;
  layout.setOffset(new DataView(header.buffer), little, begin);
  const whole = new Uint8Array(begin + size);
  whole.set(header);
  whole.set(voxelsOf(plain, start), begin);
  return { bytes: deflatedLike(bytes, whole) };
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

function inflated(bytes: Uint8Array, file: string): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: largestInflated });
  } catch (error) {
    throw new Problem('content', { file, reason: 'its gzip data is broken or too large' }, { cause: error });
  }
}

/** Compressed when `original` was; gzip headers hold neither a name nor a time then. */
function deflatedLike(original: Uint8Array, bytes: Uint8Array): Uint8Array {
  return isGzip(original) ? gzipSync(bytes) : bytes;
}
