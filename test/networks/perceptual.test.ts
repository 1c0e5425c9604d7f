// Perceptual features against torchvision's VGG16 and the formula of LPIPS, weights made by a formula.
import { describe, it } from 'vitest';
import { add, constant, input, narrow, reshape, square, subtract, sum } from '../../native/graph/build.ts';
import { gradients } from '../../native/graph/gradients.ts';
import { type Shape, sizeOf, type Tensor } from '../../native/graph/operations.ts';
import type { ParameterSource } from '../../native/networks/parameter-source.ts';
import { vgg16Lpips } from '../../native/networks/perceptual/vgg16-lpips.ts';
import { evaluate } from '../../native/runtime/program.ts';
import { cpu } from '../../native/runtime/session.ts';
import { fill } from './formula.ts';
import { below, expectNear, golden, thin } from './golden.ts';

const { tensors } = golden('networks/perceptual.safetensors');

/** Deviation and mean of a parameter by its name, as in make-perceptual.py. */
function spread(name: string, shape: Shape): readonly [number, number] {
  if (name.startsWith('lin')) return [0.25, 0.5];
  return shape.length === 4 ? [Math.sqrt(2 / sizeOf(shape.slice(1))), 0] : [0.1, 0];
}

const filled = new Map<string, Tensor>();
const source: ParameterSource = (name, shape) => {
  const tensor = filled.get(name) ?? constant(fill(`vgg16/${name}`, shape, ...spread(name, shape)).data, shape);
  filled.set(name, tensor);
  return tensor;
};

/** Sum of squared differences of each image's features, [N]. */
function distance(a: readonly Tensor[], b: readonly Tensor[]): Tensor {
  const parts = a.map((feature, i) => reshape(sum(square(subtract(feature, b[i]!)), [1, 2, 3]), [feature.shape[0]!]));
  return parts.reduce(add);
}

describe('VGG16 with LPIPS', () => {
  it('gives the published features, distance and gradient', async () => {
    const shape = [2, 3, 32, 48];
    const images = input('images', shape);
    const others = vgg16Lpips(source, input('others', shape));
    const features = vgg16Lpips(source, images);
    const lpips = distance(features, others);
    const results = await evaluate(
      cpu,
      {
        ...Object.fromEntries(features.map((feature, i) => [`features${i}`, feature])),
        distance: lpips,
        gradient: gradients(lpips, [images])[0]!,
        grey: distance(vgg16Lpips(source, narrow(images, 1, 0, 1)), others),
      },
      { images: fill('vgg16/images', shape, 70, 127.5).data, others: fill('vgg16/others', shape, 70, 127.5).data },
    );
    const thinned = Object.fromEntries(Object.entries(results).map(([name, values]) => [name, thin(values)]));
    expectNear(thinned, below('vgg16/', tensors), 1e-4);
  });
});
