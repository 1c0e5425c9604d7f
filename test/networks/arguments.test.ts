// Constructor arguments and parameter lists: defaults, refusals, every resolution, initial values.
import { describe, expect, it } from 'vitest';
import { input, variable } from '../../native/graph/build.ts';
import type { Shape } from '../../native/graph/operations.ts';
import { constantParameters, variableParameters } from '../../native/networks/parameter-source.ts';
import {
  blockResolutions,
  parseDiscriminatorArguments,
  parseGeneratorArguments,
} from '../../native/networks/stylegan2/arguments.ts';
import { discriminator } from '../../native/networks/stylegan2/discriminator.ts';
import {
  broadcastLatent,
  generatorMapping,
  mixStyles,
  updatedAverage,
} from '../../native/networks/stylegan2/mapping.ts';
import {
  discriminatorParameters,
  generatorParameters,
  initialise,
} from '../../native/networks/stylegan2/parameters.ts';
import { fedNoise, latentCount, noiseLayers, synthesis } from '../../native/networks/stylegan2/synthesis.ts';
import { evaluate } from '../../native/runtime/program.ts';
import { cpu } from '../../native/runtime/session.ts';
import type { ProblemKind } from '../../src-main/platform/errors.ts';
import { fill } from './formula.ts';

const generator = { z_dim: 8, w_dim: 8, img_resolution: 16, img_channels: 1 };
const judge = { img_resolution: 16, img_channels: 1 };

/** Expects a Problem of a kind whose values mention some words. */
function expectProblem(action: () => unknown, kind: ProblemKind, words: string): void {
  expect(action).toThrow(expect.objectContaining({ kind, message: expect.stringContaining(words) }));
}

describe('arguments', () => {
  it('have the published defaults', () => {
    const { mapping_kwargs, synthesis_kwargs, c_dim } = parseGeneratorArguments(generator, 'a.pkl');
    expect(c_dim).toBe(0);
    expect(mapping_kwargs).toEqual({
      num_layers: 8,
      embed_features: null,
      layer_features: null,
      activation: 'lrelu',
      lr_multiplier: 0.01,
      w_avg_beta: 0.995,
    });
    expect(synthesis_kwargs).toMatchObject({ channel_base: 32768, channel_max: 512, architecture: 'skip' });
    expect(parseDiscriminatorArguments(judge, 'a.pkl')).toMatchObject({
      architecture: 'resnet',
      cmap_dim: null,
      block_kwargs: { resample_filter: [1, 3, 3, 1], freeze_layers: 0 },
      epilogue_kwargs: { mbstd_group_size: 4, mbstd_num_channels: 1 },
    });
  });

  it.each([
    [{ ...generator, img_resolution: 48 }, 'img_resolution'],
    [{ ...generator, img_channels: 2 }, 'img_channels'],
    [{ ...generator, w_dim: undefined }, 'w_dim'],
    [{ ...generator, surprise: 1 }, 'surprise'],
    [{ ...generator, synthesis_kwargs: { architecture: 'dense' } }, 'synthesis_kwargs.architecture'],
    [{ ...generator, synthesis_kwargs: { channel_base: 8 } }, 'channel_base'],
    ['nothing', 'network argument'],
  ])('are refused with the name of the file and of the argument: %j', (kwargs, words) => {
    expectProblem(() => parseGeneratorArguments(kwargs, 'a.pkl'), 'content', words);
    expectProblem(() => parseGeneratorArguments(kwargs, 'a.pkl'), 'content', 'a.pkl');
  });

  it('refuse a discriminator of 4x4, which the published one cannot judge', () => {
    expectProblem(
      () => parseDiscriminatorArguments({ ...judge, img_resolution: 4 }, 'a.pkl'),
      'content',
      'img_resolution',
    );
  });
});

