// Resampling against values of the published operations.
import { describe, expect, it } from 'vitest';
import { constant } from '../../native/graph/build.ts';
import {
  conv2dResample,
  downsample2d,
  type Filter,
  filter2d,
  setupFilter,
  upfirdn2d,
  upsample2d,
} from '../../native/networks/stylegan2/resample.ts';
import { evaluate } from '../../native/runtime/program.ts';
import { cpu } from '../../native/runtime/session.ts';
import { expectNear, golden, relativeDistance } from './golden.ts';

const { tensors } = golden('stylegan2/tiny-resample.safetensors');
const tensor = (name: string) => constant(tensors.get(name)!.data, tensors.get(name)!.shape);
const kernelOf = (name: string): Filter => {
  const { data, shape } = tensors.get(name)!;
  return [Array.from({ length: shape[0]! }, (_, y) => [...data.subarray(y * shape[1]!, (y + 1) * shape[1]!)])];
};

const filter = setupFilter([1, 3, 3, 1]);
const x = tensor('x');

describe('resampling', () => {
  it('normalises the default filter', () => {
    expect(relativeDistance(Float32Array.from(filter[0]!.flat()), tensors.get('f')!.data)).toBe(0);
  });

  it('agrees with the published operations', async () => {
    const results = await evaluate(cpu, {
      up2_p2121: upfirdn2d(x, filter, { up: 2, padding: [2, 1, 2, 1], gain: 4 }),
      down2_p1111: upfirdn2d(x, filter, { down: 2, padding: [1, 1, 1, 1] }),
      blur_p2122: upfirdn2d(x, filter, { padding: [2, 2, 2, 1] }),
      upsample2d: upsample2d(x, filter),
      downsample2d: downsample2d(x, filter),
      conv3_up2: conv2dResample(x, tensor('w3'), filter, { up: 2 }),
      conv3_down2: conv2dResample(x, tensor('w3'), filter, { down: 2 }),
      conv1_up2: conv2dResample(x, tensor('w1'), filter, { up: 2 }),
      conv1_down2: conv2dResample(x, tensor('w1'), filter, { down: 2 }),
      conv3: conv2dResample(x, tensor('w3'), filter),
      up3_down2: upfirdn2d(x, filter, { up: 3, down: 2, padding: [3, 3, 4, 2] }),
      crop: upfirdn2d(x, filter, { padding: [0, -1, -1, -2] }),
      flip: filter2d(x, kernelOf('f_asymmetric'), { flip: true }),
    });
    expectNear(results, tensors, 1e-6);
  });

  it('gives the same by boxes as by one kernel', async () => {
    const whole: Filter = [filter[0]!, [[1]]];
    for (const up of [1, 2])
      for (const down of [1, 2])
        for (const padding of [
          [1, 1, 1, 1],
          [2, 1, 2, 1],
          [3, 3, 3, 3],
        ] as const) {
          const options = { up, down, padding, gain: 3 };
          const { boxes, kernel } = await evaluate(cpu, {
            boxes: upfirdn2d(x, filter, options),
            kernel: upfirdn2d(x, whole, options),
          });
          expect(relativeDistance(boxes!, kernel!)).toBeLessThan(1e-6);
        }
  });

  it('applies a long row of taps as the outer product that it stands for', async () => {
    const taps = [1, 2, 0.5, 4, -1, 3, 2, 1, 0.25];
    const separable = setupFilter(taps);
    const whole = setupFilter(taps.map((a) => taps.map((b) => a * b)));
    expect(separable.length).toBe(2);
    const { rows, kernel } = await evaluate(cpu, { rows: filter2d(x, separable), kernel: filter2d(x, whole) });
    expect(relativeDistance(rows!, kernel!)).toBeLessThan(1e-6);
  });
});
