// Moves values between host and device memory, by sessions that copy: the only way that onnxruntime-node 1.30 survives.

import { ModelBuilder } from '../onnx/model.ts';
import type * as ort from './onnxruntime.ts';
import { createSession, type OnnxDevice } from './session.ts';

/** A model that gives what it takes, of any shape. */
function copyModel(): Uint8Array {
  const model = new ModelBuilder();
  model.alias('x', 'y');
  return model.build([{ name: 'x' }], [{ name: 'y' }]);
}

/** Copies in both directions for one device. The owner disposes of every uploaded tensor before it releases this. */
export class Transfer {
  readonly #device: OnnxDevice;
  #up: Promise<ort.InferenceSession> | undefined;
  #down: Promise<ort.InferenceSession> | undefined;

  constructor(device: OnnxDevice) {
    this.#device = device;
  }

  /** The same values in device memory. */
  async upload(tensor: ort.Tensor): Promise<ort.Tensor> {
    this.#up ??= createSession(this.#device, copyModel(), ['y']);
    const { y } = await (await this.#up).run({ x: tensor });
    return y!;
  }

  /** The values of a tensor in device memory, as a fresh array. */
  async download(tensor: ort.Tensor): Promise<Float32Array> {
    this.#down ??= createSession(this.#device, copyModel());
    const { y } = await (await this.#down).run({ x: tensor });
    return y!.data as Float32Array;
  }

  async release(): Promise<void> {
    for (const session of [this.#up, this.#down]) await (await session)?.release();
    this.#up = undefined;
    this.#down = undefined;
  }
}