describe('parameters', () => {
  const sizes = [8, 16, 32, 64, 128, 256, 512, 1024];
  it.each(sizes)('are exactly what networks of resolution %i ask for', (img_resolution) => {
    for (const architecture of ['orig', 'skip', 'resnet']) {
      const channels = { channel_base: 4096, channel_max: 8 };
      const G = parseGeneratorArguments(
        { ...generator, c_dim: 2, img_resolution, synthesis_kwargs: { architecture, ...channels } },
        'test',
      );
      const D = parseDiscriminatorArguments({ ...judge, c_dim: 2, img_resolution, architecture, ...channels }, 'test');
      const asked = new Map<string, Shape>();
      const source = (name: string, shape: Shape) => {
        asked.set(name, shape);
        return variable(name, shape);
      };
      const c = input('c', [2, 2]);
      const w = generatorMapping(source, G, input('z', [2, 8]), c);
      const image = synthesis(source, G, broadcastLatent(w, latentCount(G)), fedNoise(2));
      expect(image.shape).toEqual([2, 1, img_resolution, img_resolution]);
      const found = discriminator(source, D, image, c);
      expect(found.logits.shape).toEqual([2, 1]);
      expect(found.features.map(({ shape }) => shape[2])).toEqual(blockResolutions(D).slice(0, -1).toReversed());
      const listed = [...generatorParameters(G), ...discriminatorParameters(D)].filter(({ trained }) => trained);
      const sorted = (entries: Iterable<readonly [string, Shape]>) => new Map([...entries].sort());
      expect(sorted(asked)).toEqual(sorted(listed.map(({ name, shape }) => [name, shape])));
    }
  });

  it('begin with the published distributions', () => {
    const list = generatorParameters(parseGeneratorArguments(generator, 'test'));
    const numbers = fill('initial', [600_000]).data;
    let next = 0;
    const tensors = initialise(
      list.filter(({ name }) => !name.includes('b16.conv') && !name.includes('b8.conv')),
      () => numbers[next++ % numbers.length]!,
    );
    const deviation = (name: string) => {
      const { data } = tensors.get(name)!;
      return Math.sqrt(data.reduce((sum, value) => sum + value ** 2, 0) / data.length);
    };
    expect(deviation('synthesis.b4.conv1.weight')).toBeCloseTo(1, 1);
    expect(deviation('mapping.fc0.weight') / 100).toBeCloseTo(1, 0);
    expect(new Set(tensors.get('synthesis.b4.conv1.affine.bias')!.data)).toEqual(new Set([1]));
    expect(new Set(tensors.get('synthesis.b4.conv1.noise_strength')!.data)).toEqual(new Set([0]));
    expect([...tensors.get('synthesis.b4.resample_filter')!.data.subarray(0, 4)]).toEqual(
      [1, 3, 3, 1].map((x) => x / 64),
    );
  });

  it('are refused when missing or of another shape', () => {
    const source = constantParameters(new Map([['G.bias', { data: new Float32Array(3), shape: [3] }]]), 'G.');
    expect(source('bias', [3])).toBe(source('bias', [3]));
    expectProblem(() => source('weight', [3]), 'missing', 'G.weight');
    expectProblem(
      () => constantParameters(new Map([['b', { data: new Float32Array(3), shape: [3] }]]))('b', [4]),
      'mismatch',
      '[4]',
    );
  });
});

describe('latents', () => {
  it('mix, average and refuse batches that do not split into groups', async () => {
    const { mixed, average } = await evaluate(
      cpu,
      {
        mixed: mixStyles(input('a', [1, 2, 2]), input('b', [1, 2, 2]), input('second', [2])),
        average: updatedAverage(input('average', [2]), input('w', [2, 2]), 0.75),
      },
      {
        a: Float32Array.of(1, 2, 3, 4),
        b: Float32Array.of(5, 6, 7, 8),
        second: Float32Array.of(0, 1),
        average: Float32Array.of(4, 8),
        w: Float32Array.of(1, 2, 3, 2),
      },
    );
    expect([...mixed!]).toEqual([1, 2, 7, 8]);
    expect([...average!]).toEqual([3.5, 6.5]);
    const D = parseDiscriminatorArguments(judge, 'test');
    const images = input('x', [6, 1, 16, 16]);
    expectProblem(() => discriminator(variableParameters(), D, images), 'mismatch', 'batch size');
  });

  it('name the layers that take noise', () => {
    const G = parseGeneratorArguments(generator, 'test');
    expect(noiseLayers(G).map(({ name }) => name)).toEqual([
      'b4.conv1',
      'b8.conv0',
      'b8.conv1',
      'b16.conv0',
      'b16.conv1',
    ]);
    expect(latentCount(G)).toBe(6);
  });
});
