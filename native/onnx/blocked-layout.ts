// The layout in which ONNX Runtime's CPU provider convolves fastest (NCHWc), for convolutions whose weights change.
import type { OpKind, Tensor } from '../graph/operations.ts';
import { sameShape } from '../graph/operations.ts';
import {
  blocked,
  convolution,
  convolve,
  depthwise,
  doubled,
  isBlockable,
  isDepthwise,
  isDoubling,
  takesSum,
  taps,
} from './blocked-convolution.ts';
import { isOuterProduct, isThinned, outerProduct, thinned } from './blocked-parts.ts';
import { lowerings } from './lowerings.ts';
import { blockedDomain, type Made, type Values } from './values.ts';
import { isDilatable, lowerDilatedWeightGradient } from './weight-gradient.ts';

/*
 * ONNX Runtime brings convolutions of constant weights into this layout by itself; weights that are trained stay in
 * the plain one, at half the speed. So the nodes of the blocked layout are written into the model here. They belong to
 * ONNX Runtime's own domain, which every build for a processor with that layout has; `channelBlock` of
 * native/runtime asks the processor. Ops that look at one element at a time do not mind the layout. What no row below
 * understands is computed in the plain one.
 */
/** Emits a node in the blocked layout, or gives undefined where the plain layout is to be used. */
type BlockedLowering<K extends OpKind> = (node: Tensor<K>, values: Values) => Made | undefined;
/** An op that treats every element alone: it stays in the layout of its input. */
const elementwise = <K extends OpKind>(node: Tensor<K>, values: Values): Made | undefined => {
  const images = node.inputs.filter((input) => input.shape.length > 0);
  const together = images.every((input) => values.isBlocked(input) && sameShape(input.shape, node.shape));
  if (!together || images.length === 0) return undefined;
  const names = node.inputs.map((input) => (input.shape.length > 0 ? values.blocked(input) : values.plain(input)));
  return blocked((lowerings[node.kind] as (typeof lowerings)[K])(node, names, values.model));
};

/** The ops that the layout understands; every other one is computed in the plain layout. */
const blockedLowerings: { readonly [K in OpKind]?: BlockedLowering<K> } = {
  negate: elementwise,
  sqrt: elementwise,
  tanh: elementwise,
  sigmoid: elementwise,
  softplus: elementwise,
  gate: elementwise,
  inside: elementwise,
  leakyRelu: (node, values) =>
    values.isDoneByInput(node) ? blocked(values.blocked(node.inputs[0]!)) : elementwise(node, values),
  clamp: elementwise,
  add: (node, values) => {
    const [a, b] = node.inputs as [Tensor, Tensor];
    if (values.isDeferred(a)) return convolution(a as Tensor<'convolution'>, values, { sum: b, user: node });
    if (values.isDeferred(b)) return convolution(b as Tensor<'convolution'>, values, { sum: a, user: node });
    return elementwise(node, values);
  },
  subtract: elementwise,
  multiply: (node, values) =>
    values.isDoneByInput(node)
      ? blocked(values.blocked(node.inputs.find(({ shape }) => shape.length > 0)!))
      : elementwise(node, values),
  divide: elementwise,
  convolution: (node, values) => convolution(node, values),
  reshape: ({ inputs: [product], shape }, values) =>
    values.isDeferred(product!) ? outerProduct(product as Tensor<'matmul'>, shape, values) : undefined,
  transposedConvolution: (node, values) => {
    const { stride, padding } = node.parameters;
    const [y, w] = node.inputs as [Tensor, Tensor];
    if (isDoubling(node)) return isBlockable(node, w, values) ? doubled(node, values) : undefined;
    const back = w.shape[2]! - 1 - padding;
    if (stride !== 1 || back < 0 || w.shape[2] !== w.shape[3]) return undefined;
    if (isDepthwise(node, values)) return depthwise(node, taps(w, values.block, true), back, values);
    if (!isBlockable(node, w, values)) return undefined;
    const names = [values.blocked(y), values.weights(w, 'flipped')];
    return convolve(names, w.shape, { stride, padding: back, groups: 1 }, values);
  },
  weightGradient: (node, values) =>
    isDilatable(node) ? { layout: 'plain', name: lowerDilatedWeightGradient(node, values) } : undefined,
  boxFilter: ({ inputs: [x], parameters: { size, before, after } }, values) =>
    values.isBlocked(x!) ? blocked(averagePool(x!, size, 1, [before, before, after, after], values)) : undefined,
  sumBlocks: (node, values) => {
    const [x] = node.inputs;
    const { factor } = node.parameters;
    if (values.isDeferred(x!)) return thinned(node, values);
    if (!values.isBlocked(x!)) return undefined;
    const mean = averagePool(x!, factor, factor, [0, 0, 0, 0], values);
    return blocked(values.model.emit('Mul', [mean, values.model.scalar(factor * factor)]));
  },
  repeatPixels: ({ inputs: [x], parameters: { factor } }, values) => {
    if (!values.isBlocked(x!)) return undefined;
    const attributes = { scales: [1, 1, factor, factor] };
    return blocked(values.model.emit('Upsample', [values.blocked(x!)], attributes, blockedDomain));
  },
};

/** The node in the blocked layout, when its channels fill blocks and the layout serves it; else undefined. */
export function lowerBlocked<K extends OpKind>(node: Tensor<K>, values: Values): Made | undefined {
  const fits =
    values.block > 1 && node.type === 'float32' && node.shape.length === 4 && node.shape[1]! % values.block === 0;
  return fits ? blockedLowerings[node.kind]?.(node, values) : undefined;
}
/**
 * True for a node that its only user computes by the way, as `lowerBlocked` does then: a convolution to whose result a value is added
 * that nobody else needs, a product of narrow matrices that becomes an image, and box filters before blocks are summed.
 */
export function isLeftToUser(node: Tensor, values: Values): boolean {
  const user = values.onlyUser(node);
  if (values.block === 1 || node.type !== 'float32' || user === undefined) return false;
  const left =
    (node.kind === 'convolution' && takesSum(node as Tensor<'convolution'>, user, values)) ||
    (node.kind === 'matmul' && isOuterProduct(node as Tensor<'matmul'>, user, values)) ||
    (node.kind === 'boxFilter' && isThinned(node as Tensor<'boxFilter'>, user, values));
  if (left) values.defer(node);
  return left;
}
function averagePool(x: Tensor, size: number, stride: number, pads: readonly number[], values: Values): string {
  const attributes = { kernel_shape: [size, size], strides: [stride, stride], pads, count_include_pad: 1 };
  return values.model.emit('AveragePool', [values.blocked(x)], attributes, blockedDomain);
}
