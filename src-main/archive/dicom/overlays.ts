// Overlay planes (PS3.3 C.9.2): graphics and regions of interest stored beside the pixels.
import type { Overlay } from '../decoded-image.ts';
import { type Attributes, decimals, numbers, rawBytes, text } from './data-set.ts';

/** One bit of every pixel cell of the frame, row by row; undefined where the cells are compressed. */
export type BitPlane = ((bit: number) => Uint8Array) | undefined;

/**
 * The overlays of frame `index`, groups 6000 to 601E, also those in bits of the pixel cells that the image leaves free
 * (retired, PS3.3-2004 C.9.2). Incomplete ones are left out and named in `warnings`.
 */
export function overlaysOf(
  root: Attributes,
  index: number,
  plane: BitPlane,
): { readonly overlays: readonly Overlay[]; readonly warnings: readonly string[] } {
  const overlays: Overlay[] = [];
  const warnings: string[] = [];
  for (let group = 0x6000; group <= 0x601e; group += 2) {
    const tag = (element: string) => `x${group.toString(16)}${element}`;
    const [rows] = numbers(root, tag('0010'), 'US');
    const [columns] = numbers(root, tag('0011'), 'US');
    if (rows === undefined || columns === undefined) continue;
    const bits = separateBits(root, tag, rows * columns, index) ?? embeddedBits(root, tag, rows * columns, plane);
    if (bits === undefined) {
      warnings.push(`overlay ${group.toString(16)} is not readable`);
      continue;
    }
    const [row = 1, column = 1] = numbers(root, tag('0050'), 'SS');
    const label = text(root, tag('1500'));
    overlays.push({
      rows,
      columns,
      origin: [row - 1, column - 1],
      kind: text(root, tag('0040')) === 'R' ? 'region' : 'graphics',
      ...(label === undefined ? {} : { label }),
      bits,
    });
  }
  return { overlays, warnings };
}

/** The bits of a pixel cell that overlays without data of their own occupy, as a mask. */
export function overlayBits(root: Attributes): number {
  let mask = 0;
  for (let group = 0x6000; group <= 0x601e; group += 2) {
    const tag = (element: string) => `x${group.toString(16)}${element}`;
    const [rows] = numbers(root, tag('0010'), 'US');
    const [bit] = numbers(root, tag('0102'), 'US');
    if (rows !== undefined && bit !== undefined && rawBytes(root, tag('3000')) === undefined) mask |= 1 << bit;
  }
  return mask;
}

type TagOf = (element: string) => string;

/** The bits in an attribute of their own. */
function separateBits(root: Attributes, tag: TagOf, count: number, index: number): Uint8Array | undefined {
  const [frames = 1] = decimals(root, tag('0015'));
  const [firstFrame = 1] = numbers(root, tag('0051'), 'US');
  const bytes = rawBytes(root, tag('3000'));
  const frame = frames === 1 ? 0 : index - (firstFrame - 1);
  const complete = bytes !== undefined && frame >= 0 && frame < frames && bytes.length * 8 >= count * (frame + 1);
  return complete ? unpack(bytes, frame * count, count) : undefined;
}

/** The bits at Overlay Bit Position of the pixel cells. */
function embeddedBits(root: Attributes, tag: TagOf, count: number, plane: BitPlane): Uint8Array | undefined {
  const [allocated] = numbers(root, tag('0100'), 'US');
  const [bit] = numbers(root, tag('0102'), 'US');
  if (plane === undefined || rawBytes(root, tag('3000')) !== undefined) return undefined;
  if (allocated === undefined || bit === undefined || bit >= allocated) return undefined;
  const [cells] = numbers(root, 'x00280100', 'US');
  const bits = cells === allocated ? plane(bit) : undefined;
  return bits?.length === count ? bits : undefined;
}

function unpack(bytes: Uint8Array, start: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, bit) => (bytes[(start + bit) >> 3]! >> ((start + bit) & 7)) & 1);
}
