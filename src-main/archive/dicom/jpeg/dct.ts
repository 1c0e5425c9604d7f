// Decodes DCT JPEG (SOF1 extended, SOF2 progressive) of up to 12 bits without subsampling, as medical images have it.
import { BitReader, type Decoding, decodingOf } from './huffman.ts';
import { inverseDct } from './inverse-dct.ts';
import type { JpegScan, JpegStream } from './markers.ts';

/** Position in the 8x8 block (row * 8 + column) of each coefficient in zigzag order. */
const zigzag = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);

/** The coefficients of one component: 64 per block, blocks row by row, padded to whole coding units (T.81 A.2). */
export interface Plane {
  readonly across: number;
  readonly blocks: Int32Array;
}

/** A plane for each component, with all coefficients 0; with `kept` false room for one block, which all blocks share. */
export function planesOf({ width, height, components }: JpegStream, kept: boolean): readonly Plane[] {
  const [widest, tallest] = widestOf(components);
  return components.map(({ horizontal, vertical }) => {
    const across = Math.ceil(width / (8 * widest)) * horizontal;
    const down = Math.ceil(height / (8 * tallest)) * vertical;
    return { across, blocks: new Int32Array(kept ? across * down * 64 : 64) };
  });
}

const widestOf = (components: JpegStream['components']) =>
  [
    Math.max(...components.map(({ horizontal }) => horizontal)),
    Math.max(...components.map(({ vertical }) => vertical)),
  ] as const;

/**
 * Decodes to [height, width, components], interleaved. Throws an Error in plain words when the data is broken, cut
 * short or subsampled. Arithmetic: accurate integer inverse DCT, equal to the reference decoder's.
 */
export function decodeDct(stream: JpegStream): Uint16Array {
  const { width, height, components, precision } = stream;
  if (components.length > 1 && components.some(({ horizontal, vertical }) => horizontal * vertical !== 1)) {
    throw new Error('the 12-bit JPEG is subsampled');
  }
  const planes = planesOf(stream, true);
  const quantization = new Map<number, Uint16Array | undefined>();
  const seen = new Set<number>();
  for (const scan of stream.scans) {
    for (const { index } of scan.components) {
      if (quantization.get(index) === undefined)
        quantization.set(index, scan.quantization.get(components[index]!.quantization));
      if (scan.spectral[0] === 0) seen.add(index);
    }
    decodeScan(stream, scan, planes);
  }
  if (seen.size !== components.length) throw new Error('the JPEG data lacks a component');
  const samples = new Uint16Array(width * height * components.length);
  for (const [index, plane] of planes.entries())
    render(plane, quantization.get(index), samples, width, height, components.length, index, precision);
  return samples;
}

/** What one scan does to one block; `state` carries the DC prediction and the length of a run of empty blocks. */
type BlockDecoder = (reader: BitReader, scan: ScanTables, block: Int32Array, at: number, state: State) => void;
interface ScanTables {
  readonly scan: JpegScan;
  readonly dc: Decoding;
  readonly ac: Decoding;
}
interface State {
  prediction: number;
  emptyRun: number;
}

/**
 * Decodes the blocks of a scan of a sequential or progressive stream into `planes`; planes of one block keep the last one.
 * Returns how many bytes of the scan's data that took, or up to two more. Throws an Error in plain words for broken data.
 */
export function decodeScan(stream: JpegStream, scan: JpegScan, planes: readonly Plane[]): number {
  const reader = new BitReader(scan.data);
  const decodeBlock = blockDecoderFor(stream.process === 2, scan);
  const parts = scan.components.map(({ index, dc, ac }) => ({
    plane: planes[index]!,
    component: stream.components[index]!,
    tables: { scan, dc: decodingOf(dc), ac: decodingOf(ac) },
    state: { prediction: 0, emptyRun: 0 },
  }));
  const { across, down, interleaved } = unitsOf(
    stream,
    parts.map(({ component }) => component),
  );
  for (let unit = 0; unit < across * down; unit++) {
    if (scan.restartInterval > 0 && unit > 0 && unit % scan.restartInterval === 0) {
      reader.restart();
      for (const { state } of parts) Object.assign(state, { prediction: 0, emptyRun: 0 });
    }
    const [row, column] = [Math.floor(unit / across), unit % across];
    for (const { plane, component, tables, state } of parts) {
      const [wide, tall] = interleaved ? [component.horizontal, component.vertical] : [1, 1];
      for (let block = 0; block < wide * tall; block++) {
        const at = ((row * tall + Math.floor(block / wide)) * plane.across + column * wide + (block % wide)) * 64;
        decodeBlock(reader, tables, plane.blocks, plane.blocks.length === 64 ? 0 : at, state);
      }
    }
  }
  return reader.position;
}

