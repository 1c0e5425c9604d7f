// Which devices work on this machine: each is asked to compute something whose answer is known.
import { constant, convolution, sum } from '../../native/graph/build.ts';
import { evaluate } from '../../native/runtime/program.ts';
import type { DeviceName } from '../../native/runtime/session.ts';
import { isProblem } from '../platform/errors.ts';
import { inWords } from '../platform/words.ts';
import type { DeviceDescription } from './protocol.ts';

/** Elsewhere ONNX Runtime silently takes the processor instead. */
const systems: { readonly [D in DeviceName]?: { readonly platform: NodeJS.Platform; readonly name: string } } = {
  dml: { platform: 'win32', name: 'Windows' },
  coreml: { platform: 'darwin', name: 'macOS' },
};

/** Runs a small convolution on `device` and checks its result. */
export async function describeDevice(device: DeviceName): Promise<DeviceDescription> {
  const system = systems[device];
  if (system !== undefined && system.platform !== process.platform) {
    return { device, usable: false, reason: `exists on ${system.name} only` };
  }
  try {
    const image = constant(new Float32Array(64).fill(2), [1, 1, 8, 8]);
    const kernel = constant(new Float32Array(9).fill(3), [1, 1, 3, 3]);
    const { total } = await evaluate({ name: device, threads: 0 }, { total: sum(convolution(image, kernel)) });
    const expected = 36 * 9 * 2 * 3;
    const right = Math.abs(total![0]! - expected) < 1e-3 * expected;
    return { device, usable: right, reason: right ? null : 'it computes wrong results' };
  } catch (error) {
    const reason = isProblem(error, 'device') ? error.values.reason : inWords(error);
    return { device, usable: false, reason: reason.split('\n')[0]!.slice(0, 300) };
  }
}
