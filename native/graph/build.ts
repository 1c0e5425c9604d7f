// Builders: the functions that make graph nodes. Everything else (networks, losses, optimizers) is written with these.
import { resultType } from './element-types.ts';
import type { ConvolutionGeometry, ElementType, OpKind, OpParameters, Shape, Tensor } from './operations.ts';
import { sameShape, sizeOf } from './operations.ts';
import { shapeRules } from './shape-rules.ts';

/** A tensor, or a number that stands for a scalar constant. */
export type Operand = Tensor | number;

/**
 * Makes a node of any kind; its shape comes from the shape rules, its type from its inputs. Constants of the graph take the
 * type of what they meet.
 */
export function node<K extends OpKind>(kind: K, parameters: OpParameters[K], ...inputs: readonly Tensor[]): Tensor<K> {
  const shape = shapeRules[kind](
    parameters,
    inputs.map((input) => input.shape),
  );
  const type = resultType(kind, parameters, inputs);
  const agreeing = kind === 'cast' ? inputs : inputs.map((x) => (x.kind === 'constant' ? cast(x, type) : x));
  return { kind, parameters, inputs: agreeing, shape, type };
}

/** A value that is fed in every run. */
export const input = (name: string, shape: Shape): Tensor => node('input', { name, shape });
/** A value that lives on the device between runs (a parameter, an optimizer moment). */
export const variable = (name: string, shape: Shape): Tensor => node('variable', { name, shape });
/** A value that is compiled into the program. */
export const constant = (data: Float32Array, shape: Shape): Tensor => node('constant', { data, shape });
export const scalar = (value: number): Tensor => constant(Float32Array.of(value), []);
export const fill = (shape: Shape, value: number): Tensor => expand(scalar(value), shape);

const lift = (x: Operand): Tensor => (typeof x === 'number' ? scalar(x) : x);

/** The value of a tensor that is one constant number, else undefined. */
function known(x: Tensor): number | undefined {
  return x.kind === 'constant' && x.shape.length === 0 ? (x as Tensor<'constant'>).parameters.data[0] : undefined;
}

function unary(kind: 'negate' | 'exp' | 'sqrt' | 'reciprocal' | 'tanh' | 'sigmoid' | 'softplus') {
  return (x: Tensor): Tensor => node(kind, {}, x);
}
export const negate = unary('negate');
export const exp = unary('exp');
export const sqrt = unary('sqrt');
export const reciprocal = unary('reciprocal');
export const tanh = unary('tanh');
export const sigmoid = unary('sigmoid');
export const softplus = unary('softplus');
export const abs = (x: Tensor): Tensor => node('abs', {}, x);
export const sin = (x: Tensor): Tensor => node('sin', {}, x);
export const cos = (x: Tensor): Tensor => node('cos', {}, x);
export const erf = (x: Tensor): Tensor => node('erf', {}, x);
/** 1 where x > 0, else `below`; has no gradient. */
export const gate = (x: Tensor, below = 0): Tensor => node('gate', { below }, x);
export const leakyRelu = (x: Tensor, slope: number): Tensor => node('leakyRelu', { slope }, x);
export const relu = (x: Tensor): Tensor => leakyRelu(x, 0);
export const clamp = (x: Tensor, minimum: number, maximum: number): Tensor => node('clamp', { minimum, maximum }, x);
/** x within -largest..largest, 0 where it is no number; has no gradient. */
export const finite = (x: Tensor, largest: number): Tensor => node('finite', { largest }, x);
/** 1 where |x| <= limit, else 0; has no gradient. */
export const inside = (x: Tensor, limit: number): Tensor => node('inside', { limit }, x);
/** The nearest numbers of a type; a tensor of that type stays as it is. */
export const cast = (x: Tensor, type: ElementType): Tensor => (x.type === type ? x : node('cast', { type }, x));
export const stopGradient = (x: Tensor): Tensor => node('stopGradient', {}, x);
export const square = (x: Tensor): Tensor => multiply(x, x);

/** a + b with broadcasting; adding zero adds no node. */
export function add(a: Operand, b: Operand): Tensor {
  const [x, y] = [lift(a), lift(b)];
  if (known(x) === 0) return y;
  if (known(y) === 0) return x;
  return node('add', {}, x, y);
}

/** a - b with broadcasting. */
export function subtract(a: Operand, b: Operand): Tensor {
  const [x, y] = [lift(a), lift(b)];
  return known(y) === 0 ? x : node('subtract', {}, x, y);
}

/** a * b with broadcasting; multiplying by one adds no node. */
export function multiply(a: Operand, b: Operand): Tensor {
  const [x, y] = [lift(a), lift(b)];
  const [p, q] = [known(x), known(y)];
  if (p !== undefined && q !== undefined) return scalar(p * q);
  if (p === 1) return y;
  if (q === 1) return x;
  return node('multiply', {}, x, y);
}

/** a / b with broadcasting; dividing by a number multiplies by its inverse. */
export function divide(a: Operand, b: Operand): Tensor {
  return typeof b === 'number' ? multiply(a, 1 / b) : node('divide', {}, lift(a), b);
}

export const minimum = (a: Operand, b: Operand): Tensor => node('minimum', {}, lift(a), lift(b));

