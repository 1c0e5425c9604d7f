// The detectors that a generative model has to beat, on the demonstration: they know normal phantoms and nothing else.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openImageFile } from '../../archive/decode.ts';
import type { Matrix } from '../../statistics/matrix.ts';
import { fitTrivialDetectors, trivialScores } from '../../statistics/trivial-detectors.ts';

const components = 64;

/**
 * Names of the detectors and their scores of the images `names` below `folder`, in that order; they learn from all images
 * in `trainingFolder`. Images are 8-bit grey and of one size.
 */
export async function scoreTrivially(
  folder: string,
  names: readonly string[],
  trainingFolder: string,
): Promise<Readonly<Record<string, Float64Array>>> {
  const training = await readRows(trainingFolder, (await readdir(trainingFolder)).sort());
  const detectors = await fitTrivialDetectors(training, components);
  const { distanceToMean, componentResidual } = await trivialScores(detectors, await readRows(folder, names));
  return { 'distance to mean': distanceToMean, 'PCA residual': componentResidual };
}

async function readRows(folder: string, names: readonly string[]): Promise<Matrix> {
  const rows: ArrayLike<number>[] = [];
  for (const name of names) {
    const file = await openImageFile({ name, bytes: await readFile(join(folder, name)) });
    rows.push((await file.frame(0)).samples);
  }
  const columns = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * columns);
  for (const [row, values] of rows.entries()) data.set(values, row * columns);
  return { rows: rows.length, columns, data };
}
