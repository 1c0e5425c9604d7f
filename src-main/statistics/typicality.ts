// How typical an image is of a cohort of normals, from feature vectors of one forward pass of a trained discriminator.
import { Problem } from '../platform/errors.ts';
import { forEachRowOfSquaredDistances, nearest } from './distances-between.ts';
import { columnMeans, type Matrix, type MatrixProduct, multiply } from './matrix.ts';
import { fitPrincipalComponents, type PrincipalComponents, projectRows } from './principal-components.ts';

export interface TypicalityOptions {
  /** Principal components of the normals that count as normal variation: 64. */
  readonly components: number;
  /** Nearest normals whose distance is averaged: 5. */
  readonly neighbours: number;
}

/** What typicality keeps of a cohort of normals. */
export interface TypicalityModel {
  readonly mean: Float64Array;
  /** Standard deviation of each feature among the normals (ddof 0); 1 for one that does not vary. */
  readonly deviation: Float64Array;
  readonly components: PrincipalComponents;
  /** The standardised normals. */
  readonly normals: Matrix;
  readonly neighbours: number;
}

/** A score for every image, in standard deviations of the normals' features; higher is less typical. */
export interface TypicalityScores {
  /** Length of what lies outside the principal components. */
  readonly componentResidual: Float64Array;
  /** Mahalanobis distance from the mean within the principal components. */
  readonly mahalanobis: Float64Array;
  /** Mean Euclidean distance to the nearest normals. */
  readonly nearestNormals: Float64Array;
}

/** Learns from the features of normals, one image a row. Throws `usage` when there are too few for the options. */
export async function fitTypicality(
  features: Matrix,
  { components, neighbours }: TypicalityOptions,
  product: MatrixProduct = multiply,
): Promise<TypicalityModel> {
  const { rows, columns, data } = features;
  if (!Number.isInteger(neighbours) || neighbours < 1) {
    throw new Problem('usage', { message: `${neighbours} is no number of neighbours` });
  }
  const least = Math.max(components, neighbours) + 1;
  if (rows < least) {
    throw new Problem('usage', {
      message: `typicality is measured against at least ${least} normals; there are ${rows}`,
    });
  }
  const mean = columnMeans(features);
  const deviation = new Float64Array(columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      deviation[column]! += (data[row * columns + column]! - mean[column]!) ** 2;
  for (let column = 0; column < columns; column++) deviation[column] = Math.sqrt(deviation[column]! / rows) || 1;
  const normals = standardise(features, mean, deviation);
  return {
    mean,
    deviation,
    components: await fitPrincipalComponents(normals, components, product),
    normals,
    neighbours,
  };
}

/** Scores images by their features; not the normals themselves, which lie closer to themselves than any other does. */
export async function typicalityScores(
  model: TypicalityModel,
  features: Matrix,
  product: MatrixProduct = multiply,
): Promise<TypicalityScores> {
  if (features.columns !== model.mean.length)
    throw new Problem('mismatch', {
      what: 'length of features',
      expected: `${model.mean.length}`,
      found: `${features.columns}`,
    });
  const images = standardise(features, model.mean, model.deviation);
  const { coordinates, residuals } = await projectRows(model.components, images, product);
  const { count, variances } = model.components;
  const mahalanobis = new Float64Array(images.rows);
  for (let at = 0; at < coordinates.length; at++) {
    const variance = variances[at % count]!;
    if (variance > 0) mahalanobis[Math.floor(at / count)]! += coordinates[at]! ** 2 / variance;
  }
  const nearestNormals = new Float64Array(images.rows);
  await forEachRowOfSquaredDistances(images, model.normals, product, (row, distances) => {
    const found = nearest(distances, model.neighbours);
    nearestNormals[row] = found.reduce((sum, i) => sum + Math.sqrt(distances[i]!), 0) / found.length;
  });
  return { componentResidual: residuals, mahalanobis: mahalanobis.map(Math.sqrt), nearestNormals };
}

/**
 * What of each feature of one image lies outside the principal components: [features], squares summing to the square of its
 * componentResidual. Features that belong to a place in the image (4x4 pooled maps) make the per-position map of it.
 */
export async function typicalityResidual(
  model: TypicalityModel,
  features: Float32Array | Float64Array,
): Promise<Float64Array> {
  const { count, columns, mean, directions } = model.components;
  const image = standardise({ rows: 1, columns: features.length, data: features }, model.mean, model.deviation);
  const { coordinates } = await projectRows(model.components, image);
  const explained = multiply(coordinates, directions, 1, count, columns);
  return explained.map((value, column) => image.data[column]! - mean[column]! - value);
}

function standardise({ rows, columns, data }: Matrix, mean: Float64Array, deviation: Float64Array): Matrix {
  const result = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const at = row * columns + column;
      result[at] = (data[at]! - mean[column]!) / deviation[column]!;
    }
  return { rows, columns, data: result };
}
