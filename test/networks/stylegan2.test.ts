// StyleGAN2 networks and losses against the golden values of the published implementation.
import { describe, it } from 'vitest';
import { constant, input, multiply } from '../../native/graph/build.ts';
import { gradients } from '../../native/graph/gradients.ts';
import {
  constantParameters,
  type ParameterSource,
  variableParameters,
} from '../../native/networks/parameter-source.ts';
import { discriminator } from '../../native/networks/stylegan2/discriminator.ts';
import {
  batchMean,
  discriminatorLoss,
  generatorLoss,
  pathLength,
  r1Penalty,
} from '../../native/networks/stylegan2/losses.ts';
import { broadcastLatent, generatorMapping, truncate } from '../../native/networks/stylegan2/mapping.ts';
import { discriminatorParameters, generatorParameters } from '../../native/networks/stylegan2/parameters.ts';
import {
  latentCount,
  noiseLayers,
  noNoise,
  storedNoise,
  synthesis,
} from '../../native/networks/stylegan2/synthesis.ts';
import { below, expectAllNear, expectNear } from './golden.ts';
import { parameterGradients } from './parameter-gradients.ts';
import { run, tensor, tensors, tinyDiscriminator, tinyGenerator, weights } from './tiny-networks.ts';

const G = tinyGenerator();
const D = tinyDiscriminator();
const count = latentCount(G);

const networks = (parameters: (prefix: string) => ParameterSource) => {
  const g = parameters('G.');
  const d = parameters('D.');
  const ws = broadcastLatent(generatorMapping(g, G, tensor('z')), count);
  return { g, d, ws, image: synthesis(g, G, ws, storedNoise(g)) };
};

const baked = (prefix: string) => constantParameters(weights, prefix);

describe('StyleGAN2 forward', () => {
  it.each([
    ['constants', baked],
    ['variables', variableParameters],
  ])('maps, truncates and draws with parameters as %s', async (_, parameters) => {
    const { g, d, ws, image } = networks(parameters);
    const average = g('mapping.w_avg', [G.w_dim]);
    const results = await run({
      ws,
      'ws_psi0.7': truncate(ws, average, 0.7),
      'ws_psi0.5_cutoff4': truncate(ws, average, 0.5, 4),
      img_const: image,
      img_none: synthesis(g, G, ws, noNoise),
      logits: discriminator(d, D, tensor('x')).logits,
    });
    expectNear(results, tensors, 1e-4);
  });
});

describe('StyleGAN2 derivatives', () => {
  it('of an image with respect to latents and noise', async () => {
    const g = baked('G.');
    const ws = input('ws', tensors.get('ws')!.shape);
    const image = synthesis(g, G, ws, storedNoise(g));
    const noises = noiseLayers(G).map(({ name, resolution }) => ({
      name: `d_${name}.noise_const`,
      tensor: g(`synthesis.${name}.noise_const`, [resolution, resolution]),
    }));
    const [dws, ...rest] = gradients(image, [ws, ...noises.map((noise) => noise.tensor)], tensor('cotangent'));
    const outputs = Object.fromEntries(noises.map(({ name }, i) => [name, rest[i]!]));
    const results = await run({ d_ws: dws!, ...outputs }, { ws: tensors.get('ws')!.data });
    expectNear(results, tensors, 1e-3);
  });

  it('of the losses with respect to every parameter', async () => {
    const { g, d, image } = networks(variableParameters);
    const generated = discriminator(d, D, image).logits;
    const lossG = batchMean(generatorLoss(generated));
    const lossD = batchMean(discriminatorLoss(generated, discriminator(d, D, tensor('x')).logits));
    const dlossG = parameterGradients(lossG, g, generatorParameters(G));
    const dlossD = parameterGradients(lossD, d, discriminatorParameters(D));
    expectNear(await run({ lossG, lossD }), tensors, 1e-4);
    expectAllNear(await run(dlossG), below('dlossG/', tensors), 1e-3);
    expectAllNear(await run(dlossD), below('dlossD/', tensors), 1e-3);
  });

  it('of the R1 penalty with respect to every parameter of the discriminator', async () => {
    const { d } = networks(variableParameters);
    const x = tensor('x');
    const penalty = r1Penalty(discriminator(d, D, x).logits, x);
    const found = parameterGradients(batchMean(multiply(penalty, 5)), d, discriminatorParameters(D));
    expectNear(await run({ r1_penalty: penalty }), tensors, 1e-3);
    expectAllNear(await run(found), below('dR1/', tensors), 5e-3);
  });

  it('of the path length with respect to every parameter of the generator', async () => {
    const { g } = networks(variableParameters);
    const z = constant(tensors.get('z')!.data.slice(0, 2 * G.z_dim), [2, G.z_dim]);
    const ws = broadcastLatent(generatorMapping(g, G, z), count);
    const image = synthesis(g, G, ws, storedNoise(g));
    const { lengths, mean, penalty } = pathLength(image, ws, tensor('pl_noise'), constant(Float32Array.of(0), []));
    const found = parameterGradients(batchMean(multiply(penalty, 2)), g, generatorParameters(G));
    expectNear(await run({ pl_lengths: lengths, pl_mean: mean }), tensors, 1e-3);
    expectAllNear(await run(found), below('dPL/', tensors), 5e-3);
  });
});
