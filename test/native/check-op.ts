// Checks one op on one device: its values, its gradient and its second gradient, against the float64 reference.
import { expect } from 'vitest';
import { add, constant, input, multiply, node, sum } from '../../native/graph/build.ts';
import { gradients } from '../../native/graph/gradients.ts';
import type { Tensor } from '../../native/graph/operations.ts';
import { evaluate } from '../../native/runtime/program.ts';
import type { Device } from '../../native/runtime/session.ts';
import { distinctValues, type Values } from './arrays.ts';
import type { OperationCase } from './operation-cases.ts';
import { type ComputingKind, references } from './references.ts';

/** Distance of finite differences in float64: a second difference is then good to about 1e-7. */
const step = 1e-4;

/**
 * Compares y = op(x) with its reference, and the derivatives of L(x, r) = <y, r> with finite differences of the
 * reference: the gradient in every input along a direction, and along other directions the gradient of the first
 * gradient's projection S = sum_i <dL/dx_i, v_i>, in every input and in r. All come from one graph.
 * `tolerance` is relative to the largest value, for a derivative to the sum of its terms' sizes.
 */
export async function checkOp<K extends ComputingKind>(
  device: Device,
  kind: K,
  { parameters, shapes, range = [-2, 2], baked, stopped, withoutGradient = [] }: OperationCase<K>,
  tolerance: number,
): Promise<void> {
  const x = shapes.map((shape, i) => distinctValues(shape, range, i));
  const xs = x.map((values, i) =>
    baked && i > 0 ? constant(single(values), values.shape) : input(`x${i}`, values.shape),
  );
  const y = node(kind, parameters, ...xs);
  const reference = (inputs: readonly Values[]) => references[kind](parameters, inputs, y.shape);

  const r = distinctValues(y.shape, [-1, 1], 100);
  const v = shapes.map((shape, i) => distinctValues(shape, [-1, 1], 200 + i));
  const d = shapes.map((shape, i) => distinctValues(shape, [-1, 1], 300 + i));
  const weight = input('r', y.shape);
  const first = gradients(sum(multiply(y, weight)), xs);
  const projections = first.flatMap((g, i) => (g === undefined ? [] : [sum(multiply(g, input(`v${i}`, shapes[i]!)))]));
  const targets = [...xs, weight];
  const second = projections.length === 0 ? targets.map(() => undefined) : gradients(projections.reduce(add), targets);

  const named: Record<string, Tensor> = { y };
  for (const [i, g] of first.entries()) if (g !== undefined) named[`first ${i}`] = g;
  for (const [i, g] of second.entries()) if (g !== undefined) named[`second ${i}`] = g;
  const feeds = Object.fromEntries([
    ...x.map((values, i) => [`x${i}`, single(values)]),
    ...v.map((values, i) => [`v${i}`, single(values)]),
    ['r', single(r)],
  ]);
  const found = await evaluate(device, named, feeds);

  const expected = reference(x);
  expectClose('values', found.y!, expected, tolerance);
  if (stopped) return expect(first).toEqual(x.map(() => undefined));
  const loss = (inputs: readonly Values[], weights = r.data) => dot(reference(inputs), weights);
  const differentiable = [...shapes.keys()].filter((i) => !withoutGradient.includes(i));
  for (const i of withoutGradient) expect(first[i], `gradient of input ${i}`).toBeUndefined();
  for (const i of differentiable) {
    const along = (t: number) => loss(x.with(i, moved(x[i]!, d[i]!, t)));
    expectDerivative(
      `gradient of input ${i}`,
      found[`first ${i}`],
      d[i]!,
      (along(step) - along(-step)) / (2 * step),
      tolerance,
    );
  }
  if (projections.length === 0) return;
  const throughout = (inputs: readonly Values[], t: number) =>
    inputs.map((values, i) => (withoutGradient.includes(i) ? values : moved(values, v[i]!, t)));
  const slope = (inputs: readonly Values[], weights?: Float64Array) =>
    (loss(throughout(inputs, step), weights) - loss(throughout(inputs, -step), weights)) / (2 * step);
  for (const i of differentiable) {
    const along = (t: number) => slope(x.with(i, moved(x[i]!, d[i]!, t)));
    const difference = (along(step) - along(-step)) / (2 * step);
    expectDerivative(`second gradient of input ${i}`, found[`second ${i}`], d[i]!, difference, tolerance);
  }
  const direction = distinctValues(y.shape, [-1, 1], 400);
  const inWeight = slope(x, direction.data);
  expectDerivative('gradient of the cotangent', found[`second ${shapes.length}`], direction, inWeight, tolerance);
}

const single = ({ data }: Values): Float32Array => Float32Array.from(data);
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (value, i) => value * b[i]!).reduce((total, term) => total + term, 0);
const moved = ({ shape, data }: Values, direction: Values, t: number): Values => ({
  shape,
  data: data.map((value, i) => value + t * direction.data[i]!),
});

/** Every value within `tolerance` times the largest expected one (at least 1). */
export function expectClose(
  what: string,
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  expect(found.length, `${what}: number of values`).toBe(expected.length);
  const scale = Array.from(expected).reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  const differences = Array.from(expected, (value, i) => Math.abs(value - found[i]!) / scale);
  const worst = differences.reduce((at, value, i) => (value <= differences[at]! ? at : i), 0);
  expect(differences[worst], `${what}: at ${worst}, ${found[worst]} for ${expected[worst]}`).toBeLessThanOrEqual(
    tolerance,
  );
}

/** <gradient, direction> against a finite difference; no gradient at all counts as zero. */
function expectDerivative(
  what: string,
  gradient: Float32Array | undefined,
  direction: Values,
  expected: number,
  tolerance: number,
): void {
  const terms = Array.from(gradient ?? [], (value, i) => value * direction.data[i]!);
  const found = terms.reduce((total, term) => total + term, 0);
  const scale = terms.reduce((total, term) => total + Math.abs(term), 1);
  expect(Math.abs(found - expected) / scale, `${what}: ${found} for ${expected}`).toBeLessThanOrEqual(tolerance);
}
