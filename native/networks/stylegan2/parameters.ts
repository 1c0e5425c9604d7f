// Every parameter and buffer of StyleGAN2-ADA networks: names as in published pickles, shapes, initial values.

import { type Shape, sizeOf } from '../../graph/operations.ts';
import type { HostTensor } from '../../runtime/variables.ts';
import type { ResampleFilter } from './arguments.ts';
import { blockResolutions, channelsAt, type DiscriminatorArguments, type GeneratorArguments } from './arguments.ts';
import { mappedLabelSize } from './discriminator.ts';
import { mappingFeatures } from './mapping.ts';
import { setupFilter } from './resample.ts';

/** Initial values: normal with a standard deviation, or all the same number, or given ones. */
type Initial = { readonly deviation: number } | { readonly value: number } | { readonly data: Float32Array };

/** One tensor of a network. */
export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  /** False for buffers: filters, stored noise, the mean of w, and layers frozen by `freeze_layers`. */
  readonly trained: boolean;
  readonly initial: Initial;
}

const normal: Initial = { deviation: 1 };
const zero: Initial = { value: 0 };
const defaultFilter: ResampleFilter = [1, 3, 3, 1];

/** The tensors of a generator. */
export function generatorParameters(arguments_: GeneratorArguments): readonly Parameter[] {
  const { z_dim: z, c_dim: c, w_dim: w, img_channels, mapping_kwargs, synthesis_kwargs: kwargs } = arguments_;
  const blocks = blockResolutions(arguments_).flatMap((resolution) => {
    const first = resolution === 4;
    const channels = channelsAt(resolution, kwargs);
    const inputs = channelsAt(resolution / 2, kwargs);
    const layer = (name: string, from: number, filter: ResampleFilter): readonly Parameter[] =>
      [...styled(from, channels, 3, w), ...(kwargs.use_noise ? noise(resolution) : []), filterBuffer(filter)].map(
        under(name),
      );
    const colours = resolution === arguments_.img_resolution || kwargs.architecture === 'skip';
    const shortcut = !first && kwargs.architecture === 'resnet';
    return [
      ...(first ? [trained('const', [channels, 4, 4], normal)] : layer('conv0', inputs, kwargs.resample_filter)),
      ...layer('conv1', channels, defaultFilter),
      ...(colours ? styled(channels, img_channels, 1, w).map(under('torgb')) : []),
      ...(shortcut ? convolution(inputs, channels, 1, kwargs.resample_filter, { bias: false }).map(under('skip')) : []),
      filterBuffer(kwargs.resample_filter),
    ].map(under(`synthesis.b${resolution}`));
  });
  const average = mapping_kwargs.w_avg_beta === null ? [] : [buffer('w_avg', [w], zero)];
  return [...blocks, ...[...average, ...mappingParameters(mapping_kwargs, { z, c, w })].map(under('mapping'))];
}

/** The tensors of a discriminator. */
export function discriminatorParameters(arguments_: DiscriminatorArguments): readonly Parameter[] {
  const { c_dim: c, img_channels, architecture, block_kwargs, epilogue_kwargs, mapping_kwargs } = arguments_;
  const { resample_filter: filter, freeze_layers } = block_kwargs;
  let index = 0;
  const blocks = blockResolutions(arguments_)
    .slice(1)
    .toReversed()
    .flatMap((resolution) => {
      const channels = channelsAt(resolution, arguments_);
      const outputs = channelsAt(resolution / 2, arguments_);
      const layer = (name: string, from: number, to: number, kernel: number, taps = defaultFilter, bias = true) =>
        convolution(from, to, kernel, taps, { bias, frozen: index++ < freeze_layers }).map(under(name));
      const colours = resolution === arguments_.img_resolution || architecture === 'skip';
      return [
        ...(colours ? layer('fromrgb', img_channels, channels, 1) : []),
        ...layer('conv0', channels, channels, 3),
        ...layer('conv1', channels, outputs, 3, filter),
        ...(architecture === 'resnet' ? layer('skip', channels, outputs, 1, filter, false) : []),
        filterBuffer(filter),
      ].map(under(`b${resolution}`));
    });
  const channels = channelsAt(4, arguments_);
  const label = mappedLabelSize(arguments_);
  const statistics = epilogue_kwargs.mbstd_num_channels;
  const epilogue = [
    ...(architecture === 'skip' ? convolution(img_channels, channels, 1, defaultFilter).map(under('fromrgb')) : []),
    ...convolution(channels + statistics, channels, 3, defaultFilter).map(under('conv')),
    ...connected(channels * 16, channels).map(under('fc')),
    ...connected(channels, label === 0 ? 1 : label).map(under('out')),
  ].map(under('b4'));
  const mapped = label === 0 ? [] : mappingParameters(mapping_kwargs, { z: 0, c, w: label }).map(under('mapping'));
  return [...blocks, ...epilogue, ...mapped];
}

