// Drops everything from a JPEG file that is not the picture: text, times, cameras, thumbnails, trailing bytes.
import { Problem } from '../../platform/errors.ts';
import { inWords } from '../../platform/words.ts';
import { jpegSegments, neededContent, startOfScan } from './jpeg-segments.ts';
import { neededScanBytes } from './jpeg-surplus.ts';
import { orientationAlone } from './orientation.ts';

const [exif, app1] = ['Exif\0\0', 0xe1];

/** The orientation of an EXIF segment; undefined for other segments, and where the image is upright. */
function neededExif(marker: number, content: Uint8Array): readonly number[] | undefined {
  if (marker !== app1 || Buffer.from(content.subarray(0, exif.length)).toString('latin1') !== exif) return undefined;
  const orientation = orientationAlone(content.subarray(exif.length));
  return orientation && [...Buffer.from(exif, 'latin1'), ...orientation];
}

/**
 * The same coefficients without comments and application segments, but for what says how colours are coded and which
 * way up the image is.
 * Throws `content` when it is cut off.
 */
export function deidentifyJpeg(bytes: Uint8Array, file: string): Uint8Array {
  const parts: Uint8Array[] = [bytes.subarray(0, 2)];
  const scans = neededScanBytes(bytes).values();
  try {
    for (const { marker, start, end, next } of jpegSegments(bytes)) {
      const content = bytes.subarray(start + 4, end);
      const needed = neededExif(marker, content) ?? neededContent(marker, content);
      const last = marker === startOfScan ? end + (scans.next().value ?? next - end) : next;
      if (needed === undefined) parts.push(bytes.subarray(start, last));
      else if (needed.length > 0) parts.push(Uint8Array.of(0xff, marker, 0, needed.length + 2, ...needed));
    }
  } catch (error) {
    throw new Problem('content', { file, reason: inWords(error) }, { cause: error });
  }
  return Buffer.concat(parts);
}
