// Drops everything from PNG and JPEG files that is not the picture: text, times, cameras, thumbnails, trailing bytes.
import { Problem } from '../../platform/errors.ts';

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

const [startOfImage, endOfImage, startOfScan, adobe] = [0xd8, 0xd9, 0xda, 0xee];

/**
 * The same coefficients without comments and application segments, but for Adobe's, which says how colours are coded.
 * Throws `content` when it is cut off.
 */
export function deidentifyJpeg(bytes: Uint8Array, file: string): Uint8Array {
  const broken = () => new Problem('content', { file, reason: 'ends in the middle of a JPEG segment' });
  const parts: Uint8Array[] = [Uint8Array.of(0xff, startOfImage)];
  for (let at = 2; ; ) {
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at += 1;
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === undefined) throw broken();
    if (marker === endOfImage) return Buffer.concat([...parts, bytes.subarray(at, at + 2)]);
    const length = (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0);
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) throw broken();
    const next = marker === startOfScan ? endOfScan(bytes, end) : end;
    const application = (marker >= 0xe0 && marker <= 0xef && marker !== adobe) || marker === 0xfe;
    if (!application) parts.push(bytes.subarray(at, next));
    at = next;
  }
}

/** The next marker behind entropy-coded data: not a stuffed byte, not a restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  for (let at = from; at + 1 < bytes.length; at++) {
    const marker = bytes[at + 1]!;
    if (bytes[at] === 0xff && marker !== 0 && marker !== 0xff && (marker < 0xd0 || marker > 0xd7)) return at;
  }
  return bytes.length;
}
