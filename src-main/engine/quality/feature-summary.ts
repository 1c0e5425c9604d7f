// What is kept of the features of many images: moments for Fréchet distances, all rows for what compares images.

import type { Levels } from '../../archive/recipe.ts';
import { Problem } from '../../platform/errors.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import type { FeatureMoments } from '../../statistics/frechet-distance.ts';
import type { Matrix, MatrixProduct } from '../../statistics/matrix.ts';
import { MomentAccumulator } from '../../statistics/moment-accumulator.ts';
import type { Detector } from './detector.ts';

/** Images in batches; an array of none ends them. */
export type ImageSource = (count: number) => Promise<readonly Levels[]>;

/** What is asked for. Rows of 50,000 images take 400 MB (InceptionV3). */
export interface Wanted {
  readonly moments: 'unbiased' | 'biased' | null;
  readonly rows: boolean;
  readonly probabilities: boolean;
}

export interface FeatureSummary {
  readonly images: number;
  readonly moments: FeatureMoments | null;
  readonly rows: Matrix | null;
  readonly probabilities: Matrix | null;
}

/**
 * Shows every image of the source to the detector; the next ones are read meanwhile. Progress counts images. Throws
 * `missing` for a source of none.
 */
export async function summariseFeatures(
  detector: Detector,
  source: ImageSource,
  wanted: Wanted,
  product: MatrixProduct,
  { stage, total }: { readonly stage: string; readonly total: number },
  control: JobControl,
): Promise<FeatureSummary> {
  const { width, classes, batch } = detector;
  const moments = wanted.moments === null ? null : new MomentAccumulator(width, product);
  const rows: Float32Array[] = [];
  const probabilities: Float32Array[] = [];
  let images = 0;
  let coming = source(batch);
  for (let shown = await coming; shown.length > 0; shown = await coming) {
    checkpoint(control, stage);
    coming = source(batch);
    // A failure of the next images is thrown where they are used.
    coming.catch(() => {});
    const seen = await detector.see(shown);
    images += shown.length;
    await moments?.add({ rows: shown.length, columns: width, data: seen.features });
    if (wanted.rows) rows.push(seen.features);
    if (wanted.probabilities && seen.probabilities !== null) probabilities.push(seen.probabilities);
    control.report({ stage, done: images, total });
  }
  if (images === 0) throw new Problem('missing', { what: 'images', name: stage });
  return {
    images,
    moments: wanted.moments === null || moments === null ? null : await moments.moments(wanted.moments),
    rows: wanted.rows ? joined(rows, images, width) : null,
    probabilities: wanted.probabilities ? joined(probabilities, images, classes) : null,
  };
}

function joined(parts: readonly Float32Array[], rows: number, columns: number): Matrix {
  const data = new Float32Array(rows * columns);
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return { rows, columns, data };
}
