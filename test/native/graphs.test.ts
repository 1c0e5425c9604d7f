// Behaviour of whole graphs: differentiation, sharing, bytes of the model, programs with state, wrong feeds.
import { describe, expect, it } from 'vitest';
import {
  add,
  boxFilter,
  constant,
  convolution,
  exp,
  fill,
  gate,
  input,
  inside,
  leakyRelu,
  matmul,
  maxPool,
  mean,
  multiply,
  negate,
  reshape,
  scalar,
  slice,
  softplus,
  square,
  stopGradient,
  subtract,
  sum,
  transposedConvolution,
  variable,
} from '../../native/graph/build.ts';
import { gradients } from '../../native/graph/gradients.ts';
import { type Shape, sizeOf, type Tensor, topological } from '../../native/graph/operations.ts';
import { lower } from '../../native/onnx/lower.ts';
import { compile, evaluate } from '../../native/runtime/program.ts';
import { cpu } from '../../native/runtime/session.ts';
import { Variables } from '../../native/runtime/variables.ts';
import golden from '../golden/native/second-derivatives.json' with { type: 'json' };
import { expectClose } from './check-op.ts';

/** The formula of test/golden/native/second-derivatives.py. */
const wave = (shape: Shape, phase: number, scale: number): Float32Array =>
  Float32Array.from({ length: sizeOf(shape) }, (_, i) => scale * Math.sin(0.7 * i + phase));

describe('gradients', () => {
  const x = input('x', [2]);
  const y = input('y', [2]);

  it('are undefined for targets that the output does not depend on', () => {
    const output = multiply(x, stopGradient(y));
    expect(gradients(output, [y, input('z', [1]), x]).map((g) => g?.shape)).toEqual([undefined, undefined, [2]]);
  });

  it('of the output itself are the cotangent', async () => {
    const [g, weighted] = [gradients(x, [x])[0]!, gradients(x, [x], constant(Float32Array.of(3, 4), [2]))[0]!];
    const found = await evaluate(cpu, { g, weighted });
    expect([...found.g!, ...found.weighted!]).toEqual([1, 1, 3, 4]);
  });

  it('add up where a value is used more than once, also at intermediate targets', async () => {
    const inner = square(x);
    const output = add(multiply(inner, y), multiply(inner, inner));
    const [atInner, atX] = gradients(output, [inner, x]);
    const found = await evaluate(
      cpu,
      { inner: atInner!, x: atX! },
      { x: Float32Array.of(2, -1), y: Float32Array.of(5, 7) },
    );
    // d/du (u y + u^2) = y + 2 u with u = x^2; times 2 x for x.
    expect([...found.inner!]).toEqual([13, 9]);
    expect([...found.x!]).toEqual([52, -18]);
  });

  it('of a shared chain grow by a constant per step, not by a factor', () => {
    const nodes = (length: number): number => {
      let value: Tensor = x;
      for (let i = 0; i < length; i++) value = multiply(value, value);
      return topological([gradients(value, [x])[0]!]).length;
    };
    expect(nodes(30) - nodes(20)).toBe(nodes(20) - nodes(10));
  });

  it('of any order: the fourth derivative of exp(x^2)', async () => {
    let derivative = exp(square(x));
    for (let order = 0; order < 4; order++) derivative = gradients(derivative, [x])[0]!;
    const at = Float32Array.of(0.5, -1);
    const { y: found } = await evaluate(cpu, { y: derivative }, { x: at });
    const expected = Array.from(at, (v) => (16 * v ** 4 + 48 * v ** 2 + 12) * Math.exp(v * v));
    expectClose('fourth derivative', found!, expected, 1e-5);
  });

  it('of a loss that contains a gradient equal PyTorch', async () => {
    const shapes = { x: [2, 3, 6, 5], w1: [4, 3, 3, 3], w2: [4, 3, 4, 4], w3: [6 * 6 * 5, 2] } as const;
    const scales = { x: 1, w1: 0.4, w2: 0.5, w3: 0.1 } as const;
    const names = ['x', 'w1', 'w2', 'w3'] as const;
    const leaves = names.map((name) => input(name, shapes[name]));
    const [images, w1, w2, w3] = leaves as [Tensor, Tensor, Tensor, Tensor];
    const hidden = leakyRelu(convolution(images, w1, { padding: 1 }), 0.2);
    const geometry = { stride: 2, padding: 1, groups: 2, height: 12, width: 10 };
    const pooled = maxPool(softplus(transposedConvolution(hidden, w2, geometry)), 3, 2, 1);
    const logits = matmul(reshape(pooled, [2, 180]), w3);
    const penalty = sum(square(gradients(logits, [images])[0]!));
    const loss = add(mean(softplus(negate(logits))), multiply(penalty, 0.05));
    const slopes = gradients(loss, leaves);
    const feeds = names.map((name, i) => [name, wave(shapes[name], 0.1 * (i + 1), scales[name])] as const);
    const outputs = Object.fromEntries(names.map((name, i) => [name, slopes[i]!]));
    const found = await evaluate(cpu, { ...outputs, loss, penalty, logits }, Object.fromEntries(feeds));
    for (const name of ['logits', ...names] as const) expectClose(name, found[name]!, golden[name], 2e-5);
    expectClose('loss', found.loss!, [golden.loss], 1e-5);
    expectClose('penalty', found.penalty!, [golden.penalty], 1e-5);
  });
});

