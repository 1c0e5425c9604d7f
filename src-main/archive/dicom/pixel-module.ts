// The attributes that say what the pixels are (PS3.3 C.7.6.3), checked against each other before memory is taken.
import type { Element } from 'dicom-parser';
import { Problem } from '../../platform/errors.ts';
import { checkLimit } from '../limits.ts';
import { codeString, printable } from './code-strings.ts';
import type { FrameShape } from './codecs/coded-frame.ts';
import { type Attributes, decimals, numbers, text } from './data-set.ts';
import { countFrames } from './fragments.ts';

export interface PixelModule extends FrameShape {
  readonly frames: number;
  /** Position of the most significant stored bit. */
  readonly highBit: number;
  readonly signed: boolean;
  /** Colours one after the other (true) or pixel by pixel. */
  readonly planar: boolean;
  /** Which attribute holds the pixels. */
  readonly pixels: 'integer' | 'float' | 'double';
  /** Where the attributes contradicted each other or the pixel data, and what was believed. */
  readonly notes: readonly string[];
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

/**
 * Reads and checks the pixel module. Where the pixel data shows which of two contradicting attributes is right, it is
 * believed, with a note. Throws `content` when it is incomplete or contradictory, `limit` when too large.
 */
export function readPixelModule(attributes: Attributes, name: string): PixelModule {
  const tag = pixelTag(attributes, name);
  const pixels = pixelAttributes[tag];
  const element = attributes.elements[tag]!;
  const broken = (reason: string) => new Problem('content', { file: name, reason });
  const word = (tag: string, what: string, otherwise?: number): number => {
    const value = numbers(attributes, tag, 'US')[0] ?? otherwise;
    if (value === undefined) throw broken(`${what} is missing`);
    return value;
  };
  const height = word('x00280010', 'Rows');
  const width = word('x00280011', 'Columns');
  const allocated = word('x00280100', 'Bits Allocated');
  const notes: string[] = [];
  const { term, note } = codeString(attributes, 'x00280004');
  if (note !== undefined) notes.push(note);
  const declared = term ?? text(attributes, 'x00280004') ?? 'missing';
  const channels = photometricChannels[declared];
  if (channels === undefined) throw broken(`photometric interpretation ${printable(declared)} is not read`);
  if (word('x00280002', 'Samples per Pixel', channels) !== channels) {
    throw broken(`${declared} does not have ${word('x00280002', '')} samples per pixel`);
  }
  const stored = pixels === 'integer' ? word('x00280101', 'Bits Stored', allocated) : allocated;
  const highBit = pixels === 'integer' ? word('x00280102', 'High Bit', stored - 1) : allocated - 1;
  if (width === 0 || height === 0) throw broken('the image has no rows or no columns');
  const expected = { integer: [1, 8, 16, 32], float: [32], double: [64] }[pixels];
  if (!expected.includes(allocated)) throw broken(`${allocated} bits allocated are not read`);
  if (stored < 1 || stored > allocated || highBit >= allocated || highBit < stored - 1) {
    throw broken(`${stored} bits stored up to bit ${highBit} do not fit ${allocated} bits allocated`);
  }
  checkLimit('frameBytes', 'image size in bytes', width * height * channels * Math.max(1, allocated / 8));
  const samples = width * height * allocated;
  const counted =
    element.fragments === undefined
      ? Math.floor((element.length * 8) / (samples * (declared === 'YBR_FULL_422' ? 2 : channels)))
      : countFrames(attributes);
  const [declaredFrames] = decimals(attributes, 'x00280008');
  if (declaredFrames !== undefined && !(Number.isInteger(declaredFrames) && declaredFrames >= 0))
    throw broken('Number of Frames is not a number');
  const frames = framesOf(declaredFrames, counted, element.fragments !== undefined, notes);
  checkLimit('frames', 'number of frames', frames);
  checkLimit('decodedBytes', 'size of all frames in bytes', (samples * channels * frames) / 8);
  const photometric = photometricOf(declared, element, (samples * channels * frames) / 8, notes);
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
    notes,
  };
}

/**
 * Number of Frames, `declared`; `counted` is how many the pixel data holds. Several compressed frames are believed rather
 * than an attribute that is missing or says 1: the others would be lost without a word.
 */
function framesOf(declared: number | undefined, counted: number, compressed: boolean, notes: string[]): number {
  if (declared !== 0 && !(compressed && counted > (declared ?? 1) && (declared ?? 1) === 1)) return declared ?? 1;
  const frames = Math.max(1, counted);
  notes.push(`Number of Frames is ${declared ?? 'missing'}; the pixel data holds ${frames}`);
  return frames;
}

/** Pixel data that shares no colour between pixels is not of a 4:2:2 kind, whatever the data set says. */
function photometricOf(declared: string, { fragments, length }: Element, fullBytes: number, notes: string[]): string {
  if (declared !== 'YBR_FULL_422' || fragments !== undefined || length < fullBytes) return declared;
  notes.push('Photometric Interpretation is YBR_FULL_422, but the pixel data has full length; read as YBR_FULL');
  return 'YBR_FULL';
}
