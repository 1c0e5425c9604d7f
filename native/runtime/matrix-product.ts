// The matrix product in float64 on the processor: statistics of feature vectors need it, and graphs are float32.

import { integerField, type Message, message, messageField, textField, toBytes } from '../onnx/protobuf.ts';
import * as ort from './onnxruntime.ts';
import { createSession } from './session.ts';

/** A product to hand to statistics, and its end. */
export interface MatrixMultiplier {
  /** [m, n] of a [m, k] and b [k, n], row-major. */
  readonly multiply: (
    a: Float32Array | Float64Array,
    b: Float32Array | Float64Array,
    m: number,
    k: number,
    n: number,
  ) => Promise<Float64Array>;
  readonly release: () => Promise<void>;
}

/** ONNX's number for float64; ModelBuilder makes float32 models only. */
const float64 = 11;

/** Opens one ONNX Runtime session for products of any size. `threads` 0 leaves their number to it. */
export async function createMatrixMultiplier(threads = 0): Promise<MatrixMultiplier> {
  const session = await createSession({ name: 'cpu', threads }, productModel());
  return {
    multiply: async (a, b, m, k, n) => {
      const { c } = await session.run({ a: tensor(a, m, k), b: tensor(b, k, n) });
      return c!.data as Float64Array;
    },
    release: () => session.release(),
  };
}

function tensor(data: Float32Array | Float64Array, rows: number, columns: number): ort.Tensor {
  return new ort.Tensor('float64', data instanceof Float64Array ? data : Float64Array.from(data), [rows, columns]);
}

/** c = a b, for matrices of any size. */
function productModel(): Uint8Array {
  const node = message(textField(1, 'a'), textField(1, 'b'), textField(2, 'c'), textField(4, 'MatMul'));
  const graph = message(
    messageField(1, node),
    textField(2, 'residua'),
    messageField(11, matrix('a')),
    messageField(11, matrix('b')),
    messageField(12, matrix('c')),
  );
  const operatorSet = message(textField(1, ''), integerField(2, 18));
  return toBytes(message(integerField(1, 9), messageField(7, graph), messageField(8, operatorSet)));
}

/** A float64 value with two dimensions of any length. */
function matrix(name: string): Message {
  const dimensions = ['rows', 'columns'].map((side) => messageField(1, textField(2, `${name} ${side}`)));
  const tensorType = message(integerField(1, float64), messageField(2, message(...dimensions)));
  return message(textField(1, name), messageField(2, messageField(1, tensorType)));
}
