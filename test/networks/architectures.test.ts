// Every architecture and option of the networks against the published implementation, on weights made by a formula.
import { afterAll, describe, expect, it } from 'vitest';
import { constant, input, multiply } from '../../native/graph/build.ts';
import type { Tensor } from '../../native/graph/operations.ts';
import { variableParameters } from '../../native/networks/parameter-source.ts';
import {
  type Activation,
  parseDiscriminatorArguments,
  parseGeneratorArguments,
  type ResampleFilter,
} from '../../native/networks/stylegan2/arguments.ts';
import { discriminator } from '../../native/networks/stylegan2/discriminator.ts';
import { activations } from '../../native/networks/stylegan2/layers.ts';
import { batchMean, generatorLoss, pathLength, r1Penalty } from '../../native/networks/stylegan2/losses.ts';
import { broadcastLatent, generatorMapping, truncate } from '../../native/networks/stylegan2/mapping.ts';
import {
  discriminatorParameters,
  generatorParameters,
  type Parameter,
} from '../../native/networks/stylegan2/parameters.ts';
import { filter2d, setupFilter } from '../../native/networks/stylegan2/resample.ts';
import { latentCount, storedNoise, synthesis } from '../../native/networks/stylegan2/synthesis.ts';
import { compile, evaluate } from '../../native/runtime/program.ts';
import { cpu } from '../../native/runtime/session.ts';
import { type HostTensor, Variables } from '../../native/runtime/variables.ts';
import { fill } from './formula.ts';
import { below, expectNear, golden, relativeDistance, thin } from './golden.ts';
import { parameterGradients } from './parameter-gradients.ts';

const { tensors, metadata } = golden('networks/stylegan2.safetensors');
const cases = Object.keys(metadata).map((name) => ({ name, ...JSON.parse(metadata[name]!) }) as Case);

interface Case {
  readonly name: string;
  readonly batch: number;
  readonly G: unknown;
  readonly D: unknown;
  readonly generator: Readonly<Record<string, readonly [shape: readonly number[], trained: boolean]>>;
  readonly discriminator: Case['generator'];
}

/** Standard deviation and mean of a parameter, as in make-stylegan2.py. */
function spread(name: string): readonly [number, number] {
  if (name.endsWith('affine.bias')) return [0.2, 1];
  if (name.includes('mapping.fc')) return name.endsWith('weight') ? [100, 0] : [20, 0];
  return name.endsWith('weight') || name.endsWith('const') ? [1, 0] : [0.3, 0];
}

describe.each(cases)('$name', (golden) => {
  const { name: label, batch } = golden;
  const G = parseGeneratorArguments(golden.G, label);
  const D = parseDiscriminatorArguments(golden.D, label);
  const own = below(`${label}/`, tensors);
  const parameters = { 'G.': generatorParameters(G), 'D.': discriminatorParameters(D) };
  const filled = Object.entries(parameters).flatMap(([prefix, list]) =>
    list.map(({ name, shape }): [string, HostTensor] => [
      prefix + name,
      fill(`${label}/${prefix}${name}`, shape, ...spread(name)),
    ]),
  );
  const variables = new Variables(cpu, new Map(filled));
  afterAll(() => variables.release());

  const g = variableParameters('G.');
  const d = variableParameters('D.');
  const filledConstant = (name: string, shape: readonly number[]) =>
    constant(fill(`${label}/${name}`, shape).data, shape);
  const c = G.c_dim === 0 ? undefined : filledConstant('c', [batch, G.c_dim]);
  const w = generatorMapping(g, G, filledConstant('z', [batch, G.z_dim]), c);
  const ws = broadcastLatent(w, latentCount(G));
  const image = synthesis(g, G, ws, storedNoise(g));
  const x = filledConstant('x', [batch, D.img_channels, D.img_resolution, D.img_resolution]);
  const real = discriminator(d, D, x, c).logits;
  const direction = multiply(filledConstant('direction', image.shape), 1 / G.img_resolution);
  const path = pathLength(image, ws, direction, constant(Float32Array.of(0), []));
  const penalty = r1Penalty(real, x);

  it('has the published parameters', () => {
    const described = (list: readonly Parameter[]) =>
      Object.fromEntries(list.map(({ name, shape, trained }) => [name, [shape, trained]]));
    expect(described(parameters['G.'])).toEqual(golden.generator);
    expect(described(parameters['D.'])).toEqual(golden.discriminator);
  });

  const generated = own.has('generated') ? discriminator(d, D, image, c).logits : undefined;
  const values: Record<string, Tensor> = {
    ws: w,
    truncated: truncate(broadcastLatent(w, 2), g('mapping.w_avg', [G.w_dim]), 0.6, 1),
    image,
    real,
    lengths: path.lengths,
    penalty,
    ...(generated === undefined ? {} : { generated }),
  };
  const losses = {
    dG: { loss: generated && batchMean(generatorLoss(generated)), source: g, prefix: 'G.', tolerance: 1e-3 },
    dD: { loss: batchMean(generatorLoss(real)), source: d, prefix: 'D.', tolerance: 1e-3 },
    dPL: { loss: batchMean(path.penalty), source: g, prefix: 'G.', tolerance: 5e-3 },
    dR1: { loss: batchMean(penalty), source: d, prefix: 'D.', tolerance: 5e-3 },
  } as const;

  async function run(outputs: Readonly<Record<string, Tensor>>): Promise<Record<string, Float32Array>> {
    const program = await compile(cpu, { outputs });
    const results = await program.run({}, variables);
    await program.release();
    return results;
  }

  it('computes the published values', async () => {
    const computed = await run(values);
    expectNear({ ...computed, image: thin(computed.image!) }, own, 1e-4);
  });

  const whats = Object.keys(losses) as (keyof typeof losses)[];
  it.each(whats)('has the published gradients %s, by their norm and one component', async (what) => {
    const { loss, source, prefix, tolerance } = losses[what];
    const found = loss === undefined ? {} : await run(parameterGradients(loss, source, parameters[prefix]));
    for (const [name, { data }] of below(`${what}/`, own)) {
      const [component, norm] = data as unknown as [number, number];
      const gradient = found[name] ?? new Float32Array(1);
      const direction = fill(`${label}/${what}/${name}`, [gradient.length]).data;
      const near = (value: number, expected: number) =>
        expect.soft(Math.abs(value - expected), name).toBeLessThanOrEqual(tolerance * norm);
      near(inner(gradient, direction), component);
      near(Math.sqrt(inner(gradient, gradient)), norm);
    }
  });
});

describe('parts', () => {
  it('activations with their gains', async () => {
    const points = input('x', [1, 25]);
    const names = Object.keys(activations) as Activation[];
    const outputs = names.map((name) => [name, multiply(activations[name].apply(points), activations[name].gain)]);
    const feeds = { x: Float32Array.from({ length: 25 }, (_, i) => -3 + i * 0.25) };
    expectNear(await evaluate(cpu, Object.fromEntries(outputs), feeds), below('activation/', tensors), 1e-6);
  });

  it('filters of every form', async () => {
    const { data, shape } = fill('filter/x', [2, 3, 9, 7]);
    for (const [taps, expected] of below('filter/', tensors)) {
      const filter = setupFilter(JSON.parse(taps) as ResampleFilter);
      const { y } = await evaluate(cpu, { y: filter2d(constant(data, shape), filter) });
      expect(relativeDistance(y!, expected.data)).toBeLessThan(1e-6);
    }
  });
});

const inner = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
