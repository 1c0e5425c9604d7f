// Float16 inside a graph: which types meet, what a cast does to numbers and gradients, and the probe that decides on its use.
import { describe, expect, it } from 'vitest';
import {
  add,
  cast,
  clamp,
  constant,
  embed,
  finite,
  gate,
  input,
  inside,
  multiply,
  reciprocal,
  square,
  sum,
  sumBlocks,
} from '../../native/graph/build.ts';
import { gradients } from '../../native/graph/gradients.ts';
import { lower } from '../../native/onnx/lower.ts';
import { probeHalf, wrongHalf } from '../../native/runtime/probe-half.ts';
import { evaluate } from '../../native/runtime/program.ts';
import { cpu, type Device } from '../../native/runtime/session.ts';
import { expectClose } from './check-op.ts';

const devices: readonly Device[] = [
  { name: 'cpu', threads: 1 },
  { name: 'tfjs', threads: 0 },
];
const x = input('x', [4]);
const half = cast(x, 'float16');

describe('types', () => {
  it('are those of the inputs, constants of the graph take the type of what they meet', () => {
    expect(half.type).toBe('float16');
    expect([multiply(half, 0.5).type, add(constant(new Float32Array(4), [4]), half).type]).toEqual([
      'float16',
      'float16',
    ]);
    expect([cast(half, 'float32').type, cast(x, 'float32')]).toEqual(['float32', x]);
    expect(() => add(half, x)).toThrow('add: inputs of types float16 and float32');
  });

  it('of outputs are float32', () => {
    expect(() => lower(new Map([['y', half]]))).toThrow('output y is float16');
  });

  it('of gradients are those of their targets', () => {
    const [toHalf, toSingle] = gradients(square(half), [half, x]);
    expect([toHalf!.type, toSingle!.type]).toEqual(['float16', 'float32']);
  });
});

describe.each(devices)('a cast on $name', (device) => {
  it('rounds to eleven bits, also in gradients', async () => {
    const y = cast(half, 'float32');
    const [slope] = gradients(sum(multiply(y, input('g', [4]))), [x]);
    const feeds = {
      x: Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 65504, -1e-8),
      g: Float32Array.of(1, 0.1, 3, 2049),
    };
    const found = await evaluate(device, { y, slope: slope! }, feeds);
    expect(Array.from(found.y!, (value) => value + 0)).toEqual([1, 1 + 2 ** -9, 65504, 0]);
    expect([...found.slope!]).toEqual([1, 0.0999755859375, 3, 2048]);
  });

  it('gives infinity beyond the largest number, which `finite` cuts', async () => {
    const y = cast(half, 'float32');
    const undefinedWhereInfinite = multiply(y, reciprocal(y));
    const feeds = { x: Float32Array.of(1e6, -1e6, 2, 1) };
    const found = await evaluate(device, { y, cut: finite(y, 100), none: finite(undefinedWhereInfinite, 100) }, feeds);
    expect([...found.y!]).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2, 1]);
    expect([...found.cut!]).toEqual([100, -100, 2, 1]);
    expect([...found.none!]).toEqual([0, 0, 1, 1]);
  });
});

it('ops with numbers of their own have these in float16', async () => {
  const single = (name: string, y: typeof x) => [name, cast(y, 'float32')] as const;
  const image = cast(input('image', [1, 1, 2, 2]), 'float16');
  const outputs = Object.fromEntries([
    single('gate', gate(half)),
    single('slope', gate(half, 0.25)),
    single('inside', inside(half, 1.5)),
    single('clamp', clamp(half, -1, 1)),
    single('embed', embed(half, [1], [6])),
    single('blocks', sumBlocks(image, 2)),
  ]);
  const feeds = { x: Float32Array.of(-2, 1e-7, 0, 1.5), image: Float32Array.of(1, 2, 3, 4) };
  const found = await evaluate(cpu, outputs, feeds);
  expect([...found.gate!]).toEqual([0, 1, 0, 1]);
  expect([...found.slope!]).toEqual([0.25, 1, 0.25, 1]);
  expect([...found.inside!]).toEqual([0, 1, 1, 1]);
  expectClose('clamp', found.clamp!, [-1, 1e-7, 0, 1], 1e-7);
  expectClose('embed', found.embed!, [0, -2, 1e-7, 0, 1.5, 0], 1e-7);
  expect([...found.blocks!]).toEqual([10]);
});

describe('the probe', () => {
  it('finds float16 right where it is, and names what a driver computes wrong', async () => {
    const other: Device = { name: 'webgpu', threads: 0 };
    const right: typeof evaluate = (_, ...rest) => evaluate(cpu, ...rest);
    expect(await wrongHalf(other, right)).toBeUndefined();
    const lying: typeof evaluate = async (device, outputs, feeds) => {
      const found = await evaluate(cpu, outputs, feeds);
      if (device.name !== 'cpu') found['first weights']![7] = Number.NaN;
      return found;
    };
    expect(await wrongHalf(other, lying)).toBe('its driver computes wrong results in 16 bits (first weights)');
  });

  it('never takes it for the processor', async () => {
    expect(await probeHalf('cpu', 1e9)).toMatchObject({ used: false, milliseconds: null });
  });
});
