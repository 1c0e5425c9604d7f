// Drops everything from PNG and JPEG files that is not the picture: text, times, cameras, thumbnails, trailing bytes.
import { Problem } from '../../platform/errors.ts';
import { inWords } from '../../platform/words.ts';
import { jpegSegments, neededContent } from './jpeg-segments.ts';

/** PNG chunks (PNG third edition, 11) that are pixels or say how to show them; none holds text. */
const pictureChunks = new Set([
  'IHDR',
  'PLTE',
  'IDAT',
  'IEND',
  'tRNS',
  'gAMA',
  'cHRM',
  'sRGB',
  'sBIT',
  'pHYs',
  'bKGD',
  'cICP',
]);
const signature = 8;

/** The same pixels without text, time, EXIF, profile or unknown chunks. Throws `content` when it is cut off. */
export function deidentifyPng(bytes: Uint8Array, file: string): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [bytes.subarray(0, signature)];
  for (let at = signature; ; ) {
    const end = at + 12 <= bytes.length ? at + 12 + view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (end > bytes.length) throw new Problem('content', { file, reason: 'ends in the middle of a PNG chunk' });
    const name = Buffer.from(bytes.subarray(at + 4, at + 8)).toString('latin1');
    if (pictureChunks.has(name)) parts.push(bytes.subarray(at, end));
    if (name === 'IEND') return Buffer.concat(parts);
    at = end;
  }
}

/**
 * The same coefficients without comments and application segments, but for what says how colours are coded.
 * Throws `content` when it is cut off.
 */
export function deidentifyJpeg(bytes: Uint8Array, file: string): Uint8Array {
  const parts: Uint8Array[] = [bytes.subarray(0, 2)];
  try {
    for (const { marker, start, end, next } of jpegSegments(bytes)) {
      const needed = neededContent(marker, bytes.subarray(start + 4, end));
      if (needed === undefined) parts.push(bytes.subarray(start, next));
      else if (needed.length > 0) parts.push(Uint8Array.of(0xff, marker, 0, needed.length + 2, ...needed));
    }
  } catch (error) {
    throw new Problem('content', { file, reason: inWords(error) }, { cause: error });
  }
  return Buffer.concat(parts);
}
