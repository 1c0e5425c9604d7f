// Scale, layout and size of weights, worked out at once when they are constants: the provider then sees plain initializers.
import { constant, multiply, reshape, square, sum, transpose } from '../graph/build.ts';
import { sizeOf, type Tensor } from '../graph/operations.ts';

const isConstant = (x: Tensor): x is Tensor<'constant'> => x.kind === 'constant';

/** w * factor. */
export function scaled(w: Tensor, factor: number): Tensor {
  if (!isConstant(w) || factor === 1) return multiply(w, factor);
  return constant(
    w.parameters.data.map((value) => value * factor),
    w.shape,
  );
}

/** [O, I, k, k] -> [I, O, k, k]: the weights that `transposedConvolution` takes. */
export function swapChannels(w: Tensor): Tensor {
  if (!isConstant(w)) return transpose(w, [1, 0, 2, 3]);
  const [outputs, inputs, height, width] = w.shape as [number, number, number, number];
  const taps = height * width;
  const result = new Float32Array(sizeOf(w.shape));
  for (let output = 0; output < outputs; output++) {
    for (let input = 0; input < inputs; input++) {
      const from = (output * inputs + input) * taps;
      result.set(w.parameters.data.subarray(from, from + taps), (input * outputs + output) * taps);
    }
  }
  return constant(result, [inputs, outputs, height, width]);
}

/** Sums of squares over the taps of w [O, I, k, k], transposed: [I, O]. */
export function squaredTaps(w: Tensor): Tensor {
  const [outputs, inputs, height, width] = w.shape as [number, number, number, number];
  if (!isConstant(w)) return transpose(reshape(sum(square(w), [2, 3]), [outputs, inputs]), [1, 0]);
  const taps = height * width;
  const result = new Float64Array(inputs * outputs);
  for (const [i, value] of w.parameters.data.entries()) {
    const kernel = Math.floor(i / taps);
    result[(kernel % inputs) * outputs + Math.floor(kernel / inputs)]! += value * value;
  }
  return constant(Float32Array.from(result), [inputs, outputs]);
}