describe('the ONNX model', () => {
  const graph = () => {
    const x = input('x', [1, 2, 4, 4]);
    const w = constant(wave([3, 2, 3, 3], 0, 1), [3, 2, 3, 3]);
    const y = leakyRelu(convolution(x, w, { padding: 1 }), 0.2);
    return new Map([
      ['y', y],
      ['slope', gradients(sum(square(y)), [x])[0]!],
    ]);
  };

  it('has the same bytes for the same graph', () => {
    expect(Buffer.from(lower(graph())).equals(lower(graph()))).toBe(true);
  });

  it('lets an input, a variable and an output share a name, and names like those of its own values', async () => {
    const sum = add(add(input('x', [1]), variable('x', [1])), input('t1', [1]));
    const program = await compile(cpu, { outputs: { x: sum, t1: negate(sum), t2: input('x', [1]) } });
    const variables = new Variables(cpu, new Map([['x', { data: Float32Array.of(10), shape: [1] }]]));
    const found = await program.run({ x: Float32Array.of(1), t1: Float32Array.of(100) }, variables);
    expect([found.x![0], found.t1![0], found.t2![0]]).toEqual([111, -111, 1]);
    await program.release();
  });

  it('is refused when two leaves of one name differ in shape', () => {
    expect(() => lower(new Map([['y', add(input('x', [1]), input('x', [2]))]]))).toThrow('x has two shapes');
  });
});

