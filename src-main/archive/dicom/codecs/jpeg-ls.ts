// Decodes JPEG-LS (ITU-T T.87) through CharLS, after checking the size that the stream declares.
import { type Codec, checkStreamSize, decompress } from './coded-frame.ts';
import { runWasmDecoder } from './wasm-decoder.ts';

/** Marker SOF55 of JPEG-LS. */
const SOF55 = 0xf7;

export const decodeJpegLs: Codec = (stream, shape, name) =>
  decompress(name, 'JPEG-LS', async () => {
    checkStreamSize(shape, sizeOf(stream), name);
    const { bytes, bitsPerSample, interleaveMode } = await runWasmDecoder('JPEG-LS', stream);
    const allocated = bitsPerSample > 8 ? 16 : 8;
    const expected = (shape.width * shape.height * shape.channels * allocated) / 8;
    if (bytes.length !== expected) throw new Error(`it holds ${bytes.length} of ${expected} bytes`);
    // Interleave mode 0 keeps the colours in planes.
    const planes = shape.channels === 3 && interleaveMode === 0;
    return { bytes: planes ? interleave(bytes, allocated / 8) : bytes, allocated };
  });

function sizeOf(stream: Uint8Array): { width: number; height: number; channels: number } {
  // The frame header has the layout of JPEG; scans need not be understood here.
  for (let at = 2; at + 9 < stream.length && stream[at] === 0xff; ) {
    const length = (stream[at + 2]! << 8) | stream[at + 3]!;
    if (stream[at + 1] === SOF55) {
      const height = (stream[at + 5]! << 8) | stream[at + 6]!;
      return { height, width: (stream[at + 7]! << 8) | stream[at + 8]!, channels: stream[at + 9]! };
    }
    at += 2 + length;
  }
  throw new Error('it has no frame header');
}

/** Three planes -> interleaved samples. */
function interleave(planes: Uint8Array, bytesPerSample: number): Uint8Array {
  const pixels = planes.length / 3 / bytesPerSample;
  const mixed = new Uint8Array(planes.length);
  for (let channel = 0; channel < 3; channel++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      for (let byte = 0; byte < bytesPerSample; byte++) {
        mixed[(pixel * 3 + channel) * bytesPerSample + byte] =
          planes[(channel * pixels + pixel) * bytesPerSample + byte]!;
      }
    }
  }
  return mixed;
}
