// The attributes that say what the pixels are (PS3.3 C.7.6.3), checked against each other before memory is taken.
import { Problem } from '../../platform/errors.ts';
import { checkLimit } from '../limits.ts';
import type { FrameShape } from './codecs/coded-frame.ts';
import { type Attributes, decimals, numbers, text } from './data-set.ts';

export interface PixelModule extends FrameShape {
  readonly frames: number;
  /** Position of the most significant stored bit. */
  readonly highBit: number;
  readonly signed: boolean;
  /** Colours one after the other (true) or pixel by pixel. */
  readonly planar: boolean;
  /** Which attribute holds the pixels. */
  readonly pixels: 'integer' | 'float' | 'double';
}

/** Photometric interpretations that are read; video and printing ones are not. */
const photometricChannels: Readonly<Record<string, 1 | 3>> = {
  MONOCHROME1: 1,
  MONOCHROME2: 1,
  'PALETTE COLOR': 1,
  RGB: 3,
  YBR_FULL: 3,
  YBR_FULL_422: 3,
  YBR_ICT: 3,
  YBR_RCT: 3,
};

const pixelAttributes = { x7fe00010: 'integer', x7fe00008: 'float', x7fe00009: 'double' } as const;

/** The attribute of the pixels; throws `format` when the object has none (a report, plan, waveform). */
export function pixelTag(attributes: Attributes, name: string): keyof typeof pixelAttributes {
  const tags = Object.keys(pixelAttributes) as (keyof typeof pixelAttributes)[];
  const tag = tags.find((tag) => attributes.elements[tag] !== undefined);
  if (tag === undefined) throw new Problem('format', { file: name, found: 'DICOM object without an image' });
  return tag;
}

/** Reads and checks the pixel module. Throws `content` when it is incomplete or contradictory, `limit` when too large. */
export function readPixelModule(attributes: Attributes, name: string): PixelModule {
  const pixels = pixelAttributes[pixelTag(attributes, name)];
  const broken = (reason: string) => new Problem('content', { file: name, reason });
  const word = (tag: string, what: string, otherwise?: number): number => {
    const value = numbers(attributes, tag, 'US')[0] ?? otherwise;
    if (value === undefined) throw broken(`${what} is missing`);
    return value;
  };
  const height = word('x00280010', 'Rows');
  const width = word('x00280011', 'Columns');
  const allocated = word('x00280100', 'Bits Allocated');
  const photometric = text(attributes, 'x00280004') ?? 'missing';
  const channels = photometricChannels[photometric];
  if (channels === undefined) throw broken(`photometric interpretation ${printable(photometric)} is not read`);
  if (word('x00280002', 'Samples per Pixel', channels) !== channels) {
    throw broken(`${photometric} does not have ${word('x00280002', '')} samples per pixel`);
  }
  const stored = pixels === 'integer' ? word('x00280101', 'Bits Stored', allocated) : allocated;
  const highBit = pixels === 'integer' ? word('x00280102', 'High Bit', stored - 1) : allocated - 1;
  const [frames = 1] = decimals(attributes, 'x00280008');
  if (width === 0 || height === 0) throw broken('the image has no rows or no columns');
  if (!Number.isInteger(frames) || frames < 1) throw broken('Number of Frames is not a number');
  const expected = { integer: [1, 8, 16, 32], float: [32], double: [64] }[pixels];
  if (!expected.includes(allocated)) throw broken(`${allocated} bits allocated are not read`);
  if (stored < 1 || stored > allocated || highBit >= allocated || highBit < stored - 1) {
    throw broken(`${stored} bits stored up to bit ${highBit} do not fit ${allocated} bits allocated`);
  }
  checkLimit('frames', 'number of frames', frames);
  checkLimit('frameBytes', 'image size in bytes', width * height * channels * Math.max(1, allocated / 8));
  return {
    width,
    height,
    channels,
    allocated,
    stored,
    highBit,
    photometric,
    frames,
    pixels,
    signed: word('x00280103', 'Pixel Representation', 0) === 1,
    planar: channels === 3 && word('x00280006', 'Planar Configuration', 0) === 1,
  };
}

/** A code string of the file, safe to print. */
function printable(value: string): string {
  return /^[A-Z0-9_ ]{1,16}$/.test(value) ? value : 'unknown';
}
