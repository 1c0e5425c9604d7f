// Walks the chunks of a PNG file (PNG 5.3): side data is limited, what lies behind the end is cut off, palettes are checked.
import { inflateSync } from 'node:zlib';
import { Problem } from '../../platform/errors.ts';
import { checkLimit, limits } from '../limits.ts';
import { unfiltered } from './png-filter.ts';

/** A PNG without what lies behind its end. */
export interface CheckedPng {
  readonly image: Uint8Array;
  readonly notes: readonly string[];
}

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/**
 * Checks the structure. Chunks beside the image data may hold compressed bombs of their own: their total is limited. Throws
 * `content` when the file ends before its end chunk, `limit`.
 */
export function checkPng(bytes: Uint8Array, name: string): CheckedPng {
  const broken = () => new Problem('content', { file: name, reason: 'the PNG file is cut short' });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Chunk[] = [];
  let at = 8;
  let beside = 0;
  for (;;) {
    if (at + 12 > bytes.length) throw broken();
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (at + 12 + length > bytes.length) throw broken();
    if (type !== 'IDAT') beside += length + 12;
    if (['IHDR', 'PLTE', 'IDAT'].includes(type)) chunks.push({ type, data: bytes.subarray(at + 8, at + 8 + length) });
    at += length + 12;
    if (type === 'IEND') break;
  }
  checkLimit('sideDataBytes', 'PNG metadata in bytes', beside);
  const surplus = bytes.length - at;
  const outside = pixelsBeyondPalette(chunks);
  return {
    image: surplus === 0 ? bytes : bytes.subarray(0, at),
    notes: [
      ...(surplus > 0 ? [`${surplus} bytes behind the end of the PNG file were ignored`] : []),
      ...(outside > 0 ? [`${outside} pixels lie beyond the palette`] : []),
    ],
  };
}

/** How many pixels name a colour that the palette does not have; 0 for other kinds, and for interlaced files, which are rare. */
function pixelsBeyondPalette(chunks: readonly Chunk[]): number {
  const header = chunks.find(({ type }) => type === 'IHDR')?.data;
  const palette = chunks.find(({ type }) => type === 'PLTE')?.data;
  if (header === undefined || header.length < 13 || palette === undefined || header[9] !== 3 || header[12] !== 0)
    return 0;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const [width, height, depth] = [view.getUint32(0), view.getUint32(4), header[8]!];
  const colours = Math.floor(palette.length / 3);
  const rowBytes = Math.ceil((width * depth) / 8);
  if (colours >= 2 ** depth || ![1, 2, 4, 8].includes(depth) || (rowBytes + 1) * height > limits.frameBytes) return 0;
  const data = Buffer.concat(chunks.flatMap(({ type, data }) => (type === 'IDAT' ? [data] : [])));
  const filtered = inflated(data, (rowBytes + 1) * height);
  if (filtered === undefined) return 0;
  let outside = 0;
  let above = new Uint8Array(rowBytes);
  for (let row = 0; row < height; row++) {
    const start = row * (rowBytes + 1);
    const line = unfiltered(filtered[start]!, filtered.subarray(start + 1, start + 1 + rowBytes), above, 1);
    if (line === undefined) return 0;
    for (let column = 0; column < width; column++) {
      const bit = column * depth;
      const index = (line[bit >> 3]! >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
      if (index >= colours) outside++;
    }
    above = line;
  }
  return outside;
}

/** Undefined when it is broken, of which the decoder tells. */
function inflated(data: Uint8Array, length: number): Uint8Array | undefined {
  try {
    const bytes = inflateSync(data, { maxOutputLength: length + 1024 });
    return bytes.length < length ? undefined : bytes;
  } catch {
    return undefined;
  }
}
