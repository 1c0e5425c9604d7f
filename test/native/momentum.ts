// A small program with state (gradient descent with momentum) that devices are compared on.
import { add, input, multiply, square, subtract, sum, variable } from '../../native/graph/build.ts';
import { gradients } from '../../native/graph/gradients.ts';
import { compile, type Program } from '../../native/runtime/program.ts';
import type { Device } from '../../native/runtime/session.ts';
import { type HostTensor, Variables } from '../../native/runtime/variables.ts';

const size = [64, 64] as const;

/** A tensor [64, 64] of one value. */
export const filled = (value: number): HostTensor => ({ data: new Float32Array(64 * 64).fill(value), shape: size });

/** The variables of `momentum`. */
export const start = (device: Device): Variables =>
  new Variables(
    device,
    new Map([
      ['w', filled(1)],
      ['v', filled(0)],
      ['untouched', filled(7)],
    ]),
  );

/** Moves w [64, 64] towards the input x: v = v / 2 + dL/dw, w = w - v / 10 with L = sum (w - x)^2. */
export function momentum(device: Device): Promise<Program> {
  const [w, v, x] = [variable('w', size), variable('v', size), input('x', size)];
  const loss = sum(square(subtract(w, x)));
  const velocity = add(multiply(v, 0.5), gradients(loss, [w])[0]!);
  return compile(device, {
    outputs: { loss },
    updates: new Map([
      ['w', subtract(w, multiply(velocity, 0.1))],
      ['v', velocity],
      ['untouched', variable('untouched', size)],
    ]),
  });
}

/** What a device gives over five steps: losses, another program's view of the variables, a write, and the end. */
export async function trajectory(device: Device): Promise<Float32Array[]> {
  const program = await momentum(device);
  const reader = await compile(device, { outputs: { sum: add(variable('w', size), variable('v', size)) } });
  const variables = start(device);
  const values: Float32Array[] = [];
  const x = Float32Array.from({ length: 64 * 64 }, (_, i) => Math.sin(i));
  for (let step = 0; step < 5; step++) {
    values.push((await program.run({ x }, variables)).loss!);
    values.push((await reader.run({}, variables)).sum!);
    if (step === 2) variables.write('v', filled(0.25));
  }
  for (const name of variables.names) values.push((await variables.read(name)).data);
  await variables.release();
  await reader.release();
  await program.release();
  return values;
}