/**
 * Initial values as the published constructors draw them; `random` gives independent standard normal numbers, asked
 * in the order of the parameters.
 */
export function initialise(parameters: readonly Parameter[], random: () => number): Map<string, HostTensor> {
  return new Map(
    parameters.map(({ name, shape, initial }) => [name, { shape, data: initialData(initial, sizeOf(shape), random) }]),
  );
}

function initialData(initial: Initial, size: number, random: () => number): Float32Array {
  if ('data' in initial) return initial.data.slice();
  if ('value' in initial) return new Float32Array(size).fill(initial.value);
  const data = new Float32Array(size);
  for (let i = 0; i < size; i++) data[i] = random() * initial.deviation;
  return data;
}

const trained = (name: string, shape: Shape, initial: Initial): Parameter => ({ name, shape, trained: true, initial });
const buffer = (name: string, shape: Shape, initial: Initial): Parameter => ({ name, shape, trained: false, initial });
const under =
  (prefix: string) =>
  (parameter: Parameter): Parameter => ({
    ...parameter,
    name: `${prefix}.${parameter.name}`,
  });

function connected(inputs: number, outputs: number, { rate = 1, bias = 0 } = {}): readonly Parameter[] {
  return [trained('weight', [outputs, inputs], { deviation: 1 / rate }), trained('bias', [outputs], { value: bias })];
}

/** A convolution whose style comes from w: weight, bias and the affine layer, which starts at style 1. */
function styled(inputs: number, outputs: number, kernel: number, w: number): readonly Parameter[] {
  return [
    ...connected(w, inputs, { bias: 1 }).map(under('affine')),
    trained('weight', [outputs, inputs, kernel, kernel], normal),
    trained('bias', [outputs], zero),
  ];
}

const noise = (resolution: number): readonly Parameter[] => [
  buffer('noise_const', [resolution, resolution], normal),
  trained('noise_strength', [], zero),
];

function convolution(
  inputs: number,
  outputs: number,
  kernel: number,
  filter: ResampleFilter,
  { bias = true, frozen = false } = {},
): readonly Parameter[] {
  const make = frozen ? buffer : trained;
  return [
    make('weight', [outputs, inputs, kernel, kernel], normal),
    ...(bias ? [make('bias', [outputs], zero)] : []),
    filterBuffer(filter),
  ];
}

/** The normalised filter, stored by every layer: a row when separable from 8 taps on, else a whole kernel. */
function filterBuffer(filter: ResampleFilter): Parameter {
  const [kernel, second] = setupFilter(filter);
  const shape = second === undefined ? [kernel!.length, kernel![0]!.length] : [kernel![0]!.length];
  return buffer('resample_filter', shape, { data: Float32Array.from(kernel!.flat()) });
}

function mappingParameters(
  kwargs: DiscriminatorArguments['mapping_kwargs'],
  dimensions: { readonly z: number; readonly c: number; readonly w: number },
): readonly Parameter[] {
  const { embedding, features } = mappingFeatures(kwargs, dimensions);
  const rate = kwargs.lr_multiplier;
  const layers = features
    .slice(1)
    .flatMap((outputs, layer) => connected(features[layer]!, outputs, { rate }).map(under(`fc${layer}`)));
  return embedding === 0 ? layers : [...connected(dimensions.c, embedding).map(under('embed')), ...layers];
}
