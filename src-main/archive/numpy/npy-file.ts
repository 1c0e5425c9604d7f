// Opens a .npy file as images: a 2-D array is one image, a 3-D array a stack of slices along its first axis.
import { Problem } from '../../platform/errors.ts';
import { type Frame, type Frames, unadorned } from '../decoded-image.ts';
import type { FileBytes } from '../formats/format.ts';
import { checkLimit } from '../limits.ts';
import { type NpyArray, readNpyArray, samplesOf } from './npy-array.ts';

/**
 * Opens an array of numbers: [height, width] or [slices, height, width], in C or Fortran order. Throws `format` for other
 * elements, `content` when broken or of another number of axes, `limit` when too large.
 */
export async function openNpy({ bytes, name }: FileBytes): Promise<Frames> {
  const array = readNpyArray(bytes, name);
  const { shape, type } = array;
  if (shape.length < 2 || shape.length > 3) {
    throw new Problem('content', { file: name, reason: `NumPy array: it has ${shape.length} axes, an image 2 or 3` });
  }
  if (shape.includes(0)) throw new Problem('content', { file: name, reason: 'NumPy array: an axis has no length' });
  const [height, width] = shape.slice(-2) as [number, number];
  const frameCount = shape.length === 3 ? shape[0]! : 1;
  checkLimit('side', 'length of an axis', Math.max(height, width));
  checkLimit('frames', 'number of slices', frameCount);
  checkLimit('frameBytes', 'image size in bytes', height * width * type.bytes);
  return {
    frameCount,
    frame: async (index) => {
      if (index < 0 || index >= frameCount) throw new Problem('missing', { what: 'frame', name: String(index) });
      return sliceOf(array, { index, count: frameCount }, height, width);
    },
  };
}

function sliceOf(array: NpyArray, frame: Frame['frame'], height: number, width: number): Frame {
  const { type, surplus } = array;
  return {
    ...unadorned,
    width,
    height,
    channels: 1,
    samples: samplesOf(elementsOf(array, frame, height, width), array),
    bitsStored: type.bits,
    photometric: 'MONOCHROME2',
    frame,
    warnings: [
      ...(surplus > 0 ? [`${surplus} bytes behind the array were ignored`] : []),
      ...(frame.count > 1 && height >= 16 && (width === 3 || width === 4)
        ? [`the first axis is read as slices, each ${width} pixels wide: a last axis of colours is not read as such`]
        : []),
    ],
  };
}

/** Copies the elements of a slice, row by row, in the byte order of the file. */
function elementsOf(
  { data, type: { bytes }, fortranOrder }: NpyArray,
  { index, count }: Frame['frame'],
  height: number,
  width: number,
): Uint8Array<ArrayBuffer> {
  const length = height * width * bytes;
  if (!fortranOrder) return new Uint8Array(data.subarray(index * length, (index + 1) * length));
  const elements = new Uint8Array(length);
  let to = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      // [slice, row, column], the first axis fastest.
      const from = (index + count * (row + height * column)) * bytes;
      for (let byte = 0; byte < bytes; byte++) elements[to++] = data[from + byte]!;
    }
  }
  return elements;
}