/** How many coding units a scan of these components has: blocks where there is one component (T.81 A.2). */
function unitsOf(
  { width, height, components }: JpegStream,
  scanned: JpegStream['components'],
): { readonly across: number; readonly down: number; readonly interleaved: boolean } {
  const [widest, tallest] = widestOf(components);
  const [only] = scanned;
  if (scanned.length > 1)
    return { across: Math.ceil(width / (8 * widest)), down: Math.ceil(height / (8 * tallest)), interleaved: true };
  return {
    across: Math.ceil(Math.ceil((width * only!.horizontal) / widest) / 8),
    down: Math.ceil(Math.ceil((height * only!.vertical) / tallest) / 8),
    interleaved: false,
  };
}

function blockDecoderFor(progressive: boolean, { spectral, approximation }: JpegScan): BlockDecoder {
  if (!progressive) return sequentialBlock;
  if (spectral[0] > spectral[1] || spectral[1] > 63) throw new Error('a JPEG scan selects impossible coefficients');
  if (spectral[0] === 0) return approximation[0] === 0 ? firstDc : refineDc;
  return approximation[0] === 0 ? firstAc : refineAc;
}

const sequentialBlock: BlockDecoder = (reader, { dc, ac }, blocks, at, state) => {
  state.prediction += reader.signed(coefficientBits(reader.decode(dc)));
  blocks[at] = state.prediction;
  for (let index = 1; index < 64; index++) {
    const code = reader.decode(ac);
    const length = code & 15;
    if (length === 0 && code !== 0xf0) return;
    index += code >> 4;
    if (length > 0) blocks[at + positionOf(index)] = reader.signed(length);
  }
};

const firstDc: BlockDecoder = (reader, { dc, scan }, blocks, at, state) => {
  state.prediction += reader.signed(coefficientBits(reader.decode(dc)));
  blocks[at] = state.prediction * 2 ** scan.approximation[1];
};

const refineDc: BlockDecoder = (reader, { scan }, blocks, at) => {
  if (reader.bit() === 1) blocks[at] = blocks[at]! | (1 << scan.approximation[1]);
};

const firstAc: BlockDecoder = (reader, { ac, scan }, blocks, at, state) => {
  if (state.emptyRun > 0) {
    state.emptyRun--;
    return;
  }
  for (let index = scan.spectral[0]; index <= scan.spectral[1]; index++) {
    const code = reader.decode(ac);
    const run = code >> 4;
    const length = code & 15;
    if (length === 0 && run < 15) {
      state.emptyRun = (1 << run) - 1 + reader.bits(run);
      return;
    }
    index += run;
    if (length > 0) blocks[at + positionOf(index)] = reader.signed(length) * 2 ** scan.approximation[1];
  }
};

/** T.81 G.1.2.3: a bit for every coefficient that is already there, and new ones of the last place. */
const refineAc: BlockDecoder = (reader, { ac, scan }, blocks, at, state) => {
  const step = 1 << scan.approximation[1];
  const correct = (place: number) => {
    if (reader.bit() === 1 && (blocks[place]! & step) === 0) blocks[place]! += blocks[place]! > 0 ? step : -step;
  };
  let index = scan.spectral[0];
  while (state.emptyRun === 0 && index <= scan.spectral[1]) {
    const code = reader.decode(ac);
    let zeros = code >> 4;
    let added = 0;
    if ((code & 15) === 0) {
      if (zeros < 15) {
        state.emptyRun = (1 << zeros) + reader.bits(zeros);
        break;
      }
    } else {
      added = reader.bit() === 1 ? step : -step;
    }
    for (; index <= scan.spectral[1]; index++) {
      const place = at + positionOf(index);
      if (blocks[place] !== 0) correct(place);
      else if (zeros-- === 0) {
        blocks[place] = added;
        break;
      }
    }
    index++;
  }
  if (state.emptyRun === 0) return;
  for (; index <= scan.spectral[1]; index++) {
    const place = at + positionOf(index);
    if (blocks[place] !== 0) correct(place);
  }
  state.emptyRun--;
};

function positionOf(index: number): number {
  return zigzag[index] ?? brokenBlock();
}

function brokenBlock(): never {
  throw new Error('the JPEG data overruns a block');
}

function coefficientBits(length: number): number {
  return length <= 16 ? length : brokenBlock();
}

function render(
  { across, blocks }: Plane,
  quantization: Uint16Array | undefined,
  samples: Uint16Array,
  width: number,
  height: number,
  channels: number,
  channel: number,
  precision: number,
): void {
  if (quantization === undefined) throw new Error('the JPEG stream lacks a quantization table');
  const natural = new Int32Array(64);
  for (let index = 0; index < 64; index++) natural[zigzag[index]!] = quantization[index]!;
  const levels = new Uint16Array(64);
  for (let block = 0; block * 64 < blocks.length; block++) {
    const coefficients = blocks.subarray(block * 64, block * 64 + 64);
    for (let index = 0; index < 64; index++) coefficients[index]! *= natural[index]!;
    inverseDct(coefficients, levels, precision);
    const top = Math.floor(block / across) * 8;
    const left = (block % across) * 8;
    const rows = Math.min(8, height - top);
    const columns = Math.min(8, width - left);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        samples[((top + row) * width + left + column) * channels + channel] = levels[row * 8 + column]!;
      }
    }
  }
}
