// Interpretation table: one row per op, the TensorFlow.js calls that compute it. Images are turned to NHWC and back.
import type { Tensor4D, Tensor as Value } from '@tensorflow/tfjs-core';
import type { OpKind, Placement, Tensor } from '../graph/operations.ts';
import { sizeOf } from '../graph/operations.ts';
import type { TensorFlow } from './load.ts';

/** Computes one op from the values of its inputs; temporaries are freed by the caller. */
type Interpretation<K extends OpKind> = (tf: TensorFlow, node: Tensor<K>, inputs: readonly Value[]) => Value;

type UnaryName =
  | 'neg'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'reciprocal'
  | 'tanh'
  | 'sigmoid'
  | 'softplus'
  | 'sin'
  | 'cos'
  | 'erf'
  | 'abs';
type BinaryName = 'add' | 'sub' | 'mul' | 'div' | 'maximum' | 'minimum';
const unary =
  (name: UnaryName) =>
  (tf: TensorFlow, _: Tensor, [x]: readonly Value[]): Value =>
    tf[name](x!);
const binary =
  (name: BinaryName) =>
  (tf: TensorFlow, _: Tensor, [a, b]: readonly Value[]): Value =>
    tf[name](a!, b!);
const leaf = (_: TensorFlow, { kind }: Tensor): Value => {
  throw new Error(`${kind} is not computed: its value is fed`);
};

