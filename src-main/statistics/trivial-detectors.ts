// Detectors that need no generative model: what any such model has to beat to be worth its hours.
import { forEachRowOfSquaredDistances } from './distances-between.ts';
import { type Matrix, type MatrixProduct, multiply } from './matrix.ts';
import { fitPrincipalComponents, type PrincipalComponents, projectRows } from './principal-components.ts';

export interface TrivialDetectors {
  readonly training: Matrix;
  readonly components: PrincipalComponents;
}

/** A score for every image, higher for the more anomalous; all are Euclidean distances of the values as given. */
export interface TrivialScores {
  readonly distanceToMean: Float64Array;
  /** Length of what lies outside the principal components of the training images. */
  readonly componentResidual: Float64Array;
  readonly nearestTraining: Float64Array;
}

/** Learns from training normals, one image a row, values as a detector should see them (say 0..255 grey at 64x64). */
export async function fitTrivialDetectors(
  training: Matrix,
  componentCount: number,
  product: MatrixProduct = multiply,
): Promise<TrivialDetectors> {
  return { training, components: await fitPrincipalComponents(training, componentCount, product) };
}

/** Scores images, one a row, with as many columns as the training images. Throws `mismatch` otherwise. */
export async function trivialScores(
  { training, components }: TrivialDetectors,
  images: Matrix,
  product: MatrixProduct = multiply,
): Promise<TrivialScores> {
  const { residuals } = await projectRows(components, images, product);
  const distanceToMean = new Float64Array(images.rows);
  const nearestTraining = new Float64Array(images.rows);
  for (let row = 0; row < images.rows; row++) {
    let sum = 0;
    for (let column = 0; column < images.columns; column++)
      sum += (images.data[row * images.columns + column]! - components.mean[column]!) ** 2;
    distanceToMean[row] = Math.sqrt(sum);
  }
  await forEachRowOfSquaredDistances(images, training, product, (row, distances) => {
    nearestTraining[row] = Math.sqrt(distances.reduce((least, distance) => Math.min(least, distance), Infinity));
  });
  return { distanceToMean, componentResidual: residuals, nearestTraining };
}
