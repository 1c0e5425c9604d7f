// The processor's own channel-blocked layout: what is computed in it agrees with the plain layout, gradients of gradients too.
import * as ort from 'onnxruntime-node';
import { expect, it } from 'vitest';
import {
  add,
  boxFilter,
  clamp,
  constant,
  convolution,
  input,
  leakyRelu,
  matmul,
  multiply,
  repeatPixels,
  reshape,
  slice,
  square,
  sum,
  sumBlocks,
  transposedConvolution,
} from '../../native/graph/build.ts';
import { gradients } from '../../native/graph/gradients.ts';
import { leavesOf } from '../../native/graph/leaves.ts';
import { type Shape, sizeOf, type Tensor } from '../../native/graph/operations.ts';
import { border, lower } from '../../native/onnx/lower.ts';
import { blockedDomain } from '../../native/onnx/values.ts';
import { channelBlock } from '../../native/runtime/channel-block.ts';
import { createSession } from '../../native/runtime/session.ts';
import { expectClose } from './check-op.ts';

const processor = { name: 'cpu', threads: 1 } as const;
const wave = (shape: Shape, phase: number): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(12.9898 * (i + 1) + phase));

/** Every op that has a row in the layout's table, with weights that change; 16 and 32 channels fill blocks of 8 and 16. */
function network(): Map<string, Tensor> {
  const x = input('x', [2, 16, 16, 16]);
  const leaves = [
    x,
    input('first', [32, 16, 3, 3]),
    input('second', [16, 32, 3, 3]),
    input('third', [16, 32, 1, 1]),
    input('bias', [32]),
    input('image', [2, 3, 16, 16]),
    input('colours', [32, 3, 3, 3]),
    input('strength', [2, 16, 2]),
    input('field', [2, 16, 17, 17]),
  ];
  const [, first, second, third, bias, image, colours, strength, field] = leaves as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const filter = constant(wave([32, 1, 4, 4], 3), [32, 1, 4, 4]);
  const wide = leakyRelu(convolution(x, multiply(first, 0.1), { padding: 1 }, bias), 0.2);
  const filtered = convolution(wide, filter, { padding: 2, groups: 32 });
  const strided = clamp(convolution(filtered, multiply(second, 0.1), { stride: 2 }), -3, 3);
  const doubled = repeatPixels(strided, 2);
  const pooled = sumBlocks(boxFilter(repeatPixels(convolution(wide, third), 2), 2, 1, 0), 2);
  const back = transposedConvolution(wide, multiply(first, 0.2), { padding: 1, height: 16, width: 16 });
  const raised = transposedConvolution(wide, multiply(first, 0.2), { stride: 2, height: 33, width: 33 });
  const filter16 = constant(wave([16, 1, 4, 4], 4), [16, 1, 4, 4]);
  const smooth = convolution(raised, filter16, { padding: 1, groups: 16 });
  const rough = add(sumBlocks(smooth, 2), slice(raised, [0, 0, 1, 1], [2, 16, 16, 16], [1, 1, 2, 2]));
  // Fewer channels than a block; what is added to a convolution, and a relu after that; noise times strengths.
  const coloured = leakyRelu(convolution(image, multiply(colours, 0.1), { padding: 1 }, bias), 0.2);
  const noise = reshape(matmul(strength, constant(wave([2, 2, 256], 5), [2, 2, 256])), [2, 16, 16, 16]);
  const noisy = leakyRelu(add(convolution(coloured, multiply(second, 0.1), { padding: 1 }), noise), 0.2);
  const filter3 = constant(wave([16, 1, 3, 3], 6), [16, 1, 3, 3]);
  const twice = add(multiply(noisy, 0.5), convolution(noisy, filter3, { padding: 1, groups: 16 }));
  const wider = convolution(noisy, filter16, { padding: 2, groups: 16 });
  const summed = leakyRelu(add(wider, multiply(field, 0.5)), 0.3);
  // Two box filters and a sum of blocks, which are one filter with a stride where zeros allow it.
  const thin = multiply(sumBlocks(boxFilter(boxFilter(noisy, 2, 1, 1), 2, 0, 0), 2), 0.25);
  const thin3 = sumBlocks(boxFilter(boxFilter(noisy, 3, 2, 2), 2, 1, 0), 2);
  const apart = sumBlocks(boxFilter(boxFilter(noisy, 2, 1, 0), 2, 0, 1), 2);
  const thinned = [thin, thin3, apart].map((x, i) => multiply(sum(square(x), [2, 3]), i + 1)).reduce(add);
  const cut = add(add(sum(square(twice), [2, 3]), sum(summed, [2, 3])), thinned);
  const result = add(add(rough, add(multiply(add(doubled, back), 0.5), pooled)), multiply(add(noisy, cut), 0.1));
  const [slope] = gradients(sum(square(result)), [x]);
  const penalty = sum(square(slope!));
  const penaltySlopes = gradients(penalty, leaves);
  const names = ['slope', ...leaves.slice(1).map(({ parameters }) => `${(parameters as { name: string }).name} slope`)];
  return new Map([
    ['result', result],
    ['penalty', penalty],
    ...names.map((name, i) => [name, penaltySlopes[i]!] as const),
  ]);
}

async function run(outputs: ReadonlyMap<string, Tensor>, block: number): Promise<Record<string, Float32Array>> {
  const session = await createSession(processor, lower(outputs, block));
  const { inputs } = leavesOf(outputs.values());
  const feeds = inputs.map(
    ({ name, shape }, i) => [border.input(name), new ort.Tensor('float32', wave(shape, i), shape)] as const,
  );
  const found = await session.run(Object.fromEntries(feeds));
  await session.release();
  return Object.fromEntries(
    [...outputs.keys()].map((name) => [name, found[border.output(name)]!.data as Float32Array]),
  );
}

it('gives what the plain layout gives, its gradient and its second gradient', async () => {
  const block = await channelBlock(processor);
  expect([1, 8, 16]).toContain(block);
  const outputs = network();
  const [plain, blocked] = [await run(outputs, 1), await run(outputs, block)];
  for (const name of outputs.keys()) {
    const scale = plain[name]!.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    expectClose(
      name,
      blocked[name]!.map((value) => value / scale),
      plain[name]!.map((value) => value / scale),
      1e-5,
    );
  }
});

it('is used only where the block is known, the weights change and the channels fill blocks', () => {
  const uses = (outputs: ReadonlyMap<string, Tensor>, block: number) =>
    Buffer.from(lower(outputs, block)).includes(blockedDomain);
  expect([uses(network(), 16), uses(network(), 8), uses(network(), 1)]).toEqual([true, true, false]);
  const x = input('x', [2, 16, 16, 16]);
  const one = (w: Tensor) => new Map([['y', convolution(x, w, { padding: 1 })]]);
  const baked = constant(wave([16, 16, 3, 3], 0), [16, 16, 3, 3]);
  expect([uses(one(input('w', [16, 16, 3, 3])), 16), uses(one(baked), 16)]).toEqual([true, false]);
  expect([uses(one(input('w', [8, 16, 3, 3])), 16), uses(one(input('w', [8, 16, 3, 3])), 8)]).toEqual([false, true]);
});