export const interpretations: { readonly [K in OpKind]: Interpretation<K> } = {
  input: leaf,
  variable: leaf,
  constant: (tf, { parameters: { data, shape } }) => tf.tensor(data, [...shape]),
  negate: unary('neg'),
  exp: unary('exp'),
  log: unary('log'),
  sqrt: unary('sqrt'),
  reciprocal: unary('reciprocal'),
  tanh: unary('tanh'),
  sigmoid: unary('sigmoid'),
  softplus: unary('softplus'),
  sin: unary('sin'),
  cos: unary('cos'),
  erf: unary('erf'),
  abs: unary('abs'),
  gate: (tf, { shape, parameters: { below } }, [x]) =>
    tf.where(tf.greater(x!, 0), tf.onesLike(x!), tf.fill([...shape], below)),
  inside: (tf, { parameters: { limit } }, [x]) =>
    tf.where(tf.lessEqual(tf.abs(x!), limit), tf.onesLike(x!), tf.zerosLike(x!)),
  leakyRelu: (tf, { parameters: { slope } }, [x]) => tf.leakyRelu(x!, slope),
  clamp: (tf, { parameters: { minimum, maximum } }, [x]) => tf.clipByValue(x!, minimum, maximum),
  finite: (tf, { parameters: { largest } }, [x]) =>
    tf.where(tf.isNaN(x!), tf.zerosLike(x!), tf.clipByValue(x!, -largest, largest)),
  stopGradient: (tf, _, [x]) => tf.clone(x!),
  // TensorFlow.js has no float16: a cast rounds to its numbers, and what follows is computed in float32.
  cast: (tf, { shape, parameters: { type } }, [x]) =>
    type === 'float32' ? tf.clone(x!) : tf.tensor(Float32Array.from(new Float16Array(x!.dataSync())), [...shape]),
  add: binary('add'),
  subtract: binary('sub'),
  multiply: binary('mul'),
  divide: binary('div'),
  maximum: binary('maximum'),
  minimum: binary('minimum'),
  sum: (tf, { parameters: { axes } }, [x]) => tf.sum(x!, [...axes], true),
  max: (tf, { parameters: { axes } }, [x]) => tf.max(x!, [...axes], true),
  reshape: (tf, { shape }, [x]) => tf.reshape(x!, [...shape]),
  expand: (tf, { shape }, [x]) => tf.broadcastTo(x!, [...shape]),
  transpose: (tf, { parameters: { permutation } }, [x]) => tf.transpose(x!, [...permutation]),
  concat: (tf, { parameters: { axis } }, parts) => tf.concat([...parts], axis),
  reverse: (tf, { parameters: { axes } }, [x]) => tf.reverse(x!, [...axes]),
  slice: (tf, { parameters }, [x]) => slice(tf, x!, parameters),
  embed: (tf, { parameters }, [x]) => embed(tf, x!, parameters),
  matmul: (tf, _, [a, b]) => tf.matMul(a!, b!),
  convolution: (tf, { parameters, inputs }, [x, w, bias]) => {
    const y = perGroup(tf, parameters.groups, [padImage(tf, x!, parameters.padding), 1], [w!, 0], (part, kernel) =>
      convolve(tf, part, tf.transpose(kernel, [2, 3, 1, 0]), { stride: parameters.stride }),
    );
    return bias === undefined ? y : tf.add(y, tf.reshape(bias, [1, inputs[2]!.shape[0]!, 1, 1]));
  },
  transposedConvolution: (tf, { parameters, inputs, shape }, [y, w]) => {
    const { stride, padding, groups, height, width } = parameters;
    const channels = inputs[1]!.shape[1]!;
    const whole = [shape[0]!, height + 2 * padding, width + 2 * padding, channels] as [number, number, number, number];
    const padded = perGroup(tf, groups, [y!, 1], [w!, 0], (part, kernel) =>
      throughNhwc(tf, part, (image) =>
        tf.conv2dTranspose(image, tf.transpose(kernel as Tensor4D, [2, 3, 1, 0]), whole, stride, 'valid'),
      ),
    );
    return tf.slice(padded, [0, 0, padding, padding], [...shape]);
  },
  weightGradient: (tf, { parameters, shape }, [x, y]) => {
    const { stride, padding, groups, kernelHeight, kernelWidth } = parameters;
    // As a convolution whose batch is the channels, whose channels are the batch, and whose kernel is the whole of y.
    const kernels = perGroup(tf, groups, [padImage(tf, x!, padding), 1], [y!, 1], (part, cotangent) => {
      const swapped = tf.transpose(part, [1, 0, 2, 3]);
      const all = convolve(tf, swapped, tf.transpose(cotangent, [2, 3, 0, 1]), { dilation: stride });
      return tf.slice(all, [0, 0, 0, 0], [shape[1]!, shape[0]! / groups, kernelHeight, kernelWidth]);
    });
    return tf.transpose(kernels, [1, 0, 2, 3]);
  },
  boxFilter: (tf, { parameters: { size, before, after } }, [x]) => {
    const padded = tf.pad(x!, [
      [0, 0],
      [0, 0],
      [before, after],
      [before, after],
    ]);
    return throughNhwc(tf, padded, (image) => tf.avgPool(image, size, 1, 'valid'));
  },
  maxPool: (tf, { parameters: { size, stride, padding } }, [x]) =>
    throughNhwc(tf, padImage(tf, x!, padding, Number.NEGATIVE_INFINITY), (image) =>
      tf.maxPool(image, size, stride, 'valid'),
    ),
  repeatPixels: (tf, { shape }, [x]) =>
    throughNhwc(tf, x!, (image) => tf.image.resizeNearestNeighbor(image, [shape[2]!, shape[3]!])),
  sumBlocks: (tf, { parameters: { factor } }, [x]) =>
    tf.mul(
      throughNhwc(tf, x!, (image) => tf.avgPool(image, factor, factor, 'valid')),
      factor * factor,
    ),
  gridSample: (tf, { inputs, shape }, [x, places]) => {
    const [, , height, width] = inputs[0]!.shape as [number, number, number, number];
    const pixels = tf.transpose(x!, [0, 2, 3, 1]);
    const corners = bilinearCorners(tf, places!, height, width).map(({ indices, weights }) =>
      tf.mul(tf.gatherND(pixels, indices), weights),
    );
    return tf.reshape(tf.transpose(tf.addN(corners), [0, 3, 1, 2]), [...shape]);
  },
  gridScatter: (tf, { shape }, [y, places]) => {
    const [n, channels, height, width] = shape as [number, number, number, number];
    const values = tf.transpose(y!, [0, 2, 3, 1]);
    const sums = bilinearCorners(tf, places!, height, width).map(({ indices, weights }) =>
      tf.scatterND(indices as Tensor4D, tf.mul(values, weights), [n, height, width, channels]),
    );
    return tf.transpose(tf.addN(sums), [0, 3, 1, 2]);
  },
};

