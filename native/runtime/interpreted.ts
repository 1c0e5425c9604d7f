// A graph on TensorFlow.js behind the interface of an ONNX Runtime session: state stays in host memory.

import type { Tensor } from '../graph/operations.ts';
import { border } from '../onnx/lower.ts';
import { type FedNode, Interpreter } from '../tfjs/interpreter.ts';
import { loadTensorFlow } from '../tfjs/load.ts';
import * as ort from './onnxruntime.ts';
import type { Session } from './session.ts';

/** Throws Problem `device` when no TensorFlow.js package loads. */
export async function interpretedSession(outputs: ReadonlyMap<string, Tensor>): Promise<Session> {
  const { tf } = await loadTensorFlow();
  const interpreter = new Interpreter(tf, outputs);
  return {
    run: async (tensors) => {
      const feed = (node: FedNode) => tensors[border[node.kind](node.parameters.name)]!.data as Float32Array;
      const results = await interpreter.run(feed);
      return Object.fromEntries(
        [...outputs].map(([name, { shape }]) => [
          border.output(name),
          new ort.Tensor('float32', results.get(name)!, shape),
        ]),
      );
    },
    release: async () => interpreter.release(),
  };
}