/** Sum over axes (all when omitted); the axes stay with size 1. */
export function sum(x: Tensor, axes: readonly number[] = x.shape.map((_, axis) => axis)): Tensor {
  return axes.length === 0 ? x : node('sum', { axes }, x);
}

/** Mean over axes (all when omitted); the axes stay with size 1. */
export function mean(x: Tensor, axes: readonly number[] = x.shape.map((_, axis) => axis)): Tensor {
  return multiply(sum(x, axes), 1 / sizeOf(axes.map((axis) => x.shape[axis]!)));
}

/** Largest value over axes; the axes stay with size 1. */
export const max = (x: Tensor, axes: readonly number[]): Tensor => node('max', { axes }, x);

export function reshape(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : node('reshape', { shape }, x);
}

export function expand(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : node('expand', { shape }, x);
}

export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  return permutation.every((axis, i) => axis === i) ? x : node('transpose', { permutation }, x);
}

export function concat(parts: readonly Tensor[], axis: number): Tensor {
  return parts.length === 1 ? parts[0]! : node('concat', { axis }, ...parts);
}

export const reverse = (x: Tensor, axes: readonly number[]): Tensor => node('reverse', { axes }, x);

/** x[starts : starts + shape * steps : steps] on every axis. */
export function slice(x: Tensor, starts: readonly number[], shape: Shape, steps: readonly number[] = ones(x)): Tensor {
  const whole = sameShape(shape, x.shape) && starts.every((start) => start === 0);
  return whole ? x : node('slice', { starts, steps, shape }, x);
}

/** Zeros of `shape` with x written at `starts`, every `steps`. */
export function embed(x: Tensor, starts: readonly number[], shape: Shape, steps: readonly number[] = ones(x)): Tensor {
  const whole = sameShape(shape, x.shape) && starts.every((start) => start === 0);
  return whole ? x : node('embed', { starts, steps, shape }, x);
}

/** One index range along one axis. */
export function narrow(x: Tensor, axis: number, start: number, length: number): Tensor {
  return slice(
    x,
    x.shape.map((_, a) => (a === axis ? start : 0)),
    x.shape.map((size, a) => (a === axis ? length : size)),
  );
}

/** Zero padding of the two image axes; negative numbers crop. Order: top, bottom, left, right. */
export function padImage(x: Tensor, [top, bottom, left, right]: readonly [number, number, number, number]): Tensor {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const cropped = slice(
    x,
    [0, 0, Math.max(0, -top), Math.max(0, -left)],
    [n, c, h + Math.min(0, top) + Math.min(0, bottom), w + Math.min(0, left) + Math.min(0, right)],
  );
  const [, , innerHeight, innerWidth] = cropped.shape as [number, number, number, number];
  const height = innerHeight + Math.max(0, top) + Math.max(0, bottom);
  const width = innerWidth + Math.max(0, left) + Math.max(0, right);
  return embed(cropped, [0, 0, Math.max(0, top), Math.max(0, left)], [n, c, height, width]);
}

export const matmul = (a: Tensor, b: Tensor): Tensor => node('matmul', {}, a, b);

const unit: ConvolutionGeometry = { stride: 1, padding: 0, groups: 1 };

export function convolution(x: Tensor, w: Tensor, geometry: Partial<ConvolutionGeometry> = {}, bias?: Tensor): Tensor {
  const parameters = { ...unit, ...geometry };
  return bias === undefined ? node('convolution', parameters, x, w) : node('convolution', parameters, x, w, bias);
}

/** The adjoint of `convolution` in x; `height` and `width` are those of the result. */
export function transposedConvolution(
  y: Tensor,
  w: Tensor,
  geometry: Partial<ConvolutionGeometry> & { readonly height: number; readonly width: number },
): Tensor {
  return node('transposedConvolution', { ...unit, ...geometry }, y, w);
}

export function weightGradient(
  x: Tensor,
  y: Tensor,
  geometry: ConvolutionGeometry & { readonly kernelHeight: number; readonly kernelWidth: number },
): Tensor {
  return node('weightGradient', geometry, x, y);
}

export const boxFilter = (x: Tensor, size: number, before: number, after: number): Tensor =>
  node('boxFilter', { size, before, after }, x);
export const maxPool = (x: Tensor, size: number, stride: number, padding = 0): Tensor =>
  node('maxPool', { size, stride, padding }, x);
export const repeatPixels = (x: Tensor, factor: number): Tensor => node('repeatPixels', { factor }, x);
export const sumBlocks = (x: Tensor, factor: number): Tensor => node('sumBlocks', { factor }, x);
export const gridSample = (x: Tensor, places: Tensor): Tensor => node('gridSample', {}, x, places);
export const gridScatter = (y: Tensor, places: Tensor, height: number, width: number): Tensor =>
  node('gridScatter', { height, width }, y, places);

/** Sums a broadcast result back to the shape it was broadcast from: the adjoint of broadcasting. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  const axes = x.shape
    .map((_, axis) => axis)
    .filter((axis) => axis < lead || (shape[axis - lead] === 1 && x.shape[axis] !== 1));
  return reshape(sum(x, axes), shape);
}

const ones = (x: Tensor): readonly number[] => x.shape.map(() => 1);
