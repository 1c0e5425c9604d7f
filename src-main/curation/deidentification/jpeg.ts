// Drops everything from a JPEG file that is not the picture: text, times, cameras, thumbnails, trailing bytes.
import { Problem } from '../../platform/errors.ts';
import { inWords } from '../../platform/words.ts';
import { jpegSegments, neededContent } from './jpeg-segments.ts';

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
