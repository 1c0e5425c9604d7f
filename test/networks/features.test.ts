// InceptionV3 and ResNet-50 against torchvision, weights made by a formula.
import { describe, it } from 'vitest';
import { constant } from '../../native/graph/build.ts';
import { type Shape, sizeOf, type Tensor } from '../../native/graph/operations.ts';
import { classify } from '../../native/networks/features/convolution-unit.ts';
import { inceptionV3 } from '../../native/networks/features/inception-v3.ts';
import { resnet50 } from '../../native/networks/features/resnet50.ts';
import type { ParameterSource } from '../../native/networks/parameter-source.ts';
import { evaluate } from '../../native/runtime/program.ts';
import { cpu } from '../../native/runtime/session.ts';
import { fill } from './formula.ts';
import { below, expectNear, golden, thin } from './golden.ts';

const { tensors } = golden('networks/features.safetensors');

/** Standard deviation and mean of a parameter, as in make-features.py. */
function spread(name: string, shape: Shape): readonly [number, number] {
  if (name.endsWith('running_var')) return [0.2, 1];
  if (shape.length === 4) return [Math.sqrt(2 / sizeOf(shape.slice(1))), 0];
  if (shape.length === 2) return [shape[1]! ** -0.5, 0];
  return name.endsWith('weight') ? [0.2, 1] : [0.1, 0];
}

const filled =
  (label: string): ParameterSource =>
  (name, shape) =>
    constant(fill(`${label}/${name}`, shape, ...spread(name, shape)).data, shape);

const { data, shape } = fill('inception/images', [2, 3, 107, 91], 0.5);
const photographs = fill('resnet50/images', [2, 3, 96, 75]);

const networks: readonly (readonly [string, number, (source: ParameterSource) => Tensor])[] = [
  ['torchvision', 1000, (source) => inceptionV3(source, 'torchvision', constant(data, shape))],
  ['tf', 1008, (source) => inceptionV3(source, 'tf', constant(data, shape))],
  ['resnet50', 1000, (source) => resnet50(source, constant(photographs.data, photographs.shape))],
];

describe('feature networks', () => {
  it.each(networks)('%s gives the published features and logits', async (label, classes, build) => {
    const source = filled(label);
    const features = build(source);
    const results = await evaluate(cpu, { features, logits: classify(source, features, classes) });
    const thinned = Object.fromEntries(Object.entries(results).map(([name, values]) => [name, thin(values)]));
    expectNear(thinned, below(`${label}/`, tensors), 1e-4);
  });
});
