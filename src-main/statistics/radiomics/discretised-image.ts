// Grey levels as pyradiomics bins them inside a mask, and the neighbours that its texture matrices look at.
import { Problem } from '../../platform/errors.ts';

/** A grey image [rows, columns] or volume [slices, rows, columns]; `size` and `spacing` (mm) have the slowest axis first. */
export interface RadiomicImage {
  readonly size: readonly number[];
  readonly spacing: readonly number[];
  readonly values: ArrayLike<number>;
  /** As long as `values`; what is not 0 is measured. Without it everything is. */
  readonly mask?: ArrayLike<number>;
}

export interface DiscretisedImage {
  /** [slices, rows, columns] of the smallest box around the mask; one slice for a 2-D image. */
  readonly size: readonly [number, number, number];
  /** Grey level of every voxel of the box: 1 for the bin of the lowest value inside the mask, 0 outside it. */
  readonly levels: Int32Array;
  /** The levels that occur, ascending. */
  readonly present: readonly number[];
  /** The values inside the mask, ascending. */
  readonly sorted: Float64Array;
}

/** A step to a neighbour: slices, rows, columns. */
export type Offset = readonly [number, number, number];

/** pyradiomics' default, in grey values. */
export const defaultBinWidth = 25;

/** A matrix of all pairs of levels is kept, and its eigenvalues are computed. */
const mostLevels = 1024;

/**
 * Bins that start at multiples of `binWidth`, numbered from that of the lowest value inside the mask. Throws `usage` for fewer
 * than two voxels to measure, other than 2 or 3 dimensions, or values that are not finite; `limit` for more than 1,024 levels.
 */
export function discretise({ size, values, mask }: RadiomicImage, binWidth = defaultBinWidth): DiscretisedImage {
  const voxels = size.reduce((product, length) => product * length, 1);
  const fits = voxels === values.length && (mask === undefined || mask.length === voxels);
  if ((size.length !== 2 && size.length !== 3) || !fits)
    throw new Problem('usage', { message: `no radiomics of ${values.length} values as ${size.join('x')}` });
  const [columns, rows, slices = 1] = size.toReversed() as [number, number, number?];
  const box = boxAround([slices, rows, columns], mask);
  const inside: number[] = [];
  const cropped = box.indices.map((index) => (mask === undefined || mask[index] !== 0 ? index : -1));
  for (const index of cropped) {
    if (index < 0) continue;
    if (!Number.isFinite(values[index]))
      throw new Problem('usage', { message: 'no radiomics of values that are not finite' });
    inside.push(values[index]!);
  }
  if (inside.length < 2) throw new Problem('usage', { message: 'no radiomics of fewer than two voxels' });
  const sorted = Float64Array.from(inside).sort();
  const first = Math.floor(sorted[0]! / binWidth);
  const highest = Math.floor(sorted.at(-1)! / binWidth) - first + 1;
  if (highest > mostLevels)
    throw new Problem('limit', { what: 'number of grey levels', value: highest, limit: mostLevels });
  const levels = Int32Array.from(cropped, (index) =>
    index < 0 ? 0 : Math.floor(values[index]! / binWidth) - first + 1,
  );
  const present = [...new Set(levels)].filter((level) => level > 0).sort((a, b) => a - b);
  return { size: box.size, levels, present, sorted };
}

/** The smallest box that holds the mask, and the index of each of its voxels in the image. */
function boxAround([slices, rows, columns]: DiscretisedImage['size'], mask: ArrayLike<number> | undefined) {
  const low = mask === undefined ? [0, 0, 0] : [slices, rows, columns];
  const high = mask === undefined ? [slices - 1, rows - 1, columns - 1] : [-1, -1, -1];
  for (let index = 0; index < (mask?.length ?? 0); index++) {
    if (mask![index] === 0) continue;
    const place = [Math.floor(index / columns / rows), Math.floor(index / columns) % rows, index % columns];
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis]!, place[axis]!);
      high[axis] = Math.max(high[axis]!, place[axis]!);
    }
  }
  const size = low.map((from, axis) => Math.max(0, high[axis]! - from + 1)) as [number, number, number];
  const indices = Int32Array.from({ length: size[0] * size[1] * size[2] }, (_, at) => {
    const row = Math.floor(at / size[2]);
    const slice = Math.floor(row / size[1]);
    return ((low[0]! + slice) * rows + low[1]! + (row % size[1])) * columns + low[2]! + (at % size[2]);
  });
  return { size, indices };
}

/** One of each pair of opposite steps to the 8 (26 in a volume) nearest neighbours, axes of length 1 left out. */
export function neighbourOffsets(size: DiscretisedImage['size']): readonly Offset[] {
  const steps = [-1, 0, 1];
  return steps
    .flatMap((slice) => steps.flatMap((row) => steps.map((column): Offset => [slice, row, column])))
    .filter((offset) => offset.every((step, axis) => Math.abs(step) < size[axis]!))
    .filter((offset) => (offset.find((step) => step !== 0) ?? 0) > 0);
}

/** Calls `use` with the indices of every pair of voxels of the box that lie `offset` apart, in reading order of the first. */
export function forEachPair(
  [slices, rows, columns]: DiscretisedImage['size'],
  [slice, row, column]: Offset,
  use: (from: number, to: number) => void,
): void {
  const step = (slice * rows + row) * columns + column;
  for (let z = Math.max(-slice, 0); z < Math.min(slices - slice, slices); z++)
    for (let y = Math.max(-row, 0); y < Math.min(rows - row, rows); y++)
      for (let x = Math.max(-column, 0); x < Math.min(columns - column, columns); x++) {
        const from = (z * rows + y) * columns + x;
        use(from, from + step);
      }
}

/** As `forEachPair`, where both voxels are inside the mask. */
export function forEachPairInside(
  { size, levels }: DiscretisedImage,
  offset: Offset,
  use: (from: number, to: number) => void,
): void {
  forEachPair(size, offset, (from, to) => {
    if (levels[from] !== 0 && levels[to] !== 0) use(from, to);
  });
}

/** -p log2(p + 2.2e-16), summed: entropy in bits as pyradiomics guards it. */
export function entropy(probabilities: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++)
    sum -= probabilities[i]! * Math.log2(probabilities[i]! + Number.EPSILON);
  return sum;
}

/** Features by name, in a fixed order. */
export type Features = Readonly<Record<string, number>>;

/**
 * Mean of each feature over several matrices (directions), leaving out values that are not numbers; not a number where none is left
 * (as in a mask of scattered voxels: `names` says which features there would be).
 */
export function meanOfFeatures(names: readonly string[], all: readonly Features[]): Features {
  return Object.fromEntries(
    names.map((name) => {
      const values = all.map((features) => features[name]!).filter((value) => !Number.isNaN(value));
      return [name, values.reduce((sum, value) => sum + value, 0) / values.length];
    }),
  );
}
