// The Fréchet radiomic distance of two sets of images, from their radiomic features, as frd-score computes it.
import { Problem } from '../../platform/errors.ts';
import { featureMoments, frechetDistance } from '../frechet-distance.ts';
import { columnMeans, type Matrix, type MatrixProduct, multiply } from '../matrix.ts';

export type RadiomicDistanceVersion = 'v0' | 'v1';

/** Upper end of the range that FRD v0 brings features to: Osuala and others 2024 chose it to match the scale of the FID. */
const v0Maximum = 7.45670747756958;

/**
 * Distance of two feature tables (an image a row, the same features in the same order), the reference set first.
 * `v0`: each feature is mapped from its range in both sets together to [0, 7.4567…], a constant one to the midpoint.
 * `v1`: natural logarithm of the distance of features standardised (ddof 0) by the FIRST set; features that are constant there are left
 * out, and images with a feature that is no number. (frd-score's v1 also takes the features of filtered images: see there.)
 * Throws `usage` when a set has fewer than two images left, `mismatch` for tables of different width.
 */
export async function frechetRadiomicDistance(
  first: Matrix,
  second: Matrix,
  version: RadiomicDistanceVersion,
  product: MatrixProduct = multiply,
): Promise<number> {
  if (first.columns !== second.columns)
    throw new Problem('mismatch', {
      what: 'number of features',
      expected: `${first.columns}`,
      found: `${second.columns}`,
    });
  const [a, b] = normalisations[version](first, second);
  const distance = await frechetDistance(await featureMoments(a, product), await featureMoments(b, product), product);
  return version === 'v1' ? Math.log(distance) : distance;
}

const normalisations: {
  readonly [V in RadiomicDistanceVersion]: (first: Matrix, second: Matrix) => readonly [Matrix, Matrix];
} = { v0: toJointRange, v1: standardisedByFirst };

function toJointRange(first: Matrix, second: Matrix): readonly [Matrix, Matrix] {
  const { columns } = first;
  const lowest = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const highest = new Float64Array(columns).fill(Number.NEGATIVE_INFINITY);
  for (const { data } of [first, second])
    for (let at = 0; at < data.length; at++) {
      const column = at % columns;
      if (data[at]! < lowest[column]!) lowest[column] = data[at]!;
      if (data[at]! > highest[column]!) highest[column] = data[at]!;
    }
  const scale = (set: Matrix): Matrix => ({
    ...set,
    data: Float64Array.from(set.data, (value, at) => {
      const column = at % columns;
      const range = highest[column]! - lowest[column]!;
      const share = (value - lowest[column]!) / range;
      return v0Maximum * (range > 0 && !Number.isNaN(value) ? share : 0.5);
    }),
  });
  return [scale(first), scale(second)];
}

function standardisedByFirst(first: Matrix, second: Matrix): readonly [Matrix, Matrix] {
  const [reference, other] = [first, second].map(withoutUnfinished) as [Matrix, Matrix];
  const { rows, columns } = reference;
  const means = columnMeans(reference);
  const deviations = new Float64Array(columns);
  for (let at = 0; at < reference.data.length; at++)
    deviations[at % columns]! += (reference.data[at]! - means[at % columns]!) ** 2 / rows;
  const varies = (column: number) =>
    reference.data.some((value, at) => at % columns === column && value !== reference.data[column]);
  const kept = Array.from(deviations.keys()).filter(varies);
  const standardise = (set: Matrix): Matrix => ({
    rows: set.rows,
    columns: kept.length,
    data: Float64Array.from({ length: set.rows * kept.length }, (_, at) => {
      const column = kept[at % kept.length]!;
      const value = set.data[Math.floor(at / kept.length) * columns + column]!;
      return (value - means[column]!) / Math.sqrt(deviations[column]!);
    }),
  });
  return [standardise(reference), standardise(other)];
}

/** The rows that hold numbers only. */
function withoutUnfinished({ rows, columns, data }: Matrix): Matrix {
  const kept = Array.from({ length: rows }, (_, row) => data.subarray(row * columns, (row + 1) * columns)).filter(
    (row) => row.every((value) => Number.isFinite(value)),
  );
  return { rows: kept.length, columns, data: Float64Array.from(kept.flatMap((row) => [...row])) };
}
