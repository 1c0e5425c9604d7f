// Takes stray bytes out of a JPEG stream: what lies between its segments and behind its end, which decoders complain about.
import { endOfScan } from './markers.ts';

export interface TidyJpeg {
  /** The same memory when there was nothing to take out. */
  readonly stream: Uint8Array;
  readonly notes: readonly string[];
}

const START_OF_SCAN = 0xda;
const END = 0xd9;

/**
 * The stream without stray bytes (fill bytes of FF before a marker are allowed, ITU-T T.81 B.1.1.2, and stay). Streams that
 * are cut short or broken otherwise come back as they are: the decoder says what is wrong with them.
 */
export function tidyJpeg(bytes: Uint8Array): TidyJpeg {
  const parts: Uint8Array[] = [bytes.subarray(0, 2)];
  let stray = 0;
  let at = 2;
  for (;;) {
    const marker = nextMarker(bytes, at);
    if (marker === undefined) return { stream: bytes, notes: [] };
    stray += marker - at - fillBefore(bytes, at, marker);
    const code = bytes[marker + 1]!;
    if (code === END) {
      parts.push(bytes.subarray(marker, marker + 2));
      const behind = bytes.length - marker - 2;
      const notes = [
        ...(stray > 0 ? [`${stray} stray bytes between the segments of the JPEG stream were ignored`] : []),
        ...(behind > 0 ? [`${behind} bytes behind the end of the JPEG stream were ignored`] : []),
      ];
      return { stream: stray === 0 ? bytes : Buffer.concat(parts), notes };
    }
    const length = ((bytes[marker + 2] ?? 0) << 8) | (bytes[marker + 3] ?? 0);
    const end = marker + 2 + length;
    if (length < 2 || end > bytes.length) return { stream: bytes, notes: [] };
    at = code === START_OF_SCAN ? endOfScan(bytes, end) : end;
    parts.push(bytes.subarray(marker, at));
  }
}

/** Where the next marker begins: FF and neither 0 nor another FF behind it. */
function nextMarker(bytes: Uint8Array, start: number): number | undefined {
  for (let at = bytes.indexOf(0xff, start); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] !== 0 && bytes[at + 1] !== 0xff) return at;
  }
  return undefined;
}

/** How many bytes right before the marker are fill bytes. */
function fillBefore(bytes: Uint8Array, start: number, marker: number): number {
  let count = 0;
  while (marker - count > start && bytes[marker - count - 1] === 0xff) count++;
  return count;
}
