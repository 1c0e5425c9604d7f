// eval-fd's comparison of two sets: what is shown, what is stored, and that it is the distance of the features.
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Levels } from '../../src-main/archive/recipe.ts';
import type { FeatureDistanceParameters } from '../../src-main/engine/protocol.ts';
import { compareSets } from '../../src-main/engine/quality/folder-distance.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { featureMoments, frechetDistance } from '../../src-main/statistics/frechet-distance.ts';
import { inceptionScore } from '../../src-main/statistics/inception-score.ts';
import { multiply } from '../../src-main/statistics/matrix.ts';
import { prdc } from '../../src-main/statistics/prdc.ts';
import { temporaryFolder } from '../cli/residua.ts';
import { linearDetector } from './linear-detector.ts';

function images(seed: string, count: number): readonly Levels[] {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => ({
    width: 4,
    height: 4,
    channels: 1,
    data: Uint8Array.from({ length: 16 }, () => random.below(256)),
  }));
}

const sets = [images('real', 15), images('generated', 13)] as const;
const source = () => {
  const left = sets.map((set) => [...set]);
  return (set: 1 | 2) => async (count: number) => left[set - 1]!.splice(0, count);
};
const asked: FeatureDistanceParameters = {
  backbone: 'SwAV_torch',
  resizer: 'clean',
  batch: 4,
  metrics: ['fid', 'is', 'prdc'],
  features: null,
  moments: null,
  weightsFolder: '',
  device: 'cpu',
  totals: [15, 13],
};
const compare = (parameters: FeatureDistanceParameters, detector = linearDetector(3)) =>
  compareSets(detector, parameters, source(), multiply, quiet);

describe('two sets of images', () => {
  it('are compared by all that is published about their features', async () => {
    const detector = linearDetector(3);
    const rows = await Promise.all(sets.map(async (set) => (await detector.see(set)).features));
    const matrices = rows.map((data) => ({ rows: data.length / 3, columns: 3, data }));
    const moments = await Promise.all(matrices.map((matrix) => featureMoments(matrix)));
    const found = await compare(asked);
    expect(found.images).toEqual([15, 13]);
    expect(found.fid).toBeCloseTo(await frechetDistance(moments[0]!, moments[1]!), 6);
    expect(found.prdc).toEqual(await prdc(matrices[0]!, matrices[1]!, 5));
    const probabilities = await Promise.all(sets.map(async (set) => (await detector.see(set)).probabilities!));
    const scores = probabilities.map((data) => inceptionScore({ rows: data.length / 2, columns: 2, data }, 1).mean);
    expect(found.inceptionScores).toEqual(scores);
  });

  it('need not be shown again where features or moments of the first are stored', async () => {
    await using folder = await temporaryFolder();
    const stored = { ...asked, features: join(folder.path, 'f.npz'), moments: join(folder.path, 'm.npz') };
    const whole = await compare(stored);
    const detector = linearDetector(3);
    const again = await compare({ ...stored, totals: [null, 13] }, detector);
    expect(detector.shown.images).toBe(13);
    expect(again).toEqual({ ...whole, images: [null, 13], inceptionScores: [null, whole.inceptionScores![1]] });
    const byRows = await compare({ ...stored, moments: null, totals: [null, 13] });
    expect(byRows.fid).toBeCloseTo(whole.fid!, 6);
    await expect(compare({ ...stored, backbone: 'DINO_torch' })).rejects.toMatchObject({
      kind: 'mismatch',
      values: { expected: 'DINO_torch clean', found: 'SwAV_torch clean' },
    });
    await expect(compare(stored, linearDetector(4))).rejects.toMatchObject({
      kind: 'mismatch',
      values: { expected: '[N, 4]', found: '[15, 3]' },
    });
  });

  it('of which one is empty are refused', async () => {
    const nothing = compareSets(linearDetector(3), asked, () => async () => [], multiply, quiet);
    await expect(nothing).rejects.toMatchObject({ kind: 'missing' });
  });
});
