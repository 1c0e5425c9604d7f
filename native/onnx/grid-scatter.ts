// Lowering of the adjoint of bilinear sampling: every value is added to the four pixels around its place.
import { type Shape, sizeOf, type Tensor } from '../graph/operations.ts';
import type { ModelBuilder } from './model.ts';

/**
 * One ScatterElements with addition over all pixels of all samples. (ScatterND would take whole pixels, but ONNX Runtime's
 * processor provider adds in several threads without a lock and loses additions.) Indices become int32 before they are
 * too large for a float.
 */
export function lowerGridScatter(
  { inputs, shape, parameters: { height, width } }: Tensor<'gridScatter'>,
  y: string,
  places: string,
  model: ModelBuilder,
): string {
  const [n, channels, rows, columns] = inputs[0]!.shape as [number, number, number, number];
  const count = rows * columns;
  const every: Shape = [n, channels, count];
  const down = neighbours(model, axisOf(model, places, 1, [n, 1, count]), height);
  const across = neighbours(model, axisOf(model, places, 0, [n, 1, count]), width);
  // First pixels of the planes of every sample and channel.
  const planes = model.floats(
    Float32Array.from({ length: n * channels }, (_, plane) => plane),
    [n, channels, 1],
  );
  const plane = integerProduct(model, planes, height * width);
  const values = reshape(model, y, every);
  const pairs = down.flatMap((vertical) => across.map((horizontal) => ({ vertical, horizontal })));
  const parts = pairs.map(({ vertical, horizontal }) => {
    const row = integerProduct(model, vertical.pixel, width);
    const pixel = model.emit('Add', [row, model.emit('Cast', [horizontal.pixel], { to: int32 })]);
    return {
      index: model.emit('Add', [model.emit('Expand', [pixel, model.integers(every)]), plane]),
      share: model.emit('Mul', [values, model.emit('Mul', [vertical.weight, horizontal.weight])]),
    };
  });
  const together = (name: 'index' | 'share') => {
    const joined = model.emit(
      'Concat',
      parts.map((part) => part[name]),
      { axis: 0 },
    );
    return reshape(model, joined, [-1]);
  };
  const zeros = model.emit('Expand', [model.scalar(0), model.integers([sizeOf(shape)])]);
  const sums = model.emit('ScatterElements', [zeros, together('index'), together('share')], {
    axis: 0,
    reduction: 'add',
  });
  return reshape(model, sums, shape);
}

/** ONNX's number for the element type. */
const int32 = 6;

/** A whole number times a constant, in int32. */
function integerProduct(model: ModelBuilder, x: string, factor: number): string {
  const constant = model.emit('Cast', [model.scalar(factor)], { to: int32 });
  return model.emit('Mul', [model.emit('Cast', [x], { to: int32 }), constant]);
}

/** One coordinate of every place. */
function axisOf(model: ModelBuilder, places: string, axis: number, shape: Shape): string {
  const [start, end] = [model.integers([axis]), model.integers([axis + 1])];
  return reshape(model, model.emit('Slice', [places, start, end, model.integers([3])]), shape);
}

/** A pixel beside each place along one axis, as a whole number inside the image, and its weight; both [N, 1, P]. */
interface Neighbour {
  readonly pixel: string;
  readonly weight: string;
}

/**
 * The pixels before and after each place of an axis of `length` pixels, whose outer edges are -1 and 1. Those beyond the
 * border are moved onto it and weigh nothing.
 */
function neighbours(model: ModelBuilder, place: string, length: number): readonly Neighbour[] {
  const scaled = model.emit('Mul', [place, model.scalar(length / 2)]);
  const at = model.emit('Add', [scaled, model.scalar((length - 1) / 2)]);
  const before = model.emit('Floor', [at]);
  return [before, model.emit('Add', [before, model.scalar(1)])].map((whole) => {
    const pixel = model.emit('Clip', [whole, model.scalar(0), model.scalar(length - 1)]);
    // A hat of width 1; a pixel that was moved is at least 1 away from where it was.
    const hat = (other: string) => {
      const distance = model.emit('Abs', [model.emit('Sub', [whole, other])]);
      return model.emit('Relu', [model.emit('Sub', [model.scalar(1), distance])]);
    };
    return { pixel, weight: model.emit('Mul', [hat(at), hat(pixel)]) };
  });
}

const reshape = (model: ModelBuilder, x: string, shape: Shape): string =>
  model.emit('Reshape', [x, model.integers(shape)]);
