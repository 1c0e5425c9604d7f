// Asks ONNX Runtime's CPU provider how many channels it computes side by side: 16 with AVX-512, 8 with AVX, 1 where it has no such layout.
import { ModelBuilder } from '../onnx/model.ts';
import { blockedDomain } from '../onnx/values.ts';
import * as ort from './onnxruntime.ts';
import { cpu, createSession, type OnnxDevice } from './session.ts';

/** Channels of the value that is reordered; the provider takes multiples of it alone. */
const channels = 4;
let known: Promise<number> | undefined;

/** Channels in a block of the device's own layout (native/onnx/values.ts), 1 for none. It is asked once. */
export async function channelBlock({ name }: OnnxDevice): Promise<number> {
  if (name !== 'cpu') return 1;
  known ??= askProcessor();
  return known;
}

/** The provider fills up a block: the result tells how large it is. Where it has no layout, it refuses the model. */
async function askProcessor(): Promise<number> {
  const model = new ModelBuilder();
  model.alias(model.emit('ReorderInput', ['x'], {}, blockedDomain), 'y');
  const shape = [1, channels, 1, 1];
  let session: ort.InferenceSession;
  try {
    session = await createSession({ ...cpu, name: 'cpu' }, model.build([{ name: 'x', shape }], [{ name: 'y' }]));
  } catch {
    return 1;
  }
  const { y } = await session.run({ x: new ort.Tensor('float32', new Float32Array(channels), shape) });
  await session.release();
  return y!.dims[1]!;
}
