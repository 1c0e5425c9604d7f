// Scores how typical images are of a cohort of normals by what the network's own discriminator sees: no projection.
import { selectDevice } from '../../native/runtime/devices.ts';
import { createMatrixMultiplier } from '../../native/runtime/matrix-product.ts';
import { Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import type { Matrix } from '../statistics/matrix.ts';
import { fitTypicality, typicalityResidual, typicalityScores } from '../statistics/typicality.ts';
import { loadNetwork } from './load-network.ts';
import type { TypicalityItem, TypicalityParameters, TypicalityResult } from './protocol.ts';
import { grid, openFeatureExtractor, type Seen } from './typicality-features.ts';

/** The other side: normals to learn from, images to score, results out. */
export interface TypicalitySource {
  /** Normal images [C, R, R]; none when all have been handed out. */
  readonly normals: (count: number) => Promise<readonly Float32Array[]>;
  readonly next: (count: number) => Promise<readonly TypicalityItem[]>;
  readonly store: (results: readonly TypicalityResult[]) => Promise<unknown>;
}

/** Images of one message. */
const batch = 32;

/**
 * Learns from all normals, then scores until `next` answers nothing; each batch is stored before the next begins.
 * Progress counts images. Throws `missing` for a network without a discriminator, `usage` for too few normals.
 */
export async function typicalityJob(
  { networkFile, components, neighbours, device: name, normals, total }: TypicalityParameters,
  source: TypicalitySource,
  control: JobControl,
): Promise<void> {
  const device = await selectDevice(name);
  const { discriminator } = await loadNetwork(networkFile);
  if (discriminator === null) throw new Problem('missing', { what: 'discriminator', name: networkFile });
  const extractor = await openFeatureExtractor(device, discriminator);
  const product = await createMatrixMultiplier();
  try {
    const learnt: Float32Array[] = [];
    for (;;) {
      const images = await source.normals(batch);
      if (images.length === 0) break;
      for (const image of images) {
        checkpoint(control, 'typicality');
        learnt.push((await extractor.see(image)).features);
        control.report({ stage: 'learning the normals', done: learnt.length, total: normals });
      }
    }
    const model = await fitTypicality(asMatrix(learnt), { components, neighbours }, product.multiply);
    let done = 0;
    for (;;) {
      const items = await source.next(batch);
      if (items.length === 0) return;
      const seen: Seen[] = [];
      for (const { target } of items) {
        checkpoint(control, 'typicality');
        seen.push(await extractor.see(target));
      }
      const scores = await typicalityScores(model, asMatrix(seen.map(({ features }) => features)), product.multiply);
      const results: TypicalityResult[] = [];
      for (const [index, { id }] of items.entries()) {
        results.push({
          id,
          residual: scores.componentResidual[index]!,
          mahalanobis: scores.mahalanobis[index]!,
          neighbours: scores.nearestNormals[index]!,
          logit: -seen[index]!.logit,
          map: perPosition(await typicalityResidual(model, seen[index]!.features)),
        });
      }
      await source.store(results);
      done += items.length;
      control.report({ stage: 'typicality', done, total });
    }
  } finally {
    await extractor.release();
    await product.release();
  }
}

function asMatrix(rows: readonly Float32Array[]): Matrix {
  const columns = rows[0]?.length ?? 0;
  const data = new Float32Array(rows.length * columns);
  for (const [row, values] of rows.entries()) data.set(values, row * columns);
  return { rows: rows.length, columns, data };
}

/** [4, 4]: length of the residual of the features that belong to each place of the grid. */
function perPosition(residual: Float64Array): Float32Array {
  const squares = new Float64Array(grid * grid);
  for (const [at, value] of residual.entries()) squares[at % squares.length]! += value ** 2;
  return Float32Array.from(squares, Math.sqrt);
}
