// Operations that their only user computes by the way in the blocked layout: filters of which every second pixel is needed, narrow products.
import type { Shape, Tensor } from '../graph/operations.ts';
import { sameShape } from '../graph/operations.ts';
import { blocked, convolve } from './blocked-convolution.ts';
import type { Made, Values } from './values.ts';

/** The first or second of two box filters after which blocks are summed: only every second pixel of all three is needed. */
export function isThinned(node: Tensor<'boxFilter'>, user: Tensor, values: Values): boolean {
  const [x] = node.inputs as [Tensor];
  if (values.isDeferred(x)) return true;
  if (!values.isBlocked(x) || user.kind !== 'boxFilter' || values.onlyUser(user)?.kind !== 'sumBlocks') return false;
  // Zeros around the first result are what filtering the zeros around the image gives where it reaches all of them.
  const { size, before, after } = node.parameters;
  const second = (user as Tensor<'boxFilter'>).parameters;
  return (second.before === 0 || before === size - 1) && (second.after === 0 || after === size - 1);
}

/** Two box filters and the sum of blocks as one filter with a stride, and the number that its result is multiplied by. */
export function thinned(node: Tensor<'sumBlocks'>, values: Values): Made {
  const second = node.inputs[0] as Tensor<'boxFilter'>;
  const first = second.inputs[0] as Tensor<'boxFilter'>;
  const { factor } = node.parameters;
  const user = values.onlyUser(node);
  const scale = user?.kind === 'multiply' ? user.inputs.find(({ shape }) => shape.length === 0) : undefined;
  const known = scale?.kind === 'constant' ? (scale as Tensor<'constant'>).parameters.data[0]! : undefined;
  if (known !== undefined) values.doneByInput(user!);
  const boxes = [first, second].map(({ parameters: { size } }) => new Array<number>(size).fill(1 / size));
  const row = [...boxes, new Array<number>(factor).fill(1)].reduce(convolved);
  const kernel = row.flatMap((a) => row.map((b) => a * b * (known ?? 1)));
  const channels = node.shape[1]!;
  const filters = Float32Array.from({ length: channels * kernel.length }, (_, at) => {
    return kernel[Math.floor(at / values.block) % kernel.length]!;
  });
  const [before, after] = (['before', 'after'] as const).map(
    (side) => first.parameters[side] + second.parameters[side],
  );
  const shape = [channels, 1, row.length, row.length];
  const names = [values.blocked(first.inputs[0]!), values.model.floats(filters, shape)];
  const geometry = { stride: factor, padding: 0, groups: channels };
  return convolve(names, shape, geometry, values, { pads: [before!, before!, after!, after!] });
}

/** Both rows of taps, one applied after the other. */
function convolved(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: a.length + b.length - 1 }, (_, at) =>
    a.reduce((sum, tap, index) => sum + tap * (b[at - index] ?? 0), 0),
  );
}
/** A product [N, C, K] x [N, K, H * W] of few K that is an image [N, C, H, W]. */
export function isOuterProduct(
  { inputs: [a, b] }: Tensor<'matmul'>,
  { kind, shape }: Tensor,
  { block }: Values,
): boolean {
  const [n, channels, height, width] = shape;
  if (kind !== 'reshape' || shape.length !== 4 || channels! % block !== 0) return false;
  const few = a!.shape.length === 3 && a!.shape[2]! <= block;
  return few && sameShape(a!.shape.slice(0, 2), [n!, channels!]) && b!.shape[2] === height! * width!;
}

/** The same as [N, 1, H * W, K] x [N, C / b, K, b], which is the image in blocks. */
export function outerProduct({ inputs }: Tensor<'matmul'>, shape: Shape, values: Values): Made {
  const { model, block } = values;
  const [a, b] = inputs as [Tensor, Tensor];
  const [n, channels, depth] = a.shape as [number, number, number];
  const reshaped = (x: string, to: Shape): string => model.emit('Reshape', [x, model.integers(to)]);
  const rows = reshaped(values.plain(a), [n, channels / block, block, depth]);
  const columns = model.emit('Transpose', [values.plain(b)], { perm: [0, 2, 1] });
  const product = model.emit('MatMul', [
    reshaped(columns, [n, 1, b.shape[2]!, depth]),
    model.emit('Transpose', [rows], { perm: [0, 1, 3, 2] }),
  ]);
  return blocked(reshaped(product, shape));
}
