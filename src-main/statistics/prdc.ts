// Precision, recall, density and coverage of generated images against real ones, from their feature vectors.
import { Problem } from '../platform/errors.ts';
import { forEachRowOfSquaredDistances, kthSmallest } from './distances-between.ts';
import { type Matrix, type MatrixProduct, multiply } from './matrix.ts';

export interface Prdc {
  /** Share of generated images that lie among the real ones: within the neighbourhood of at least one. */
  readonly precision: number;
  /** Share of real images that lie among the generated ones. */
  readonly recall: number;
  /** In how many real neighbourhoods a generated image lies on average, divided by the neighbour count; may exceed 1. */
  readonly density: number;
  /** Share of real images whose neighbourhood holds a generated one. */
  readonly coverage: number;
}

/**
 * A neighbourhood is the ball that reaches to an image's `neighbours`-th nearest of its own set (Kynkäänniemi and others 2019;
 * Naeem and others 2020). PyTorch-StudioGAN uses 5; StyleGAN2-ADA's pr50k3 is precision and recall with 3.
 * Throws `usage` unless both sets have more images than `neighbours`.
 */
export async function prdc(
  real: Matrix,
  generated: Matrix,
  neighbours: number,
  product: MatrixProduct = multiply,
): Promise<Prdc> {
  if (!Number.isInteger(neighbours) || neighbours < 1 || Math.min(real.rows, generated.rows) <= neighbours)
    throw new Problem('usage', {
      message: `${neighbours} neighbours need more images than ${real.rows} real and ${generated.rows} generated ones`,
    });
  if (real.columns !== generated.columns)
    throw new Problem('mismatch', {
      what: 'length of features',
      expected: `${real.columns}`,
      found: `${generated.columns}`,
    });
  const realRadii = await radii(real, neighbours, product);
  const generatedRadii = await radii(generated, neighbours, product);
  const inReal = new Int32Array(generated.rows);
  let recalled = 0;
  let covered = 0;
  await forEachRowOfSquaredDistances(real, generated, product, (row, distances) => {
    let isRecalled = false;
    let isCovered = false;
    for (let other = 0; other < distances.length; other++) {
      const distance = distances[other]!;
      if (distance < realRadii[row]!) {
        inReal[other]! += 1;
        isCovered = true;
      }
      if (distance < generatedRadii[other]!) isRecalled = true;
    }
    recalled += Number(isRecalled);
    covered += Number(isCovered);
  });
  return {
    precision: inReal.filter((count) => count > 0).length / generated.rows,
    recall: recalled / real.rows,
    density: inReal.reduce((sum, count) => sum + count, 0) / (neighbours * generated.rows),
    coverage: covered / real.rows,
  };
}

/** Squared distance of every row to its `neighbours`-th nearest other row. */
async function radii(features: Matrix, neighbours: number, product: MatrixProduct): Promise<Float64Array> {
  const found = new Float64Array(features.rows);
  await forEachRowOfSquaredDistances(features, features, product, (row, distances) => {
    found[row] = kthSmallest(distances, neighbours, row);
  });
  return found;
}
