// The Dice coefficient of a predicted segmentation and its reference, per label, summed over the slices of a scan.
import { Problem } from '../platform/errors.ts';

/** The structure of every pixel that has any label. */
export const foreground = 'foreground';

/** Pixels of one label: in the prediction, in the reference, in both. Sums of slices are counts again. */
export interface LabelCounts {
  readonly predicted: number;
  readonly reference: number;
  readonly both: number;
}

/** Label -> counts; label 0 stands for all labels together (0 itself is background). */
export type Overlap = ReadonlyMap<number, LabelCounts>;

/**
 * Counts the labels of two segmentations of the same geometry, [height, width] each, 0 is background. Throws `mismatch`
 * when their sizes differ.
 */
export function overlapOf(predicted: ArrayLike<number>, reference: ArrayLike<number>): Overlap {
  if (predicted.length !== reference.length) {
    const [expected, found] = [`${reference.length} pixels`, `${predicted.length}`];
    throw new Problem('mismatch', { what: 'predicted and reference segmentation', expected, found });
  }
  const counts = new Map<number, { predicted: number; reference: number; both: number }>();
  const of = (label: number) => {
    const known = counts.get(label) ?? { predicted: 0, reference: 0, both: 0 };
    counts.set(label, known);
    return known;
  };
  const all = of(0);
  for (let pixel = 0; pixel < predicted.length; pixel++) {
    const [a, b] = [predicted[pixel]!, reference[pixel]!];
    if (a !== 0) {
      of(a).predicted++;
      all.predicted++;
    }
    if (b === 0) continue;
    of(b).reference++;
    all.reference++;
    if (a !== 0) all.both++;
    if (a === b) of(a).both++;
  }
  return counts;
}

/** The overlap of several slices as that of one volume. */
export function sumOverlaps(overlaps: Iterable<Overlap>): Overlap {
  const sum = new Map<number, LabelCounts>();
  for (const overlap of overlaps) {
    for (const [label, { predicted, reference, both }] of overlap) {
      const before = sum.get(label) ?? { predicted: 0, reference: 0, both: 0 };
      sum.set(label, {
        predicted: before.predicted + predicted,
        reference: before.reference + reference,
        both: before.both + both,
      });
    }
  }
  return sum;
}

/** 2 |A and B| / (|A| + |B|), 0 to 1; undefined where neither has a pixel (Dice 1945; Sørensen 1948). */
export function diceCoefficient({ predicted, reference, both }: LabelCounts): number | undefined {
  return predicted + reference === 0 ? undefined : (2 * both) / (predicted + reference);
}
