// The fragments of encapsulated pixel data (PS3.5 A.4): which of them begin a frame, and how many frames they make.
import { type Attributes, numbers } from './data-set.ts';

/** A piece of encapsulated pixel data: where it lies in the bytes of its data set. */
export interface Fragment {
  /** From the first fragment's item tag. */
  readonly offset: number;
  readonly position: number;
  readonly length: number;
}

/**
 * The first fragment of each frame: by the first of the offset `tables` (extended, basic) that fits, else one fragment
 * per frame, else by where streams begin. As many as `frames` where the frames can be told apart.
 */
export function firstFragments(
  bytes: Uint8Array,
  fragments: readonly Fragment[],
  tables: readonly (readonly number[])[],
  frames: number,
): readonly number[] {
  const offsets = tables.find((table) => table.length === frames);
  return (
    (offsets === undefined ? undefined : startsByOffset(fragments, offsets)) ??
    (fragments.length === frames ? fragments.map((_, index) => index) : undefined) ??
    (frames === 1 ? [0] : startsByContent(bytes, fragments))
  );
}

function startsByOffset(fragments: readonly Fragment[], offsets: readonly number[]): number[] | undefined {
  const indices = new Map(fragments.map(({ offset }, index) => [offset, index]));
  const starts = offsets.map((offset) => indices.get(offset) ?? -1);
  const ascending = starts.every((start, index) => start > (starts[index - 1] ?? -1));
  return starts[0] === 0 && ascending ? starts : undefined;
}

/**
 * JPEG and JPEG-LS streams begin with FF D8 FF, JPEG 2000 codestreams with FF 4F FF 51, run-length ones with the number of
 * their segments, 1 to 15, and where the first of them lies, 64 (PS3.5 annex G).
 */
function startsByContent(bytes: Uint8Array, fragments: readonly Fragment[]): number[] {
  return fragments.flatMap(({ position, length }, index) => {
    const [first = 0, second, third, fourth, ...offset] = bytes.subarray(position, position + Math.min(8, length));
    const isJpeg = first === 0xff && (second === 0xd8 || second === 0x4f) && third === 0xff;
    const isRle = first > 0 && first < 16 && [second, third, fourth, ...offset].join() === '0,0,0,64,0,0,0';
    return isJpeg || isRle ? [index] : [];
  });
}

/**
 * How many frames the fragments make by themselves, where nothing declares it: by the offset table, else by where streams
 * begin. At least 1.
 */
export function countFrames(attributes: Attributes): number {
  const { fragments = [], basicOffsetTable = [] } = attributes.elements.x7fe00010 ?? {};
  const table = [numbers(attributes, 'x7fe00001', 'UV'), basicOffsetTable].find(({ length }) => length > 1);
  if (table !== undefined && startsByOffset(fragments, table) !== undefined) return table.length;
  return Math.max(1, startsByContent(attributes.bytes, fragments).length);
}