describe('gate', () => {
  it('is a step from 1e-30 on, and 0 takes the lower value', async () => {
    const x = input('x', [8]);
    const feeds = { x: Float32Array.of(-3e38, -1e-29, -0, 0, 1e-29, 1e-6, 3e38, Number.POSITIVE_INFINITY) };
    const found = await evaluate(cpu, { comparison: gate(x), slope: gate(x, 0.25) }, feeds);
    expect(Array.from(found.comparison!, Math.abs)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    expect([...found.slope!]).toEqual([0.25, 0.25, 0.25, 0.25, 1, 1, 1, 1]);
  });
});

describe('inside', () => {
  it.each([0.3, 1, 3.3, 256, 1e9, 3e38])(
    'holds the limit %d itself and nothing two millionths beyond it',
    async (limit) => {
      const values = [0, 0.5 * limit, -limit, limit, 1.000002 * limit, -1.000002 * limit, Number.NEGATIVE_INFINITY];
      const found = await evaluate(cpu, { y: inside(input('x', [7]), limit) }, { x: Float32Array.from(values) });
      expect([...found.y!]).toEqual([1, 1, 1, 1, 0, 0, 0]);
    },
  );

  it('of 0 is a test for 0', async () => {
    const found = await evaluate(
      cpu,
      { y: inside(input('x', [5]), 0) },
      { x: Float32Array.of(0, -0, 1e-29, -1, 3e38) },
    );
    expect([...found.y!]).toEqual([1, 1, 0, 0, 0]);
  });
});

describe('a program', () => {
  const momentum = async () => {
    const [w, v, x] = [variable('w', [2]), variable('v', [2]), input('x', [2])];
    const loss = sum(square(subtract(w, x)));
    const velocity = add(multiply(v, 0.5), gradients(loss, [w])[0]!);
    return compile(cpu, {
      outputs: { loss },
      updates: new Map([
        ['w', subtract(w, multiply(velocity, 0.1))],
        ['v', velocity],
      ]),
    });
  };
  const start = () =>
    new Variables(
      cpu,
      new Map([
        ['w', { data: Float32Array.of(1, -2), shape: [2] }],
        ['v', { data: Float32Array.of(0, 0), shape: [2] }],
      ]),
    );

  it('moves its variables one step a run, all from their old values', async () => {
    const program = await momentum();
    const variables = start();
    const expected = { w: [1, -2], v: [0, 0] };
    for (let step = 0; step < 5; step++) {
      const target = [0.3 * step, -1];
      const loss = expected.w.reduce((total, w, i) => total + (w - target[i]!) ** 2, 0);
      const found = await program.run({ x: Float32Array.from(target) }, variables);
      expectClose('loss', found.loss!, [loss], 1e-6);
      expected.v = expected.v.map((v, i) => 0.5 * v + 2 * (expected.w[i]! - target[i]!));
      expected.w = expected.w.map((w, i) => w - 0.1 * expected.v[i]!);
    }
    expectClose('w', (await variables.read('w')).data, expected.w, 1e-6);
    expectClose('v', (await variables.read('v')).data, expected.v, 1e-6);
    await variables.release();
    await program.release();
  });

  it('shares variables with another program, and two sets of variables do not touch each other', async () => {
    const [program, reader] = [
      await momentum(),
      await compile(cpu, { outputs: { double: multiply(variable('w', [2]), 2) } }),
    ];
    const [first, second] = [start(), start()];
    await program.run({ x: Float32Array.of(0, 0) }, first);
    const { double } = await reader.run({}, first);
    expectClose('double', double!, [1.6, -3.2], 1e-6);
    expect([...(await second.read('w')).data]).toEqual([1, -2]);
    await program.release();
    await reader.release();
  });

  it('copies what is written and what is read', async () => {
    const data = Float32Array.of(1, 2);
    const variables = new Variables(cpu, new Map([['w', { data, shape: [2] }]]));
    data[0] = 9;
    const { data: read } = await variables.read('w');
    read[1] = 9;
    expect([...(await variables.read('w')).data]).toEqual([1, 2]);
    expect(variables.names).toEqual(['w']);
  });

  it('refuses feeds that are missing or of the wrong size, before anything runs', async () => {
    const program = await momentum();
    const variables = start();
    const problem = (found: string) => ({ kind: 'mismatch', values: { what: 'input x', expected: '[2]', found } });
    await expect(program.run({}, variables)).rejects.toMatchObject(problem('nothing'));
    await expect(program.run({ x: Float32Array.of(1) }, variables)).rejects.toMatchObject(problem('1 values'));
    variables.write('v', { data: new Float32Array(3), shape: [3] });
    await expect(program.run({ x: Float32Array.of(1, 2) }, variables)).rejects.toMatchObject({
      kind: 'mismatch',
      values: { what: 'variable v', expected: '[2]', found: '[3]' },
    });
    expect([...(await variables.read('w')).data]).toEqual([1, -2]);
    await program.release();
  });

  it('refuses shapes that do not fit when it is built', () => {
    const image = input('x', [1, 3, 4, 4]);
    expect(() => convolution(image, input('w', [2, 2, 3, 3]))).toThrow('convolution weight');
    expect(() => matmul(input('a', [2, 3]), input('b', [2, 3]))).toThrow('matmul');
    expect(() => add(fill([2], 1), fill([3], 1))).toThrow('broadcast');
    expect(() => reshape(scalar(1), [2])).toThrow('reshape');
    expect(() => boxFilter(image, 2, 0, 2)).toThrow('boxFilter');
    expect(() => slice(image, [0, 0, 1, 0], [1, 3, 4, 4])).toThrow('slice');
  });
});
