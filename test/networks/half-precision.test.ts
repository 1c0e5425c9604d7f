// Float16 blocks against the golden values of the published implementation in float32: near, but not the same.
import { describe, expect, it } from 'vitest';
import { constant, input, reshape, sum } from '../../native/graph/build.ts';
import { gradients } from '../../native/graph/gradients.ts';
import { topological } from '../../native/graph/operations.ts';
import { variableParameters } from '../../native/networks/parameter-source.ts';
import { blockType } from '../../native/networks/stylegan2/arguments.ts';
import { discriminator } from '../../native/networks/stylegan2/discriminator.ts';
import {
  batchMean,
  discriminatorLoss,
  generatorLoss,
  pathLength,
  r1Penalty,
} from '../../native/networks/stylegan2/losses.ts';
import { broadcastLatent, generatorMapping } from '../../native/networks/stylegan2/mapping.ts';
import { discriminatorParameters, generatorParameters } from '../../native/networks/stylegan2/parameters.ts';
import { latentCount, storedNoise, synthesis } from '../../native/networks/stylegan2/synthesis.ts';
import { below, relativeDistance } from './golden.ts';
import { parameterGradients } from './parameter-gradients.ts';
import { run, tensor, tensors, tinyDiscriminator, tinyGenerator } from './tiny-networks.ts';

const half = { num_fp16_res: 4, conv_clamp: 256 };
const G = tinyGenerator(half);
const D = tinyDiscriminator(half);

const g = variableParameters('G.');
const d = variableParameters('D.');
const ws = broadcastLatent(generatorMapping(g, G, tensor('z')), latentCount(G));
const drawn = synthesis(g, G, ws, storedNoise(g), 'half');

/** Ratio of the lengths of the difference and of the expected values, over all tensors. */
function distance(found: Readonly<Record<string, Float32Array>>, expected: (name: string) => Float32Array): number {
  let [difference, size] = [0, 0];
  for (const [name, values] of Object.entries(found)) {
    for (const [i, value] of expected(name).entries()) {
      difference += (value - values[i]!) ** 2;
      size += value ** 2;
    }
  }
  return Math.sqrt(difference / size);
}

const stored = (prefix: string) => {
  const chosen = below(prefix, tensors);
  return (name: string) => chosen.get(name)!.data;
};

describe('the type of a block', () => {
  it('is float16 in the named number of highest resolutions, never at 4x4, and only where asked for', () => {
    const types = (count: number, precision: 'single' | 'half') =>
      [4, 8, 16, 32, 64].map((at) => blockType(at, 64, { num_fp16_res: count }, precision));
    expect(types(2, 'half')).toEqual(['float32', 'float32', 'float32', 'float16', 'float16']);
    expect(types(9, 'half')).toEqual(['float32', 'float16', 'float16', 'float16', 'float16']);
    expect(types(0, 'half')).toEqual(types(4, 'single'));
  });

  it.each(['skip', 'resnet', 'orig'])('holds for every convolution of architecture %s', (architecture) => {
    const arguments_ = { g: tinyGenerator({ ...half, architecture }), d: tinyDiscriminator({ ...half, architecture }) };
    const picture = synthesis(g, arguments_.g, ws, storedNoise(g), 'half');
    const { logits } = discriminator(d, arguments_.d, picture, undefined, 'half');
    const [slope] = gradients(sum(logits), [ws]);
    const large = topological([slope!]).filter(
      ({ kind, shape, inputs }) =>
        kind.toLowerCase().endsWith('convolution') && shape[2]! > 4 && inputs[0]!.shape[2]! > 4,
    );
    expect(large.length).toBeGreaterThan(10);
    const single = large.filter(({ type, shape }) => type === 'float32' && shape[1] !== G.img_channels);
    expect(single.map(({ kind, shape }) => `${kind} ${shape.join()}`)).toEqual([]);
    expect([picture.type, logits.type, slope!.type]).toEqual(['float32', 'float32', 'float32']);
  });
});

describe('float16 on the processor', () => {
  it('draws and judges as float32 does, within its precision', async () => {
    const { logits } = discriminator(d, D, tensor('x'), undefined, 'half');
    const found = await run({ drawn, logits });
    for (const [name, of] of [
      ['img_const', found.drawn!],
      ['logits', found.logits!],
    ] as const) {
      const away = relativeDistance(of, tensors.get(name)!.data);
      expect(away, name).toBeGreaterThan(1e-6);
      expect(away, name).toBeLessThan(1e-2);
    }
  });

  it('gives the gradients of both losses', async () => {
    const generated = discriminator(d, D, drawn, undefined, 'half').logits;
    const real = discriminator(d, D, tensor('x'), undefined, 'half').logits;
    const lossG = parameterGradients(batchMean(generatorLoss(generated)), g, generatorParameters(G));
    const lossD = parameterGradients(batchMean(discriminatorLoss(generated, real)), d, discriminatorParameters(D));
    expect(distance(await run(lossG), stored('dlossG/'))).toBeLessThan(0.02);
    expect(distance(await run(lossD), stored('dlossD/'))).toBeLessThan(0.02);
  });

  it('gives the second derivatives of both regularisers', async () => {
    const x = input('x', tensors.get('x')!.shape);
    const r1 = sum(r1Penalty(discriminator(d, D, x, undefined, 'half').logits, x));
    const slopes = parameterGradients(reshape(r1, []), d, discriminatorParameters(D));
    const single = parameterGradients(
      reshape(sum(r1Penalty(discriminator(d, D, x).logits, x)), []),
      d,
      discriminatorParameters(D),
    );
    const feeds = { x: tensors.get('x')!.data };
    const [half, full] = [await run(slopes, feeds), await run(single, feeds)];
    expect(distance(half, (name) => full[name]!)).toBeLessThan(0.05);

    const direction = constant(tensors.get('cotangent')!.data, drawn.shape);
    const lengthsOf = (precision: 'single' | 'half') =>
      sum(
        pathLength(synthesis(g, G, ws, storedNoise(g), precision), ws, direction, constant(new Float32Array(1), []))
          .penalty,
      );
    const [paths, exact] = [
      await run(parameterGradients(reshape(lengthsOf('half'), []), g, generatorParameters(G))),
      await run(parameterGradients(reshape(lengthsOf('single'), []), g, generatorParameters(G))),
    ];
    expect(distance(paths, (name) => exact[name]!)).toBeLessThan(0.05);
  });
});
