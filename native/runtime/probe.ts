// Tries one device: is its provider here, does it compute rightly, how fast is it. May end the process: see devices.ts.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Problem } from '../../src-main/platform/errors.ts';
import { cast, constant, convolution, input, multiply, sum, transposedConvolution } from '../graph/build.ts';
import { type ElementType, type Shape, sizeOf, type Tensor } from '../graph/operations.ts';
import * as ort from './onnxruntime.ts';
import { compile, evaluate } from './program.ts';
import { cpu, type Device, type DeviceName } from './session.ts';

type Feeds = Readonly<Record<string, Float32Array>>;
export type Evaluate = (device: Device, outputs: Readonly<Record<string, Tensor>>, feeds: Feeds) => Promise<Feeds>;

/** Relative difference from the processor's result beyond which a device is refused. */
const tolerance = 1e-3;

/**
 * Milliseconds that the device needs for a small network. Throws Problem `device` when the device is
 * not here, cannot be started or computes wrongly.
 */
export async function probe(name: DeviceName): Promise<number> {
  const device: Device = { name, threads: 0 };
  const reason = obstacle(name) ?? (name === 'cpu' ? undefined : await wrongResult(device));
  if (reason !== undefined) throw new Problem('device', { device: name, reason });
  return benchmark(device);
}

/** What stands against a device without trying it. */
function obstacle(name: DeviceName): string | undefined {
  if (name === 'tfjs') return undefined;
  const backend = ort.listSupportedBackends().find((candidate) => candidate.name === name);
  if (backend === undefined) return `ONNX Runtime for ${process.platform} ${process.arch} does not have it`;
  if (backend.bundled) return undefined;
  const packageFolder = join(createRequire(import.meta.url).resolve('onnxruntime-node'), '../..');
  const library = `bin/napi-v6/${process.platform}/${process.arch}/libonnxruntime_providers_${name}.so`;
  if (existsSync(join(packageFolder, library))) return undefined;
  const script = join(packageFolder, 'script/install.js');
  if (!existsSync(script)) return 'a desktop package does not carry its libraries; the project folder can have them';
  return `its libraries are not installed: ONNXRUNTIME_NODE_INSTALL=cuda12 node ${script} downloads them from nuget.org; CUDA 12 and cuDNN 9 must be there`;
}

/**
 * Runs the graphs that ONNX Runtime's WebGPU provider is known to get silently wrong in one of its layouts
 * (docs/onnxruntime.md): grouped convolutions whose output channels per group are above 4 and no multiple of 4, and
 * transposed ones with 1 output and 2, 4 or 8 input channels per group. Gives the fault in words, or undefined.
 */
export async function wrongResult(device: Device, run: Evaluate = evaluate): Promise<string | undefined> {
  const outputs: Record<string, Tensor> = {};
  const feeds: Record<string, Float32Array> = {};
  const feed = (name: string, shape: Shape): Tensor => {
    feeds[name] = pattern(sizeOf(shape));
    return input(name, shape);
  };
  for (const perGroup of [5, 6, 7]) {
    const x = feed(`x ${perGroup}`, [1, 2, 6, 6]);
    outputs[`grouped ${perGroup}`] = convolution(x, feed(`w ${perGroup}`, [2 * perGroup, 1, 3, 3]), { groups: 2 });
  }
  for (const perGroup of [2, 4, 8]) {
    const y = feed(`y ${perGroup}`, [1, 2 * perGroup, 3, 3]);
    const geometry = { stride: 2, groups: 2, height: 7, width: 7 };
    outputs[`transposed ${perGroup}`] = transposedConvolution(
      y,
      feed(`v ${perGroup}`, [2 * perGroup, 1, 3, 3]),
      geometry,
    );
  }
  const [expected, found] = [await run(cpu, outputs, feeds), await run(device, outputs, feeds)];
  const wrong = Object.keys(outputs).find((name) => difference(found[name]!, expected[name]!) > tolerance);
  return wrong === undefined
    ? undefined
    : `its driver computes wrong results (convolution ${wrong}); a newer one may help`;
}

/** Milliseconds of a network of eight layers; a slow device computes one only, and its time counts eight times. */
export async function benchmark(device: Device, type: ElementType = 'float32'): Promise<number> {
  const layers = 8;
  const one = await timed(device, 1, type);
  return one > 100 ? layers * one : timed(device, layers, type);
}

/** Milliseconds of 3x3 convolutions of 64 channels at 64x64 pixels (0.15 billion products each), compilation apart. */
async function timed(device: Device, layers: number, type: ElementType): Promise<number> {
  const w = constant(pattern(64 * 64 * 9), [64, 64, 3, 3]);
  let y = cast(input('x', [1, 64, 64, 64]), type);
  for (let layer = 0; layer < layers; layer++) y = multiply(convolution(y, w, { padding: 1 }), 0.1);
  const program = await compile(device, { outputs: { total: sum(cast(y, 'float32')) } });
  const x = pattern(64 ** 3);
  const times: number[] = [];
  for (let run = 0; run < 3; run++) {
    const start = performance.now();
    await program.run({ x });
    times.push(performance.now() - start);
  }
  await program.release();
  return Math.min(...times.slice(1));
}

/** Values in -1..1 without structure. */
export const pattern = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(12.9898 * i));

/** Largest difference, relative to the largest expected value. */
export function difference(found: Float32Array, expected: Float32Array): number {
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  return expected.reduce((largest, value, i) => Math.max(largest, Math.abs(value - found[i]!)), 0) / scale;
}
