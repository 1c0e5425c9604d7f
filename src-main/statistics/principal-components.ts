// Principal components of a cohort of images or feature vectors, and what of an image lies outside them.
import { Problem } from '../platform/errors.ts';
import { randomFrom } from '../platform/random/random.ts';
import { centred, columnMeans, type Matrix, type MatrixProduct, multiply, transpose } from './matrix.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface PrincipalComponents {
  readonly count: number;
  readonly columns: number;
  readonly mean: Float64Array;
  /** [count, columns]: orthonormal directions, that of the largest variance first. */
  readonly directions: Float64Array;
  /** Variance of the cohort along each direction, divided by rows - 1. */
  readonly variances: Float64Array;
}

/** Up to this size the smaller of rows and columns is decomposed exactly. */
const exactSize = 512;

/**
 * The first `count` principal components of the rows (no scaling, as sklearn.decomposition.PCA). Exact when rows or
 * columns are at most 512; otherwise by subspace iteration (Halko, Martinsson and Tropp 2011) from a fixed random start,
 * converged to 1e-6 in the variances. Throws `usage` unless 1 <= count <= min(rows - 1, columns).
 */
export async function fitPrincipalComponents(
  samples: Matrix,
  count: number,
  product: MatrixProduct = multiply,
): Promise<PrincipalComponents> {
  const { rows, columns } = samples;
  const most = Math.min(rows - 1, columns);
  if (!Number.isInteger(count) || count < 1 || count > most)
    throw new Problem('usage', {
      message: `${rows} images of ${columns} values have 1 to ${most} principal components, not ${count}`,
    });
  const mean = columnMeans(samples);
  const exact = Math.min(rows, columns) <= exactSize;
  const found = exact
    ? await decompose(centred(samples, mean), rows, columns, count, product)
    : await iterate(samples, mean, count, product);
  return { count, columns, mean, ...found };
}

type Found = Pick<PrincipalComponents, 'directions' | 'variances'>;

/** Exact components of centred rows, through the smaller of the two Gram matrices. */
async function decompose(
  data: Float64Array,
  rows: number,
  columns: number,
  count: number,
  product: MatrixProduct,
): Promise<Found> {
  const across = transpose(data, rows, columns);
  if (columns <= rows) {
    const gram = await product(across, data, columns, rows, columns);
    const { values, vectors } = symmetricEigen(Float64Array.from(gram), columns);
    return { directions: vectors.slice(0, count * columns), variances: toVariances(values, count, rows) };
  }
  const gram = await product(data, across, rows, columns, rows);
  const { values, vectors } = symmetricEigen(Float64Array.from(gram), rows);
  const directions = Float64Array.from(await product(vectors.subarray(0, count * rows), data, count, rows, columns));
  orthonormaliseRows(directions, count, columns);
  return { directions, variances: toVariances(values, count, rows) };
}

const toVariances = (values: Float64Array, count: number, rows: number) =>
  values.slice(0, count).map((value) => Math.max(value, 0) / (rows - 1));

/** Subspace iteration with a few directions more than asked for; the rows are never copied, only their mean taken off. */
async function iterate(samples: Matrix, mean: Float64Array, count: number, product: MatrixProduct): Promise<Found> {
  const { rows, columns, data } = samples;
  const size = Math.min(count + Math.max(10, Math.ceil(count / 4)), rows - 1, columns);
  const random = randomFrom(0).fork('principal components');
  let basis = Float64Array.from({ length: size * columns }, () => random.gaussian());
  let previous: Float64Array | undefined;
  for (let round = 0; ; round++) {
    orthonormaliseRows(basis, size, columns);
    const along = await projectOnto(basis, size, mean, samples, product);
    const { directions, variances } = await rotate(basis, along, size, samples, product);
    const settled = previous?.every((before, i) => i >= count || Math.abs(variances[i]! - before) <= 1e-6 * before);
    if (settled || round === 100)
      return { directions: directions.slice(0, count * columns), variances: variances.slice(0, count) };
    previous = variances;
    const acrossAlong = transpose(along, rows, size);
    basis = Float64Array.from(await product(acrossAlong, data, size, rows, columns));
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += acrossAlong[i * rows + row]!;
      for (let column = 0; column < columns; column++) basis[i * columns + column]! -= sum * mean[column]!;
    }
  }
}

/** The best directions within the span of an orthonormal `basis`, given the coordinates `along` of all rows. */
async function rotate(
  basis: Float64Array,
  along: Float64Array,
  size: number,
  { rows, columns }: Matrix,
  product: MatrixProduct,
): Promise<Found> {
  const gram = await product(transpose(along, rows, size), along, size, rows, size);
  const { values, vectors } = symmetricEigen(Float64Array.from(gram), size);
  const directions = Float64Array.from(await product(vectors, basis, size, size, columns));
  return { directions, variances: toVariances(values, size, rows) };
}

/** [rows, size]: coordinates of (row - mean) along `size` directions. */
async function projectOnto(
  directions: Float64Array,
  size: number,
  mean: Float64Array,
  { rows, columns, data }: Matrix,
  product: MatrixProduct,
): Promise<Float64Array> {
  const across = transpose(directions, size, columns);
  const along = Float64Array.from(await product(data, across, rows, columns, size));
  const offset = multiply(mean, across, 1, columns, size);
  for (let at = 0; at < along.length; at++) along[at]! -= offset[at % size]!;
  return along;
}

/** Gram and Schmidt, twice over: the second pass takes off what rounding left in the first. */
function orthonormaliseRows(data: Float64Array, rows: number, columns: number): void {
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    for (let pass = 0; pass < 2; pass++) {
      for (let j = 0; j < i; j++) {
        const other = data.subarray(j * columns, (j + 1) * columns);
        const along = dot(row, other);
        for (let c = 0; c < columns; c++) row[c]! -= along * other[c]!;
      }
      const length = Math.sqrt(dot(row, row));
      if (length > 0) for (let c = 0; c < columns; c++) row[c]! /= length;
    }
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

export interface Projected {
  /** [rows, count]: coordinates along the directions. */
  readonly coordinates: Float64Array;
  /** [rows]: Euclidean length of what lies outside the directions. */
  readonly residuals: Float64Array;
}

/** Splits every row (as many columns as the components) into its part along the components and the length of the rest. */
export async function projectRows(
  components: PrincipalComponents,
  samples: Matrix,
  product: MatrixProduct = multiply,
): Promise<Projected> {
  const { count, columns, mean, directions } = components;
  if (samples.columns !== columns)
    throw new Problem('mismatch', { what: 'values per image', expected: `${columns}`, found: `${samples.columns}` });
  const coordinates = await projectOnto(directions, count, mean, samples, product);
  const approximations = await product(coordinates, directions, samples.rows, count, columns);
  const residuals = new Float64Array(samples.rows);
  for (let row = 0; row < samples.rows; row++) {
    let sum = 0;
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      sum += (samples.data[at]! - mean[column]! - approximations[at]!) ** 2;
    }
    residuals[row] = Math.sqrt(sum);
  }
  return { coordinates, residuals };
}
