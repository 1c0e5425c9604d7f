// Reads a device tensor back: through a session, since `getData()` ends the process in onnxruntime-node 1.30.
import type * as ort from 'onnxruntime-node';
import { input } from '../graph/build.ts';
import { border, lower } from '../onnx/lower.ts';
import { createSession, type Device } from './session.ts';

/** The content of a tensor that lives on a device, copied to host memory. */
export async function identity(device: Device, tensor: ort.Tensor): Promise<Float32Array> {
  const { bytes } = lower(new Map([['y', input('x', tensor.dims)]]));
  const session = await createSession(device, bytes);
  try {
    const results = await session.run({ [border.input('x')]: tensor });
    return (results[border.output('y')]!.data as Float32Array).slice();
  } finally {
    await session.release();
  }
}
