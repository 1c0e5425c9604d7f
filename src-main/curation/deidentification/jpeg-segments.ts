// Walks the marker segments of a JPEG or JPEG-LS stream and blanks those that decoding does not need (ITU-T T.81 B, T.87 C).

import { endOfScan } from '../../archive/dicom/jpeg/markers.ts';
import { neededScanBytes } from './jpeg-surplus.ts';

/** One marker: its segment reaches from `start` (its 0xFF) to `end`, the entropy-coded data of a scan to `next`. */
export interface JpegSegment {
  readonly marker: number;
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

export const startOfScan = 0xda;
const [startOfImage, endOfImage, comment] = [0xd8, 0xd9, 0xfe];
const [jfif, spiff, adobe] = [0xe0, 0xe8, 0xee];

/**
 * Every segment from behind the start of the image up to the end of the image, which is the last. Throws an Error in
 * plain words when the stream is cut short or has something else between its segments.
 */
export function* jpegSegments(bytes: Uint8Array): Generator<JpegSegment> {
  if (bytes[0] !== 0xff || bytes[1] !== startOfImage) throw new Error('does not begin as a JPEG stream');
  for (let at = 2; ; ) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at += 1;
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === undefined) throw new Error('ends in the middle of a JPEG segment');
    if (marker === endOfImage) {
      yield { marker, start: at, end: at + 2, next: at + 2 };
      return;
    }
    const length = (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0);
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) throw new Error('ends in the middle of a JPEG segment');
    // No marker of a DICOM stream is below 0x80: what stuffs JPEG-LS is stepped over in JPEG, too.
    const next = marker === startOfScan ? endOfScan(bytes, end, 0x80) : end;
    yield { marker, start: at, end, next };
    at = next;
  }
}

const latin = (text: string) => [...Buffer.from(text, 'latin1')];
const begins = (content: Uint8Array, text: string) => latin(text).every((byte, index) => content[index] === byte);

/** JFIF 1.02 without units, of square pixels; Adobe's segment of version 100, which ends with the colour transform. */
const standardJfif = [...latin('JFIF'), 0, 1, 2, 0, 0, 1, 0, 1, 0, 0];
const standardAdobe = (transform: number) => [...latin('Adobe'), 0, 100, 0, 0, 0, 0, transform];

/**
 * What a comment or application segment must still say for decoders: how colours are coded (Adobe's APP14, the APP8 of
 * HP's JPEG-LS), and that the file is JFIF. Nothing of comments and others; undefined for segments of other kinds.
 */
export function neededContent(marker: number, content: Uint8Array): readonly number[] | undefined {
  if (marker !== comment && (marker < 0xe0 || marker > 0xef)) return undefined;
  if (marker === adobe && content.length >= 12 && begins(content, 'Adobe')) return standardAdobe(content[11]!);
  if (marker === spiff && content.length >= 5 && begins(content, 'mrfx')) return [...latin('mrfx'), content[4]!];
  if (marker === jfif && content.length >= standardJfif.length && begins(content, 'JFIF\0')) return standardJfif;
  return [];
}

/**
 * Blanks, in place, comments, application segments but for their needed content, what follows the last block of a scan, and
 * what lies behind the end of the image. No length changes and no sample. Throws an Error in plain words for a stream that is not well formed.
 */
export function blankJpeg(bytes: Uint8Array): void {
  let behind = bytes.length;
  const needed = neededScanBytes(bytes).values();
  for (const { marker, start, end, next } of jpegSegments(bytes)) {
    behind = next;
    if (marker === endOfImage) break;
    // Fill bytes may stand before any marker (T.81 B.1.1.2).
    if (marker === startOfScan) bytes.fill(0xff, end + (needed.next().value ?? next - end), next);
    const content = neededContent(marker, bytes.subarray(start + 4, end));
    if (content === undefined) continue;
    bytes.fill(0, start + 4, end);
    bytes.set(content, start + 4);
  }
  bytes.fill(0, behind);
}
