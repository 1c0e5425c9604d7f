// InceptionV3 (Szegedy et al., 2015): torchvision's, and the TensorFlow 2015 variant that Fréchet distances are defined by.
import { boxFilter, concat, constant, maxPool, multiply, relu } from '../../graph/build.ts';
import type { Tensor } from '../../graph/operations.ts';
import type { ParameterSource } from '../parameter-source.ts';
import { convolutionUnit, globalMean } from './convolution-unit.ts';

/**
 * `tf`: the graph of 2015-12-05 as pytorch-fid ports it; means at the border count only pixels inside, and the last
 * block pools by maximum. `torchvision`: means count the zeros around, and every block pools by mean.
 */
export type InceptionVariant = 'tf' | 'torchvision';

/** A convolution by its name: channels, height, width and stride; "same" padding at stride 1, none at 2. */
type Convolution = readonly [name: string, channels: number, height: number, width: number, stride?: number];
type Pool = 'mean' | 'shrink' | 'last';
/** A path through a block; an array of convolutions in an array forks, and its ends are joined. */
type Path = readonly (Convolution | Pool | readonly Convolution[])[];

const blockA = (pooled: number): readonly Path[] => [
  [['branch1x1', 64, 1, 1]],
  [
    ['branch5x5_1', 48, 1, 1],
    ['branch5x5_2', 64, 5, 5],
  ],
  [
    ['branch3x3dbl_1', 64, 1, 1],
    ['branch3x3dbl_2', 96, 3, 3],
    ['branch3x3dbl_3', 96, 3, 3],
  ],
  ['mean', ['branch_pool', pooled, 1, 1]],
];

const blockB: readonly Path[] = [
  [['branch3x3', 384, 3, 3, 2]],
  [
    ['branch3x3dbl_1', 64, 1, 1],
    ['branch3x3dbl_2', 96, 3, 3],
    ['branch3x3dbl_3', 96, 3, 3, 2],
  ],
  ['shrink'],
];

const blockC = (narrow: number): readonly Path[] => [
  [['branch1x1', 192, 1, 1]],
  [
    ['branch7x7_1', narrow, 1, 1],
    ['branch7x7_2', narrow, 1, 7],
    ['branch7x7_3', 192, 7, 1],
  ],
  [
    ['branch7x7dbl_1', narrow, 1, 1],
    ['branch7x7dbl_2', narrow, 7, 1],
    ['branch7x7dbl_3', narrow, 1, 7],
    ['branch7x7dbl_4', narrow, 7, 1],
    ['branch7x7dbl_5', 192, 1, 7],
  ],
  ['mean', ['branch_pool', 192, 1, 1]],
];

const blockD: readonly Path[] = [
  [
    ['branch3x3_1', 192, 1, 1],
    ['branch3x3_2', 320, 3, 3, 2],
  ],
  [
    ['branch7x7x3_1', 192, 1, 1],
    ['branch7x7x3_2', 192, 1, 7],
    ['branch7x7x3_3', 192, 7, 1],
    ['branch7x7x3_4', 192, 3, 3, 2],
  ],
  ['shrink'],
];

const blockE = (pool: Pool): readonly Path[] => [
  [['branch1x1', 320, 1, 1]],
  [
    ['branch3x3_1', 384, 1, 1],
    [
      ['branch3x3_2a', 384, 1, 3],
      ['branch3x3_2b', 384, 3, 1],
    ],
  ],
  [
    ['branch3x3dbl_1', 448, 1, 1],
    ['branch3x3dbl_2', 384, 3, 3],
    [
      ['branch3x3dbl_3a', 384, 1, 3],
      ['branch3x3dbl_3b', 384, 3, 1],
    ],
  ],
  [pool, ['branch_pool', 192, 1, 1]],
];

const blocks: readonly (readonly [string, readonly Path[]])[] = [
  ['Mixed_5b', blockA(32)],
  ['Mixed_5c', blockA(64)],
  ['Mixed_5d', blockA(64)],
  ['Mixed_6a', blockB],
  ['Mixed_6b', blockC(128)],
  ['Mixed_6c', blockC(160)],
  ['Mixed_6d', blockC(160)],
  ['Mixed_6e', blockC(192)],
  ['Mixed_7a', blockD],
  ['Mixed_7b', blockE('mean')],
  ['Mixed_7c', blockE('last')],
];

