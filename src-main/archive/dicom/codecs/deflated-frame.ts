// Decodes "Deflated Image Frame Compression" (PS3.5 A.4.17): each frame of native pixel cells deflated by itself.
import { inflateRawSync } from 'node:zlib';
import { type Codec, decompress } from './coded-frame.ts';

export const decodeDeflatedFrame: Codec = (stream, shape, name) =>
  decompress(name, 'deflated', () => {
    const { width, height, channels, allocated } = shape;
    const length = Math.ceil((width * height * channels * allocated) / 8);
    // Inflating stops when more comes out than the frame can hold (one byte of padding is allowed).
    const bytes = inflateRawSync(stream, { maxOutputLength: length + 1 });
    if (bytes.length < length) throw new Error(`it holds ${bytes.length} of ${length} bytes`);
    const precision = allocated === 1 ? { precision: 1 } : {};
    return {
      bytes: bytes.subarray(0, length),
      allocated: allocated === 1 ? 8 : (allocated as 8 | 16 | 32),
      ...precision,
    };
  });
