// Decodes DICOM RLE (PS3.5 annex G): one PackBits segment per byte of a sample and channel, most significant first.
import { type Codec, decompress, type FrameShape } from './coded-frame.ts';

const HEADER = 64;

export const decodeRle: Codec = (stream, shape, name) =>
  decompress(name, 'RLE', () => {
    const { width, height, allocated } = shape;
    if (allocated === 1)
      return { bytes: unpackBits(stream, Math.ceil((width * height) / 8)), allocated: 8, precision: 1 };
    return { bytes: rleCells(stream, shape), allocated: allocated as 8 | 16 | 32, plain: 'cells' };
  });

/** The cells of a frame of 8, 16 or 32 bits, little endian, pixel by pixel. Throws an Error for a broken stream. */
export function rleCells(
  stream: Uint8Array,
  { width, height, channels, allocated }: Pick<FrameShape, 'width' | 'height' | 'channels' | 'allocated'>,
): Uint8Array {
  const bytesPerSample = allocated / 8;
  const pixels = width * height;
  const bytes = new Uint8Array(pixels * channels * bytesPerSample);
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  if (stream.length < HEADER) throw new Error('its header is cut short');
  const segments = view.getUint32(0, true);
  if (segments !== channels * bytesPerSample)
    throw new Error(`it has ${segments} segments, not ${channels * bytesPerSample}`);
  const plane = new Uint8Array(pixels);
  for (let segment = 0; segment < segments; segment++) {
    const start = view.getUint32(4 + segment * 4, true);
    const end = segment + 1 < segments ? view.getUint32(8 + segment * 4, true) : stream.length;
    if (start < HEADER || end < start || end > stream.length) throw new Error('a segment lies outside the frame');
    unpackSegment(stream.subarray(start, end), plane);
    const channel = Math.floor(segment / bytesPerSample);
    const significance = bytesPerSample - 1 - (segment % bytesPerSample);
    const step = channels * bytesPerSample;
    for (let pixel = 0, at = channel * bytesPerSample + significance; pixel < pixels; pixel++, at += step) {
      bytes[at] = plane[pixel]!;
    }
  }
  return bytes;
}

/** Fills `plane` from a PackBits segment. Throws when the segment ends early or a run reaches past the plane. */
function unpackSegment(segment: Uint8Array, plane: Uint8Array): void {
  let at = 0;
  let filled = 0;
  while (filled < plane.length) {
    const control = segment[at++];
    if (control === undefined) throw new Error(`a segment holds ${filled} of ${plane.length} bytes`);
    if (control === 128) continue;
    const count = control < 128 ? control + 1 : 257 - control;
    // Some writers let the last run reach into the padding: what lies past the plane is dropped.
    const length = Math.min(count, plane.length - filled);
    if (control < 128) {
      if (at + length > segment.length) throw new Error(`a segment holds ${filled} of ${plane.length} bytes`);
      plane.set(segment.subarray(at, at + length), filled);
      at += count;
    } else {
      const value = segment[at++];
      if (value === undefined) throw new Error(`a segment holds ${filled} of ${plane.length} bytes`);
      plane.fill(value, filled, filled + length);
    }
    filled += length;
  }
}

/** One bit per pixel: a single segment of packed bytes, least significant bit first. */
function unpackBits(stream: Uint8Array, length: number): Uint8Array {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  if (stream.length < HEADER || view.getUint32(0, true) !== 1) throw new Error('it does not have one segment');
  const packed = new Uint8Array(length);
  unpackSegment(stream.subarray(view.getUint32(4, true)), packed);
  return packed;
}
