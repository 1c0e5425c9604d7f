// The detectors that a generative model has to beat, on the demonstration: they know normal phantoms and nothing else.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openImageFile } from '../../archive/decode.ts';
import { phantom, phantomGrey } from '../../phantom/phantom.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import type { Matrix } from '../../statistics/matrix.ts';
import { fitTrivialDetectors, trivialScores } from '../../statistics/trivial-detectors.ts';

/** Phantoms of the seed that the bundled network was trained on. */
const trainingSeed = 1;
const trainingCount = 400;
const components = 64;

/** Names of the detectors and their scores of the images `names` below `folder`, in that order. */
export async function scoreTrivially(
  folder: string,
  names: readonly string[],
  size: number,
  control: JobControl,
): Promise<Readonly<Record<string, Float64Array>>> {
  const training = new Float32Array(trainingCount * size ** 2);
  for (let index = 0; index < trainingCount; index++) {
    checkpoint(control, 'trivial detectors');
    training.set(phantomGrey(phantom({ protocol: 'liver', seed: trainingSeed, index, size })).data, index * size ** 2);
    control.report({ stage: 'trivial detectors', done: index + 1, total: trainingCount });
    // Drawing is synchronous: Ctrl-C is heard between two slices.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const images = new Float32Array(names.length * size ** 2);
  for (const [row, name] of names.entries()) {
    const file = await openImageFile({ name, bytes: await readFile(join(folder, name)) });
    images.set((await file.frame(0)).samples, row * size ** 2);
  }
  const matrix = (data: Float32Array): Matrix => ({ rows: data.length / size ** 2, columns: size ** 2, data });
  const detectors = await fitTrivialDetectors(matrix(training), components);
  const { distanceToMean, componentResidual } = await trivialScores(detectors, matrix(images));
  return { 'distance to mean': distanceToMean, 'PCA residual': componentResidual };
}
