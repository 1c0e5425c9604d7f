// Tries float16 on one device: does it compute rightly, is it quicker than float32. May end the process: see devices.ts.
import { cast, clamp, convolution, input, leakyRelu, multiply, square, sum } from '../graph/build.ts';
import { gradients } from '../graph/gradients.ts';
import type { ElementType, Tensor } from '../graph/operations.ts';
import type { HalfPrecision } from './devices.ts';
import { benchmark, difference, type Evaluate, pattern } from './probe.ts';
import { evaluate } from './program.ts';
import { cpu, type Device, type DeviceName } from './session.ts';

/** Relative difference from float32 on the processor beyond which float16 is refused: 2^-11 a step, some steps, sums. */
const tolerance = 0.02;
/** It must save a tenth of the time, or the numbers lost for it are lost for nothing. */
const gain = 0.9;

/** Devices on which float16 cannot gain, and why. */
const hopeless: { readonly [D in DeviceName]?: string } = {
  cpu: 'its arithmetic is 32-bit, 16-bit numbers would be converted at every step',
  tfjs: 'TensorFlow.js has no 16-bit numbers',
};

/** What float16 is worth on a device that computes the same in float32 in `single` milliseconds. */
export async function probeHalf(name: DeviceName, single: number): Promise<HalfPrecision> {
  const device: Device = { name, threads: 0 };
  const reason = hopeless[name] ?? (await wrongHalf(device));
  if (reason !== undefined) return { used: false, reason, milliseconds: null };
  const milliseconds = await benchmark(device, 'float16');
  const used = milliseconds < gain * single;
  return { used, reason: used ? null : 'it is no quicker than 32-bit arithmetic', milliseconds };
}

/**
 * Compares a small network and its gradients in float16 with float32 on the processor: convolutions of both kinds, the
 * weight gradient, comparisons. Gives the fault in words, or undefined.
 */
export async function wrongHalf(device: Device, run: Evaluate = evaluate): Promise<string | undefined> {
  const feeds = { x: pattern(2 * 8 * 12 * 12), w: pattern(16 * 8 * 9), v: pattern(8 * 16 * 9) };
  const expected = await run(cpu, network('float32'), feeds);
  const found = await run(device, network('float16'), feeds).catch((error: Error) => error.message);
  // ONNX Runtime puts the node and a source place before its words.
  if (typeof found === 'string') return `it does not compute in 16 bits: ${found.replace(/^.* Status Message: /s, '')}`;
  const wrong = Object.keys(expected).find((name) => !(difference(found[name]!, expected[name]!) <= tolerance));
  return wrong === undefined ? undefined : `its driver computes wrong results in 16 bits (${wrong})`;
}

function network(type: ElementType): Record<string, Tensor> {
  const [x, w, v] = [input('x', [2, 8, 12, 12]), input('w', [16, 8, 3, 3]), input('v', [8, 16, 3, 3])];
  const small = (weights: Tensor) => multiply(cast(weights, type), 0.1);
  const inner = leakyRelu(convolution(cast(x, type), small(w), { padding: 1 }), 0.2);
  const outer = clamp(convolution(inner, small(v), { stride: 2, padding: 1 }), -0.5, 0.5);
  const values = cast(outer, 'float32');
  const [slope, first, second] = gradients(sum(square(values)), [x, w, v]);
  return { values, slope: slope!, 'first weights': first!, 'second weights': second! };
}
