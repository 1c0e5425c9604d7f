// The time of a training from a few iterations: what each phase costs, by how often it runs.
import { describe, expect, it } from 'vitest';
import { meanIteration, measureTraining } from '../../src-main/engine/estimate.ts';
import { resolveConfiguration } from '../../src-main/training/configuration.ts';
import { parseTrainOptions, trainingOptions } from '../../src-main/training/train-options.ts';

describe('the estimate of a training', { timeout: 120_000 }, () => {
  it('spreads the lazy phases over their intervals', () => {
    // A plain iteration takes 1 s, path length 2 s more, R1 4 s more.
    const seconds = [7, 1, 1, 1, 3, 1, 1, 1, 3, 1];
    expect(meanIteration(seconds, 4, 16)).toBeCloseTo(1 + 2 / 4 + 4 / 16);
  });

  it('is measured on the network that would be trained', async () => {
    const options = parseTrainOptions({
      ...{ metrics: 'none', aug: 'noaug', batch: 4, kimg: 1, channelBase: 64, channelMax: 8, mappingLayers: 1 },
      latentSize: 8,
    });
    const shape = { resolution: 8, channels: 1, labelSize: 0, images: 10 } as const;
    const configuration = resolveConfiguration(trainingOptions(options, null), shape);
    expect(await measureTraining(configuration, 'cpu')).toBeGreaterThan(0);
  });
});
