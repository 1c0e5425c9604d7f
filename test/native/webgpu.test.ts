// The WebGPU provider on SwiftShader, a Vulkan driver for processors: the code path of graphics cards, on tiny graphs.
import { describe, expect, it } from 'vitest';
import { selectDevice } from '../../native/runtime/devices.ts';
import { wrongResult } from '../../native/runtime/probe.ts';
import { cpu, type Device } from '../../native/runtime/session.ts';
import { checkOp, expectClose } from './check-op.ts';
import { filled, momentum, start, trajectory } from './momentum.ts';
import { type OperationCase, operationCases } from './operation-cases.ts';
import type { ComputingKind } from './references.ts';
import { noVulkan, vulkanDriver } from './vulkan.ts';

if (noVulkan === null) process.env.VK_ICD_FILENAMES = vulkanDriver;

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

describe.skipIf(noVulkan !== null)(`webgpu on SwiftShader${noVulkan === null ? '' : ` (skipped: ${noVulkan})`}`, () => {
  it.each(Object.keys(representative) as ComputingKind[])('%s', async (kind) => {
    for (const row of representative[kind]) await checkOp(gpu, kind, row, 3e-4);
  });

  it('is judged usable, by a child process', async () => {
    expect(await selectDevice('webgpu')).toEqual(gpu);
  });

  it('computes the convolutions rightly that its other layout gets wrong', async () => {
    expect(await wrongResult(gpu)).toBeUndefined();
  });

  it('keeps state on the device: steps, another program, reading and writing give what the processor gives', async () => {
    const [found, expected] = [await trajectory(gpu), await trajectory(cpu)];
    for (const [i, values] of expected.entries()) expectClose(`value ${i}`, found[i]!, values, 1e-5);
  });

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
