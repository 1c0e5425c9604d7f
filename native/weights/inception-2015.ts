// Names in the metric network of StyleGAN2-ADA (inception-2015-12-05.pt, after TensorFlow's graph) as torchvision's names.
import type { FloatTensor } from './tensor.ts';

const stem: Readonly<Record<string, string>> = {
  conv: 'Conv2d_1a_3x3',
  conv_1: 'Conv2d_2a_3x3',
  conv_2: 'Conv2d_2b_3x3',
  conv_3: 'Conv2d_3b_1x1',
  conv_4: 'Conv2d_4a_3x3',
};

/** `conv`, `conv_1`, ... of a tower as the numbered convolutions of a branch. */
function tower(name: string, branch: string, length: number): readonly (readonly [string, string])[] {
  return Array.from({ length }, (_, i) => [`${name}.${i === 0 ? 'conv' : `conv_${i}`}`, `${branch}_${i + 1}`]);
}

const pooled = ['tower_2.conv', 'branch_pool'] as const;
const blockA = [
  ['conv', 'branch1x1'],
  ...tower('tower', 'branch5x5', 2),
  ...tower('tower_1', 'branch3x3dbl', 3),
  pooled,
];
const blockB = [['conv', 'branch3x3'], ...tower('tower', 'branch3x3dbl', 3)];
const blockC = [
  ['conv', 'branch1x1'],
  ...tower('tower', 'branch7x7', 3),
  ...tower('tower_1', 'branch7x7dbl', 5),
  pooled,
];
const blockD = [...tower('tower', 'branch3x3', 2), ...tower('tower_1', 'branch7x7x3', 4)];
const blockE = [
  ['conv', 'branch1x1'],
  ['tower_conv', 'branch3x3_1'],
  ['tower_mixed_conv', 'branch3x3_2a'],
  ['tower_mixed_conv_1', 'branch3x3_2b'],
  ['tower_1_conv', 'branch3x3dbl_1'],
  ['tower_1_conv_1', 'branch3x3dbl_2'],
  ['tower_1_mixed_conv', 'branch3x3dbl_3a'],
  ['tower_1_mixed_conv_1', 'branch3x3dbl_3b'],
  ['tower_2_conv', 'branch_pool'],
];

/** The blocks in the order of the network: `mixed`, `mixed_1`, ... */
const blocks = [
  ['5b', blockA],
  ['5c', blockA],
  ['5d', blockA],
  ['6a', blockB],
  ['6b', blockC],
  ['6c', blockC],
  ['6d', blockC],
  ['6e', blockC],
  ['7a', blockD],
  ['7b', blockE],
  ['7c', blockE],
] as const;

const convolutions: ReadonlyMap<string, string> = new Map([
  ...Object.entries(stem),
  ...blocks.flatMap(([name, parts], index) =>
    parts.map(([from, to]) => [`mixed${index === 0 ? '' : `_${index}`}.${from}`, `Mixed_${name}.${to}`] as const),
  ),
]);

const leaves: Readonly<Record<string, string>> = {
  weight: 'conv.weight',
  beta: 'bn.bias',
  mean: 'bn.running_mean',
  var: 'bn.running_var',
};

/** The tensors under torchvision's names; its normalisations have no factor, which is 1 here. Others are left out. */
export function inception2015Tensors(tensors: ReadonlyMap<string, FloatTensor>): Map<string, FloatTensor> {
  const found = new Map<string, FloatTensor>();
  for (const [name, tensor] of tensors) {
    const [, layer, leaf] = /^layers\.(.+)\.(\w+)$/.exec(name) ?? [];
    const to = layer === undefined ? undefined : convolutions.get(layer);
    if (to !== undefined && leaves[leaf!] !== undefined) {
      found.set(`${to}.${leaves[leaf!]}`, tensor);
      if (leaf === 'beta') {
        found.set(`${to}.bn.weight`, { shape: tensor.shape, data: new Float32Array(tensor.data.length).fill(1) });
      }
    } else if (name.startsWith('output.')) found.set(name.replace('output', 'fc'), tensor);
  }
  return found;
}