/** The four pixels around each place [N, H', W', 2]: indices [N, H', W', 3] and weights [N, H', W', 1], 0 beyond the border. */
function bilinearCorners(
  tf: TensorFlow,
  places: Value,
  height: number,
  width: number,
): readonly { readonly indices: Value; readonly weights: Value }[] {
  const [n, rows, columns] = places.shape as [number, number, number];
  const sample = tf.broadcastTo(tf.reshape(tf.range(0, n), [n, 1, 1, 1]), [n, rows, columns, 1]);
  const [across, down] = tf.split(places, 2, 3).map((axis, i) => {
    const length = i === 0 ? width : height;
    const pixel = tf.add(tf.mul(axis, length / 2), (length - 1) / 2);
    return [0, 1].map((step) => {
      const at = tf.add(tf.floor(pixel), step);
      const inside = tf.logicalAnd(tf.greaterEqual(at, 0), tf.lessEqual(at, length - 1));
      const weight = tf.mul(tf.sub(1, tf.abs(tf.sub(pixel, at))), tf.cast(inside, 'float32'));
      return { at: tf.clipByValue(at, 0, length - 1), weight };
    });
  });
  return down!.flatMap((y) =>
    across!.map((x) => ({
      indices: tf.cast(tf.concat([sample, y.at, x.at], 3), 'int32'),
      weights: tf.mul(y.weight, x.weight),
    })),
  );
}

/** Part by part along an axis of both, joined again along the channels. */
function perGroup(
  tf: TensorFlow,
  groups: number,
  [a, axisOfA]: readonly [Value, number],
  [b, axisOfB]: readonly [Value, number],
  compute: (a: Value, b: Value) => Value,
): Value {
  if (groups === 1) return compute(a, b);
  const others = tf.split(b, groups, axisOfB);
  return tf.concat(
    tf.split(a, groups, axisOfA).map((part, group) => compute(part, others[group]!)),
    1,
  );
}

/** NCHW -> NHWC -> compute -> NCHW: TensorFlow.js has no NCHW convolutions on the processor. */
function throughNhwc(tf: TensorFlow, x: Value, compute: (image: Tensor4D) => Tensor4D): Value {
  return tf.transpose(compute(tf.transpose(x as Tensor4D, [0, 2, 3, 1])), [0, 3, 1, 2]);
}

/** Convolution of an NCHW image without padding; the kernel is [height, width, in, out]. */
function convolve(
  tf: TensorFlow,
  x: Value,
  kernel: Value,
  { stride = 1, dilation = 1 }: { readonly stride?: number; readonly dilation?: number },
): Value {
  return throughNhwc(tf, x, (image) => tf.conv2d(image, kernel as Tensor4D, stride, 'valid', 'NHWC', dilation));
}

function padImage(tf: TensorFlow, x: Value, padding: number, value = 0): Value {
  const around: [number, number] = [padding, padding];
  return tf.pad(x, [[0, 0], [0, 0], around, around], value);
}

function slice(tf: TensorFlow, x: Value, { starts, steps, shape }: Placement): Value {
  const ends = shape.map((size, axis) => starts[axis]! + (size - 1) * steps[axis]! + 1);
  return tf.stridedSlice(x, [...starts], ends, [...steps]);
}

/** Zeros are put between the elements one axis at a time, by padding an axis of size 1; then around them. */
function embed(tf: TensorFlow, x: Value, { starts, steps, shape }: Placement): Value {
  let spread = x;
  for (const [axis, step] of steps.entries()) {
    const size = x.shape[axis]!;
    if (step === 1 || size === 1) continue;
    const before = sizeOf(spread.shape.slice(0, axis));
    const after = sizeOf(spread.shape.slice(axis + 1));
    const padded = tf.pad(tf.reshape(spread, [before, size, 1, after]), [
      [0, 0],
      [0, 0],
      [0, step - 1],
      [0, 0],
    ]);
    const length = (size - 1) * step + 1;
    const cut = tf.slice(tf.reshape(padded, [before, size * step, after]), [0, 0, 0], [before, length, after]);
    spread = tf.reshape(cut, spread.shape.with(axis, length));
  }
  const around = shape.map((whole, axis): [number, number] => [
    starts[axis]!,
    whole - starts[axis]! - spread.shape[axis]!,
  ]);
  return tf.pad(spread, around);
}
