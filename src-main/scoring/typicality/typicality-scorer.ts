// Computes typicality: the discriminator's features of each image against those of the normals.
import { selectDevice } from '../../../native/runtime/devices.ts';
import { createMatrixMultiplier } from '../../../native/runtime/matrix-product.ts';
import type { ValuesOf } from '../../../src-preload/parameters/parameter.ts';
import type { typicalityOptions } from '../../../src-preload/parameters/typicality.ts';
import { Problem } from '../../platform/errors.ts';
import type { Matrix } from '../../statistics/matrix.ts';
import {
  fitTypicality,
  type TypicalityModel,
  typicalityResidual,
  typicalityScores,
} from '../../statistics/typicality.ts';
import type { FamilyContext, FamilyResult, FamilyScorer } from '../family.ts';
import { grid, openFeatureExtractor, type Seen } from './discriminator-features.ts';

/** Throws `missing` for a network without a discriminator; the scorer throws `usage` for too few normals. */
export async function openTypicality({
  network,
  networkFile,
  device,
  parameters,
}: FamilyContext): Promise<FamilyScorer> {
  const { components, neighbours } = parameters as ValuesOf<typeof typicalityOptions>;
  const discriminator = network?.discriminator ?? null;
  if (discriminator === null)
    throw new Problem('missing', { what: 'discriminator', name: networkFile ?? 'no network' });
  const extractor = await openFeatureExtractor(await selectDevice(device), discriminator);
  const product = await createMatrixMultiplier();
  const normals: Float32Array[] = [];
  let model: TypicalityModel;
  return {
    learn: async (image) => {
      normals.push((await extractor.see(image)).features);
    },
    fit: async () => {
      model = await fitTypicality(asMatrix(normals), { components, neighbours }, product.multiply);
    },
    score: async (images, step) => {
      const seen: Seen[] = [];
      for (const image of images) {
        step();
        seen.push(await extractor.see(image));
      }
      const scores = await typicalityScores(model, asMatrix(seen.map(({ features }) => features)), product.multiply);
      const results: FamilyResult[] = [];
      for (const [index, { features, logit }] of seen.entries()) {
        results.push({
          values: {
            'feature residual': scores.componentResidual[index]!,
            'feature Mahalanobis': scores.mahalanobis[index]!,
            'feature neighbours': scores.nearestNormals[index]!,
            logit: -logit,
          },
          map: perPosition(await typicalityResidual(model, features)),
        });
      }
      return results;
    },
    release: async () => {
      await extractor.release();
      await product.release();
    },
  };
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