/** Pooling of each variant. */
const pools: { readonly [V in InceptionVariant]: { readonly [P in Pool]: (x: Tensor) => Tensor } } = {
  tf: { mean: meanInside, shrink: (x) => maxPool(x, 3, 2), last: (x) => maxPool(x, 3, 1, 1) },
  torchvision: { mean: meanWithZeros, shrink: (x) => maxPool(x, 3, 2), last: meanWithZeros },
};

/**
 * The 2,048 features ("pool3") of images [N, 3, H, W] in -1..1, 299x299 in the published use (75 at least): [N, 2048].
 * Parameters as torchvision and pytorch-fid name them: `Conv2d_1a_3x3.conv.weight`, `Mixed_5b.branch1x1.bn.bias`, ...
 * For logits see `classify`: `fc` has 1,000 classes in torchvision's weights, 1,008 in those of 2015.
 */
export function inceptionV3(source: ParameterSource, variant: InceptionVariant, images: Tensor): Tensor {
  return globalMean(outputsOf(source, variant, images).at(-1)!);
}

/** Features on the grids of strides 4, 8 and 16 of the same images: 192, 288 and 768 channels. */
export function inceptionV3Stages(
  source: ParameterSource,
  variant: InceptionVariant,
  images: Tensor,
): readonly Tensor[] {
  const outputs = outputsOf(source, variant, images);
  const after = (name: string) => outputs[1 + blocks.findIndex(([block]) => block === name)]!;
  return [outputs[0]!, after('Mixed_5d'), after('Mixed_6e')];
}

/** What enters the first block (before it is pooled), then what each block gives. */
function outputsOf(source: ParameterSource, variant: InceptionVariant, images: Tensor): readonly Tensor[] {
  const unit = (x: Tensor, name: string, channels: number, size: number, padding = 0, stride = 1) =>
    normalised(source, x, name, { channels, kernel: [size, size], padding: [padding, padding], stride });
  let x = unit(images, 'Conv2d_1a_3x3', 32, 3, 0, 2);
  x = unit(x, 'Conv2d_2a_3x3', 32, 3);
  x = unit(x, 'Conv2d_2b_3x3', 64, 3, 1);
  x = maxPool(x, 3, 2);
  x = unit(x, 'Conv2d_3b_1x1', 80, 1);
  x = unit(x, 'Conv2d_4a_3x3', 192, 3);
  const outputs = [x];
  x = maxPool(x, 3, 2);
  for (const [name, paths] of blocks) {
    const from = x;
    x = concat(
      paths.map((path) => follow(source, variant, name, path, from)),
      1,
    );
    outputs.push(x);
  }
  return outputs;
}

function follow(source: ParameterSource, variant: InceptionVariant, block: string, path: Path, from: Tensor): Tensor {
  const convolve = (x: Tensor, [name, channels, height, width, stride = 1]: Convolution): Tensor => {
    const padding: readonly [number, number] = stride === 1 ? [(height - 1) / 2, (width - 1) / 2] : [0, 0];
    return normalised(source, x, `${block}.${name}`, { channels, kernel: [height, width], padding, stride });
  };
  return path.reduce<Tensor>((x, part) => {
    if (typeof part === 'string') return pools[variant][part](x);
    if (!isFork(part)) return convolve(x, part);
    const ends = part.map((end) => convolve(x, end));
    return concat(ends, 1);
  }, from);
}

const isFork = (part: Convolution | readonly Convolution[]): part is readonly Convolution[] =>
  typeof part[0] !== 'string';

function normalised(
  source: ParameterSource,
  x: Tensor,
  name: string,
  unit: Pick<Parameters<typeof convolutionUnit>[2], 'channels' | 'kernel' | 'padding' | 'stride'>,
): Tensor {
  const names = { weight: `${name}.conv.weight`, normalisation: `${name}.bn` };
  return relu(convolutionUnit(source, x, { ...unit, names, epsilon: 0.001 }));
}

function meanWithZeros(x: Tensor): Tensor {
  return boxFilter(x, 3, 1, 1);
}

/** 3x3 means that count only pixels inside the image. */
function meanInside(x: Tensor): Tensor {
  const [height, width] = x.shape.slice(2) as [number, number];
  const inside = (i: number, size: number) => 3 - Number(i === 0) - Number(i === size - 1);
  const shares = Float32Array.from({ length: height * width }, (_, i) => {
    return 9 / (inside(Math.floor(i / width), height) * inside(i % width, width));
  });
  return multiply(meanWithZeros(x), constant(shares, [1, 1, height, width]));
}
