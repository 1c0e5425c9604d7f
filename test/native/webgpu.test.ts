// The WebGPU provider on SwiftShader, a Vulkan driver for processors: the code path of graphics cards, on tiny graphs.
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { add, input, multiply, square, subtract, sum, variable } from '../../native/graph/build.ts';
import { gradients } from '../../native/graph/gradients.ts';
import { selectDevice } from '../../native/runtime/devices.ts';
import { wrongResult } from '../../native/runtime/probe.ts';
import { compile, type Program } from '../../native/runtime/program.ts';
import { cpu, type Device } from '../../native/runtime/session.ts';
import { type HostTensor, Variables } from '../../native/runtime/variables.ts';
import { checkOp, expectClose } from './check-op.ts';
import { type OperationCase, operationCases } from './operation-cases.ts';
import type { ComputingKind } from './references.ts';

const driver = '/usr/lib/chromium/vk_swiftshader_icd.json';
const missing = existsSync(driver) ? '' : ` (skipped: ${driver} of Debian's chromium package is not here)`;
if (missing === '') process.env.VK_ICD_FILENAMES = driver;

const gpu: Device = { name: 'webgpu', threads: 0 };

/** One case of each op; of convolutions those that the provider gets wrong in its default layout. */
const representative: { readonly [K in ComputingKind]: readonly OperationCase<K>[] } = {
  ...(Object.fromEntries(Object.entries(operationCases).map(([kind, rows]) => [kind, rows.slice(-1)])) as unknown as {
    readonly [K in ComputingKind]: readonly OperationCase<K>[];
  }),
  convolution: [
    { parameters: { stride: 2, padding: 1, groups: 1 }, shapes: [[2, 2, 6, 5], [3, 2, 3, 3], [3]] },
    {
      parameters: { stride: 1, padding: 1, groups: 2 },
      shapes: [
        [1, 2, 4, 4],
        [10, 1, 3, 3],
      ],
    },
    {
      parameters: { stride: 2, padding: 0, groups: 2 },
      shapes: [
        [1, 2, 5, 5],
        [12, 1, 3, 3],
      ],
    },
  ],
  transposedConvolution: [
    {
      parameters: { stride: 2, padding: 1, groups: 2, height: 6, width: 5 },
      shapes: [
        [1, 8, 3, 3],
        [8, 1, 3, 3],
      ],
    },
  ],
  weightGradient: [
    {
      parameters: { stride: 1, padding: 1, groups: 1, kernelHeight: 3, kernelWidth: 3 },
      shapes: [
        [1, 2, 17, 17],
        [1, 2, 17, 17],
      ],
      baked: true,
    },
  ],
};

describe.skipIf(missing !== '')(`webgpu on SwiftShader${missing}`, () => {
  it.each(Object.keys(representative) as ComputingKind[])('%s', async (kind) => {
    for (const row of representative[kind]) await checkOp(gpu, kind, row, 3e-4);
  });

  it('is judged usable, by a child process', async () => {
    expect(await selectDevice('webgpu')).toEqual(gpu);
  });

  it('computes the convolutions rightly that its other layout gets wrong', async () => {
    expect(await wrongResult(gpu)).toBeUndefined();
  });

  const size = [64, 64] as const;
  const filled = (value: number): HostTensor => ({ data: new Float32Array(64 * 64).fill(value), shape: size });
  const start = (device: Device) =>
    new Variables(
      device,
      new Map([
        ['w', filled(1)],
        ['v', filled(0)],
        ['untouched', filled(7)],
      ]),
    );
  const momentum = (device: Device): Promise<Program> => {
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
  };

  it('keeps state on the device: steps, another program, reading and writing give what the processor gives', async () => {
    const [found, expected] = [await trajectory(gpu), await trajectory(cpu)];
    for (const [i, values] of expected.entries()) expectClose(`value ${i}`, found[i]!, values, 1e-5);
  });

  async function trajectory(device: Device): Promise<Float32Array[]> {
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

  it('keeps its memory over 300 runs', async () => {
    const program = await momentum(gpu);
    const variables = start(gpu);
    const { data: x } = filled(0);
    const sizes: number[] = [];
    for (let run = 0; run <= 300; run++) {
      await program.run({ x }, variables);
      if (run === 50 || run === 300) sizes.push(process.memoryUsage().rss);
    }
    await variables.release();
    await program.release();
    // Three kept values of 16 kB a run, with what belongs to them, would be more than 12 MB.
    expect(sizes[1]! - sizes[0]!).toBeLessThan(8e6);
  });
});
