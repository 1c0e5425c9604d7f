// Decodes lossless JPEG (SOF3, ITU-T T.81 annex H): DICOM's process 14, with any of the seven predictors.
import { BitReader, type Decoding, decodingOf } from './huffman.ts';
import type { JpegScan, JpegStream } from './markers.ts';

/** Predicted value from the left (a), upper (b) and upper left (c) neighbours; index is the selection value. */
const predictors: readonly ((a: number, b: number, c: number) => number)[] = [
  () => 0,
  (a) => a,
  (_a, b) => b,
  (_a, _b, c) => c,
  (a, b, c) => a + b - c,
  (a, b, c) => a + ((b - c) >> 1),
  (a, b, c) => b + ((a - c) >> 1),
  (a, b) => (a + b) >> 1,
];

/**
 * Decodes a lossless stream to [height, width, components], interleaved, in 2..16 bits. Throws an Error in plain words
 * when the data is broken, cut short, or of a kind that DICOM does not allow (subsampled).
 */
export function decodeLossless(stream: JpegStream): Uint16Array {
  const { width, height, components } = stream;
  if (components.some(({ horizontal, vertical }) => horizontal !== 1 || vertical !== 1)) {
    throw new Error('the lossless JPEG is subsampled');
  }
  const samples = new Uint16Array(width * height * components.length);
  const seen = new Set<number>();
  for (const scan of stream.scans) {
    decodeScan(stream, scan, samples);
    for (const { index } of scan.components) seen.add(index);
  }
  if (seen.size !== components.length) throw new Error('the JPEG data lacks a component');
  return samples;
}

function decodeScan(stream: JpegStream, scan: JpegScan, samples: Uint16Array): void {
  const { width, height, precision } = stream;
  const channels = stream.components.length;
  const [selection] = scan.spectral;
  const shift = scan.approximation[1];
  const predict = predictors[selection];
  if (predict === undefined || selection === 0) throw new Error(`lossless JPEG predictor ${selection} is unknown`);
  const reader = new BitReader(scan.data);
  const tables = scan.components.map(({ dc }) => decodingOf(dc));
  const origin = 1 << (precision - shift - 1);
  const line = width * channels;
  let untilRestart = scan.restartInterval;
  // After a restart prediction begins anew, as in the first line.
  let firstLine = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if (scan.restartInterval > 0 && untilRestart-- === 0) {
        if (column !== 0) throw new Error('a lossless JPEG restart lies inside a line');
        reader.restart();
        untilRestart = scan.restartInterval - 1;
        firstLine = row;
      }
      for (const [entry, { index }] of scan.components.entries()) {
        const at = row * line + column * channels + index;
        const left = column > 0 ? samples[at - channels]! : 0;
        const up = row > firstLine ? samples[at - line]! : 0;
        let predicted: number;
        if (row === firstLine) predicted = column === 0 ? origin : left;
        else if (column === 0) predicted = up;
        else predicted = predict(left, up, samples[at - line - channels]!);
        samples[at] = predicted + difference(reader, tables[entry]!);
      }
    }
  }
  if (shift > 0) for (let at = 0; at < samples.length; at++) samples[at] = samples[at]! << shift;
}

function difference(reader: BitReader, table: Decoding): number {
  const length = reader.decode(table);
  if (length > 16) throw new Error('the JPEG data holds an unknown code');
  // 16 bits stand for 32768 alone, and no bits follow (T.81 H.1.2.2).
  return length === 16 ? 32_768 : reader.signed(length);
}
