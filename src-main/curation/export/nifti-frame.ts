// Writes one frame as a NIfTI-1 file: samples as stored, rescale as scaling, position in the patient as affine.
import type { DecodedImage, Geometry, Samples } from '../../archive/decoded-image.ts';
import { modalityValues } from '../../archive/grey.ts';

/** NIfTI datatype and bits of each array type (nifti1.h). */
const types: readonly (readonly [new (length: number) => Samples, datatype: number])[] = [
  [Uint8Array, 2],
  [Int16Array, 4],
  [Int32Array, 8],
  [Float32Array, 16],
  [Float64Array, 64],
  [Int8Array, 256],
  [Uint16Array, 512],
  [Uint32Array, 768],
];
const rgb24 = 128;
const begin = 352;
const millimetres = 2;

/**
 * Bytes of a .nii file with one slice: i runs along the columns, j along the rows of the image. Colour is RGB24 and only
 * of 8 bits. Without a position in the patient the file says that there is none. No free text is written.
 */
export function niftiOfFrame(image: DecodedImage): Uint8Array {
  const lookedUp = image.modalityLut !== undefined && image.channels === 1;
  const samples = lookedUp ? Float32Array.from(modalityValues(image)) : image.samples;
  const datatype = image.channels === 3 ? rgb24 : types.find(([type]) => samples instanceof type)![1];
  const bytes = Buffer.alloc(begin + samples.byteLength);
  bytes.writeInt32LE(348, 0);
  for (const [axis, length] of [3, image.width, image.height, 1, 1, 1, 1, 1].entries()) {
    bytes.writeInt16LE(length, 40 + 2 * axis);
  }
  bytes.writeInt16LE(datatype, 70);
  bytes.writeInt16LE(samples.BYTES_PER_ELEMENT * 8 * image.channels, 72);
  const { spacing, sliceSpacing = 1 } = image.geometry;
  for (const [axis, size] of [1, spacing?.column ?? 1, spacing?.row ?? 1, sliceSpacing, 1, 1, 1, 1].entries()) {
    bytes.writeFloatLE(size, 76 + 4 * axis);
  }
  bytes.writeFloatLE(begin, 108);
  bytes.writeFloatLE(lookedUp ? 1 : image.rescale.slope, 112);
  bytes.writeFloatLE(lookedUp ? 0 : image.rescale.intercept, 116);
  bytes.writeUInt8(millimetres, 123);
  for (const [row, values] of affineRows(image.geometry).entries()) {
    for (const [column, value] of values.entries()) bytes.writeFloatLE(value, 280 + 16 * row + 4 * column);
    bytes.writeInt16LE(1, 254);
  }
  bytes.write('n+1\0', 344, 'latin1');
  bytes.set(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength), begin);
  return bytes;
}

/** The sform: NIfTI's x and y point right and forward where DICOM's point left and back. Empty without a position. */
function affineRows({ spacing, sliceSpacing = 1, orientation, position }: Geometry): readonly (readonly number[])[] {
  if (spacing === undefined || orientation === undefined || position === undefined) return [];
  const [ax, ay, az, bx, by, bz] = orientation;
  const normal = [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
  return [0, 1, 2].map((axis) => {
    const sign = axis === 2 ? 1 : -1;
    const along = [
      orientation[axis]! * spacing.column,
      orientation[axis + 3]! * spacing.row,
      normal[axis]! * sliceSpacing,
    ];
    return [...along, position[axis]!].map((value) => sign * value);
  });
}
