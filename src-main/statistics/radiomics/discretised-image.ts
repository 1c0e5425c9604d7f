// Grey levels as pyradiomics bins them, and the neighbours that its texture matrices look at.
import { Problem } from '../../platform/errors.ts';

/** A grey image [rows, columns] or volume [slices, rows, columns]; `size` and `spacing` (mm) have the slowest axis first. */
export interface RadiomicImage {
  readonly size: readonly number[];
  readonly spacing: readonly number[];
  readonly values: ArrayLike<number>;
}

export interface DiscretisedImage {
  /** [slices, rows, columns]; one slice for a 2-D image. */
  readonly size: readonly [number, number, number];
  /** Grey level of every voxel, 1 for the bin of the lowest value. */
  readonly levels: Int32Array;
  /** The levels that occur, ascending. */
  readonly present: readonly number[];
}

/** A step to a neighbour: slices, rows, columns. */
export type Offset = readonly [number, number, number];

/** pyradiomics' default, in grey values. */
const binWidth = 25;

/**
 * Bins of width 25 that start at multiples of 25, numbered from that of the lowest value. Throws `usage` for an image of fewer
 * than two voxels, of other than 2 or 3 dimensions, or with values that are not finite.
 */
export function discretise({ size, values }: RadiomicImage): DiscretisedImage {
  const voxels = size.reduce((product, length) => product * length, 1);
  if ((size.length !== 2 && size.length !== 3) || voxels !== values.length || voxels < 2)
    throw new Problem('usage', { message: `no radiomics of ${values.length} values as ${size.join('x')}` });
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i]))
      throw new Problem('usage', { message: 'no radiomics of values that are not finite' });
    lowest = Math.min(lowest, values[i]!);
  }
  const first = Math.floor(lowest / binWidth);
  const levels = Int32Array.from({ length: voxels }, (_, i) => Math.floor(values[i]! / binWidth) - first + 1);
  const [columns, rows, slices = 1] = size.toReversed();
  return {
    size: [slices, rows!, columns!],
    levels,
    present: [...new Set(levels)].sort((a, b) => a - b),
  };
}

/** One of each pair of opposite steps to the 8 (26 in a volume) nearest neighbours, axes of length 1 left out. */
export function neighbourOffsets(size: DiscretisedImage['size']): readonly Offset[] {
  const steps = [-1, 0, 1];
  return steps
    .flatMap((slice) => steps.flatMap((row) => steps.map((column): Offset => [slice, row, column])))
    .filter((offset) => offset.every((step, axis) => Math.abs(step) < size[axis]!))
    .filter((offset) => (offset.find((step) => step !== 0) ?? 0) > 0);
}

/** Calls `use` with the indices of every pair of voxels that lie `offset` apart, in reading order of the first. */
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

/** -p log2(p + 2.2e-16), summed: entropy in bits as pyradiomics guards it. */
export function entropy(probabilities: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < probabilities.length; i++)
    sum -= probabilities[i]! * Math.log2(probabilities[i]! + Number.EPSILON);
  return sum;
}

/** Features by name, in a fixed order. */
export type Features = Readonly<Record<string, number>>;

/** Mean of each feature over several matrices (directions), leaving out values that are not numbers. */
export function meanOfFeatures(all: readonly Features[]): Features {
  return Object.fromEntries(
    Object.keys(all[0] ?? {}).map((name) => {
      const values = all.map((features) => features[name]!).filter((value) => !Number.isNaN(value));
      return [name, values.reduce((sum, value) => sum + value, 0) / values.length];
    }),
  );
}
