// Runs a ready-made ONNX file of one input and one output, such as a network that comes with the program.
import * as ort from './onnxruntime.ts';
import { createSession, type OnnxDevice } from './session.ts';

/** Values in row-major order of a shape. */
export interface ShapedValues {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** A ready-made network in use. */
export interface OnnxFile {
  /** Computes the output of one input. Sizes that the file leaves open may differ from run to run. */
  readonly run: (input: ShapedValues) => Promise<ShapedValues>;
  readonly release: () => Promise<void>;
}

/** Opens the bytes of an ONNX model with one float32 input and one float32 output. Throws Problem `device` when the provider refuses. */
export async function openOnnxFile(device: OnnxDevice, bytes: Uint8Array): Promise<OnnxFile> {
  const session = await createSession(device, bytes);
  const [[input], [output]] = [session.inputNames, session.outputNames] as [[string], [string]];
  return {
    run: async ({ shape, data }) => {
      const results = await session.run({ [input]: new ort.Tensor('float32', data, shape) });
      const { dims, data: values } = results[output]!;
      return { shape: dims, data: values as Float32Array };
    },
    release: () => session.release(),
  };
}
