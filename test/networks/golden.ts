// Golden values: reading the stored files and comparing with them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { HostTensor } from '../../native/runtime/variables.ts';
import { readSafetensors } from '../../native/weights/safetensors.ts';
import { toFloatTensor } from '../../native/weights/tensor.ts';

const folder = join(import.meta.dirname, '..', 'golden');

/** Tensors and metadata of a file below test/golden/. */
export function golden(file: string): {
  readonly tensors: ReadonlyMap<string, HostTensor>;
  readonly metadata: Readonly<Record<string, string>>;
} {
  const { tensors, metadata } = readSafetensors(readFileSync(join(folder, file)), file);
  return { tensors: new Map([...tensors].map(([name, tensor]) => [name, toFloatTensor(tensor)])), metadata };
}

/** The tensors whose names begin with `prefix`, by the rest of their names. */
export function below(prefix: string, tensors: ReadonlyMap<string, HostTensor>): Map<string, HostTensor> {
  const chosen = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(chosen.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

/** Distance of two arrays relative to the largest absolute value of the expected one. */
export function relativeDistance(found: Float32Array, expected: Float32Array): number {
  expect(found.length).toBe(expected.length);
  let [largest, distance] = [0, 0];
  for (const [i, value] of expected.entries()) {
    largest = Math.max(largest, Math.abs(value));
    const difference = Math.abs(found[i]! - value);
    if (!(difference <= distance)) distance = difference;
  }
  return largest === 0 ? distance : distance / largest;
}

/** Expects every named array to be within a tolerance of the stored tensor of that name. */
export function expectNear(
  found: Readonly<Record<string, Float32Array>>,
  expected: ReadonlyMap<string, HostTensor>,
  tolerance: number,
): void {
  const distances = Object.keys(found).map((name) => {
    const stored = expected.get(name);
    if (stored === undefined) throw new Error(`no golden value ${name}`);
    return [name, relativeDistance(found[name]!, stored.data)] as const;
  });
  expect(distances.filter(([, distance]) => !(distance <= tolerance))).toEqual([]);
}

/** Expects `found` to be all that is stored, within a tolerance; what it lacks must be stored as zeros. */
export function expectAllNear(
  found: Readonly<Record<string, Float32Array>>,
  expected: ReadonlyMap<string, HostTensor>,
  tolerance: number,
): void {
  const lacking = [...expected].filter(([name, { data }]) => !(name in found) && data.some((value) => value !== 0));
  expect(lacking.map(([name]) => name)).toEqual([]);
  expectNear(found, expected, tolerance);
}

/** Every n-th value of a large result, at most 600: what the scripts that made golden values store (`thin`). */
export function thin(values: Float32Array): Float32Array {
  const step = Math.ceil(values.length / 600);
  return values.filter((_, i) => i % step === 0);
}
