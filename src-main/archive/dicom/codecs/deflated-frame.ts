// Decodes "Deflated Image Frame Compression" (PS3.5 A.4.17): each frame of native pixel cells deflated by itself.
import { inflateRawSync } from 'node:zlib';
import { bitsPerFrame, type Codec, decompress } from './coded-frame.ts';

export const decodeDeflatedFrame: Codec = (stream, shape, name) =>
  decompress(name, 'deflated', () => {
    const length = Math.ceil(bitsPerFrame(shape) / 8);
    // Inflating stops when more comes out than the frame can hold (one byte of padding is allowed).
    const bytes = inflateRawSync(stream, { maxOutputLength: length + 1 });
    if (bytes.length < length) throw new Error(`it holds ${bytes.length} of ${length} bytes`);
    const allocated = shape.allocated === 1 ? 8 : (shape.allocated as 8 | 16 | 32);
    return { bytes: new Uint8Array(bytes.subarray(0, length)), allocated, plain: 'frame' };
  });
