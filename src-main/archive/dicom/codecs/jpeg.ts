// Decodes the JPEG of DICOM: 8-bit DCT through libjpeg-turbo, 12-bit DCT and lossless by our own decoders.
import { decodeDct } from '../jpeg/dct.ts';
import { decodeLossless } from '../jpeg/lossless.ts';
import { type JpegStream, readJpegStream } from '../jpeg/markers.ts';
import { tidyJpeg } from '../jpeg/tidy-jpeg.ts';
import { bytesOf, type Codec, type CodedFrame, checkStreamSize, decompress, type FrameShape } from './coded-frame.ts';
import { runWasmDecoder } from './wasm-decoder.ts';

export const decodeJpeg: Codec = (fragments, shape, name) =>
  decompress(name, 'JPEG', async () => {
    const bytes = tidyJpeg(fragments).stream;
    const stream = readJpegStream(bytes);
    checkStreamSize(shape, { ...stream, channels: stream.components.length }, name);
    if (!stream.complete) throw new Error('the JPEG stream is cut short');
    if (stream.process === 3) return pack(decodeLossless(stream), stream);
    if (stream.process > 2) throw new Error(`JPEG process SOF${stream.process} is not read`);
    if (stream.precision === 8) return decode8Bit(bytes, stream, shape);
    return pack(decodeDct(stream), stream);
  });

function pack(samples: Uint16Array, { precision }: JpegStream): CodedFrame {
  if (precision > 8) return { bytes: bytesOf(samples), allocated: 16 };
  return { bytes: Uint8Array.from(samples), allocated: 8 };
}

/**
 * libjpeg guesses from the segments of other applications whether to turn YCbCr into RGB. DICOM says it in the data set
 * (PS3.5 8.2.1), so those segments are replaced by one that says the same; an Adobe segment knows better than both.
 */
async function decode8Bit(bytes: Uint8Array, stream: JpegStream, shape: FrameShape): Promise<CodedFrame> {
  if (shape.channels === 1) return { bytes: (await runWasmDecoder('jpeg', bytes)).bytes, allocated: 8 };
  const transform = stream.adobeTransform ?? (shape.photometric === 'RGB' ? 0 : 1);
  const decoded = await runWasmDecoder('jpeg', withColourTransform(bytes, stream, transform));
  return { bytes: decoded.bytes, allocated: 8, photometric: 'RGB' };
}

function withColourTransform(bytes: Uint8Array, { colourSegments }: JpegStream, transform: number): Uint8Array {
  const adobe = [0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, transform];
  const parts = [bytes.subarray(0, 2), Uint8Array.from(adobe)];
  let at = 2;
  for (const [start, end] of colourSegments) {
    parts.push(bytes.subarray(at, start));
    at = end;
  }
  return Buffer.concat([...parts, bytes.subarray(at)]);
}
