// Computes typicality: the discriminator's features of each image against those of the normals.
import { selectDevice } from '../../../native/runtime/devices.ts';
import { createMatrixMultiplier } from '../../../native/runtime/matrix-product.ts';
import type { ValuesOf } from '../../../src-preload/parameters/parameter.ts';
import type { typicalityOptions } from '../../../src-preload/parameters/typicality.ts';
import { Problem } from '../../platform/errors.ts';
import { matrixOf } from '../../statistics/matrix.ts';
import {
  fitTypicality,
  type TypicalityModel,
  typicalityResidual,
  typicalityScores,
} from '../../statistics/typicality.ts';
import type { FamilyContext, FamilyResult, FamilyScorer } from '../family.ts';
import { grid, openFeatureExtractor } from './discriminator-features.ts';

/** Throws `missing` for a network without a discriminator; the scorer throws `usage` for too few normals. */
export async function openTypicality({
  network,
  networkFile,
  device,
  keep,
  parameters,
}: FamilyContext): Promise<FamilyScorer> {
  const { components, neighbours } = parameters as ValuesOf<typeof typicalityOptions>;
  const discriminator = network?.discriminator ?? null;
  if (discriminator === null)
    throw new Problem('missing', { what: 'discriminator', name: networkFile ?? 'no network' });
  const extractor = await openFeatureExtractor(await selectDevice(device), discriminator);
  // The features, and the logit behind them.
  const look = await keep({
    name: 'typicality',
    identity: extractor.identity,
    count: extractor.count + 1,
    precision: 'half',
    look: async (images) => {
      const seen: Float32Array[] = [];
      for (const image of images) {
        const { features, logit } = await extractor.see(image);
        seen.push(Float32Array.of(...features, logit));
      }
      return seen;
    },
  });
  const featuresOf = (seen: Float32Array) => seen.subarray(0, extractor.count);
  const product = await createMatrixMultiplier();
  const normals: Float32Array[] = [];
  let model: TypicalityModel;
  return {
    learn: async (image) => {
      normals.push(...(await look([image])).map(featuresOf));
    },
    fit: async () => {
      model = await fitTypicality(matrixOf(normals), { components, neighbours }, product.multiply);
    },
    score: async (images, step) => {
      step();
      const seen = await look(images);
      const features = seen.map(featuresOf);
      const scores = await typicalityScores(model, matrixOf(features), product.multiply);
      const results: FamilyResult[] = [];
      for (const [index, own] of features.entries()) {
        results.push({
          values: {
            'feature residual': scores.componentResidual[index]!,
            'feature Mahalanobis': scores.mahalanobis[index]!,
            'feature neighbours': scores.nearestNormals[index]!,
            logit: -seen[index]!.at(-1)!,
          },
          map: perPosition(await typicalityResidual(model, own)),
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

/** [4, 4]: length of the residual of the features that belong to each place of the grid. */
function perPosition(residual: Float64Array): Float32Array {
  const squares = new Float64Array(grid * grid);
  for (const [at, value] of residual.entries()) squares[at % squares.length]! += value ** 2;
  return Float32Array.from(squares, Math.sqrt);
}
