// Feature networks against torchvision's, weights made by a formula.
import { describe, expect, it } from 'vitest';
import { constant, input, variable } from '../../native/graph/build.ts';
import { type Shape, sizeOf, type Tensor } from '../../native/graph/operations.ts';
import { classify } from '../../native/networks/features/convolution-unit.ts';
import { inceptionV3, inceptionV3Stages } from '../../native/networks/features/inception-v3.ts';
import { resnet50, resnet50Stages } from '../../native/networks/features/resnet50.ts';
import { swinBase, swinStages, swinTransformer } from '../../native/networks/features/swin-transformer.ts';
import {
  dinoSmall8,
  visionTransformer,
  visionTransformerStages,
} from '../../native/networks/features/vision-transformer.ts';
import type { ParameterSource } from '../../native/networks/parameter-source.ts';
import { vgg16Features, vgg16Stages } from '../../native/networks/perceptual/vgg16-lpips.ts';
import { evaluate } from '../../native/runtime/program.ts';
import { cpu } from '../../native/runtime/session.ts';
import { fill } from './formula.ts';
import { below, expectNear, golden, thin } from './golden.ts';

const { tensors } = golden('networks/features.safetensors');

/** Standard deviation and mean of a parameter, as in make-features.py. */
function spread(name: string, shape: Shape): readonly [number, number] {
  if (name.endsWith('running_var')) return [0.2, 1];
  if (shape.length === 3) return [1, 0];
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

  const [patches, windows] = [fill('vit/images', [2, 3, 48, 48]), fill('swin/images', [2, 3, 224, 224])];
  const levels = fill('vgg/images', [1, 1, 224, 224], 60, 120);
  const small: readonly (readonly [string, (source: ParameterSource) => Tensor])[] = [
    [
      'vit',
      (source) => {
        return visionTransformer(source, constant(patches.data, patches.shape), smallVit);
      },
    ],
    [
      'swin',
      (source) => {
        return swinTransformer(source, constant(windows.data, windows.shape), smallSwin);
      },
    ],
    ['vgg', (source) => vgg16Features(source, constant(levels.data, levels.shape), 32)],
  ];
  it.each(small)('a small %s gives the published features', async (label, build) => {
    const { features } = await evaluate(cpu, { features: build(filled(label)) });
    expectNear({ features: thin(features!) }, below(`${label}/`, tensors), 1e-4);
  });

  const smallVit = { patch: 8, width: 36, depth: 5, heads: 3 };
  const smallSwin = { width: 12, depths: [2, 2, 3, 2], heads: [1, 2, 3, 4] };
  const onGrids: readonly (readonly [string, (source: ParameterSource) => readonly Tensor[]])[] = [
    ['torchvision', (source) => inceptionV3Stages(source, 'torchvision', constant(data, shape))],
    ['resnet50', (source) => resnet50Stages(source, constant(photographs.data, photographs.shape))],
    ['vit', (source) => visionTransformerStages(source, constant(patches.data, patches.shape), smallVit)],
    ['swin', (source) => swinStages(source, constant(windows.data, windows.shape), smallSwin)],
    ['vgg', (source) => vgg16Stages(source, constant(levels.data, levels.shape))],
  ];
  it.each(onGrids)('%s gives the published features place by place', async (label, build) => {
    const stages = build(filled(label));
    const results = await evaluate(cpu, Object.fromEntries(stages.map((stage, number) => [String(number), stage])));
    const thinned = Object.fromEntries(Object.entries(results).map(([name, values]) => [name, thin(values)]));
    expectNear(thinned, below(`${label}/stages/`, tensors), 1e-4);
  });

  it.each<[string, number, number, (source: ParameterSource, images: Tensor) => Tensor]>([
    ['DINO ViT-S/8', 21_670_272, 1536, (source, images) => visionTransformer(source, images, dinoSmall8)],
    ['Swin-B', 87_768_224 - 1024 * 1000 - 1000, 1024, (source, images) => swinTransformer(source, images, swinBase)],
    ['ResNet-50', 25_557_032 - 2048 * 1000 - 1000 + 2 * 26_560, 2048, resnet50],
    ['VGG16', 138_357_544 - 4096 * 1000 - 1000, 4096, vgg16Features],
  ])('%s has as many parameters as its authors count, and features', (_, count, width, build) => {
    const sizes = new Map<string, number>();
    const source: ParameterSource = (name, shape) => {
      sizes.set(name, sizeOf(shape));
      return variable(name, shape);
    };
    expect(build(source, input('images', [1, 3, 224, 224])).shape).toEqual([1, width]);
    expect([...sizes.values()].reduce((sum, size) => sum + size, 0)).toBe(count);
  });
});
