// The Fréchet radiomic distance of two sets of images, from their radiomic features, as frd-score computes it.
import { Problem } from '../../platform/errors.ts';
import { featureMoments, frechetDistance } from '../frechet-distance.ts';
import { type Matrix, type MatrixProduct, multiply } from '../matrix.ts';
import { mean, variance } from '../moments.ts';

export type RadiomicDistanceVersion = 'v0' | 'v1';

/** How features of different units become comparable. */
export interface RadiomicNormalisation {
  /** By the range, or by mean and standard deviation (ddof 0) … */
  readonly type: 'minmax' | 'zscore';
  /** … of both sets together, of the first, or of each set by itself … */
  readonly reference: 'joint' | 'd1' | 'independent';
  /** … which become these two values (for `zscore`: mean, and mean plus one standard deviation). */
  readonly range: readonly [number, number];
}

/** frd-score's own choices; Osuala and others 2024 took the range of v0 to match the scale of the FID. */
export const publishedNormalisations: { readonly [V in RadiomicDistanceVersion]: RadiomicNormalisation } = {
  v0: { type: 'minmax', reference: 'joint', range: [0, 7.45670747756958] },
  v1: { type: 'zscore', reference: 'd1', range: [0, 1] },
};

export interface RadiomicComparison {
  readonly version: RadiomicDistanceVersion;
  /** Without it, that of the version. */
  readonly normalisation?: RadiomicNormalisation;
  /** Only the squared distance of the means. */
  readonly meansOnly?: boolean;
}

/**
 * Distance of two feature tables (an image a row, the same features in the same order), the reference set first.
 * `v0`: constant features become the middle of the range (with `zscore` its lower end), what is no number its middle.
 * `v1`: natural logarithm of the distance; features that are constant in the reference are left out (with `zscore`), and images with
 * a feature that is no number. (frd-score's v1 also takes the features of filtered images: see there.)
 * Of sets that are the same but for rounding both are 0: the logarithm of 0 is no distance, and that of a rounding error
 * (frd-score's -31) none either.
 * Throws `usage` when a set has fewer than two images left, or with `v1` no feature that varies in the reference; `mismatch`
 * for tables of different width.
 */
export async function frechetRadiomicDistance(
  first: Matrix,
  second: Matrix,
  { version, normalisation = publishedNormalisations[version], meansOnly = false }: RadiomicComparison,
  product: MatrixProduct = multiply,
): Promise<number> {
  if (first.columns !== second.columns)
    throw new Problem('mismatch', {
      what: 'number of features',
      expected: `${first.columns}`,
      found: `${second.columns}`,
    });
  const sets = version === 'v1' ? [first, second].map(withoutUnfinished) : [first, second];
  const bases = {
    joint: [sets, sets],
    d1: [sets.slice(0, 1), sets.slice(0, 1)],
    independent: sets.map((set) => [set]),
  }[normalisation.reference];
  const scales = bases.map((base) => scalesOf(base, normalisation));
  const dropsConstant = version === 'v1' && normalisation.type === 'zscore';
  const kept = Array.from({ length: first.columns }, (_, column) => column).filter(
    (column) => !dropsConstant || scales.every((scale) => scale[column]!.divisor > 0),
  );
  if (kept.length === 0 && !sameRows(sets[0]!, sets[1]!)) {
    throw new Problem('usage', { message: 'no feature varies in the first set: FRD v1 has nothing to compare by' });
  }
  const [a, b] = await Promise.all(
    sets.map((set, index) => featureMoments(scaled(set, scales[index]!, kept, normalisation), product)),
  );
  const distance = meansOnly
    ? a!.mean.reduce((sum, value, at) => sum + (value - b!.mean[at]!) ** 2, 0)
    : await frechetDistance(a!, b!, product);
  const variances = [a!, b!].flatMap(({ mean: { length: n }, covariance }) =>
    Array.from({ length: n }, (_, at) => covariance[at * n + at]!),
  );
  const rounding = sameToRounding * variances.reduce((sum, value) => sum + value, 0);
  if (distance <= rounding) return 0;
  return version === 'v1' ? Math.log(distance) : distance;
}

/** Share of the total variance below which a Fréchet distance is what rounding leaves of two equal sets. */
const sameToRounding = 1e-12;

/** Whether two tables have the same rows, in any order. */
function sameRows(first: Matrix, second: Matrix): boolean {
  const rowsOf = ({ rows, columns, data }: Matrix) =>
    new Set(Array.from({ length: rows }, (_, row) => data.subarray(row * columns, (row + 1) * columns).join(' ')));
  return rowsOf(first).symmetricDifference(rowsOf(second)).size === 0;
}

/** A value less `origin`, over `divisor`; a divisor of 0 says that the feature is constant (or never a number). */
interface Scale {
  readonly origin: number;
  readonly divisor: number;
}

/** One per feature, of the rows of several tables together. */
function scalesOf(base: readonly Matrix[], { type }: RadiomicNormalisation): readonly Scale[] {
  return Array.from({ length: base[0]!.columns }, (_, column) => {
    const values = base.flatMap(({ rows, columns, data }) =>
      Array.from({ length: rows }, (_, row) => data[row * columns + column]!).filter((value) => !Number.isNaN(value)),
    );
    const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
    const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    if (!(high > low)) return { origin: low, divisor: 0 };
    if (type === 'minmax') return { origin: low, divisor: high - low };
    return { origin: mean(values), divisor: Math.sqrt(variance(values, 0)) };
  });
}

function scaled(
  { rows, columns, data }: Matrix,
  scales: readonly Scale[],
  kept: readonly number[],
  { type, range: [low, high] }: RadiomicNormalisation,
): Matrix {
  const middle = (low + high) / 2;
  const ofConstant = type === 'minmax' ? middle : low;
  const values = Float64Array.from({ length: rows * kept.length }, (_, at) => {
    const column = kept[at % kept.length]!;
    const value = data[Math.floor(at / kept.length) * columns + column]!;
    const { origin, divisor } = scales[column]!;
    if (Number.isNaN(value)) return middle;
    return divisor === 0 ? ofConstant : ((value - origin) / divisor) * (high - low) + low;
  });
  return { rows, columns: kept.length, data: values };
}

/** The rows that hold numbers only. */
function withoutUnfinished({ rows, columns, data }: Matrix): Matrix {
  const kept = Array.from({ length: rows }, (_, row) => data.subarray(row * columns, (row + 1) * columns)).filter(
    (row) => row.every((value) => Number.isFinite(value)),
  );
  return { rows: kept.length, columns, data: Float64Array.from(kept.flatMap((row) => [...row])) };
}
