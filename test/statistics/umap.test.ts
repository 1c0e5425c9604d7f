// UMAP against umap-learn (test/golden/statistics/make_umap.py), and what a layout must keep: neighbours near, the same seed the same.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { multiply } from '../../src-main/statistics/matrix.ts';
import { nearestRows } from '../../src-main/statistics/neighbour-graph.ts';
import { fuzzyGraph, layOut, membershipStrengths, placeAmong } from '../../src-main/statistics/umap.ts';

interface Golden {
  readonly k: number;
  readonly rows: readonly (readonly number[])[];
  readonly distances: readonly (readonly number[])[];
  readonly strengths: readonly (readonly number[])[];
  readonly edges: readonly (readonly [number, number, number])[];
}
const golden = JSON.parse(readFileSync(new URL('../golden/statistics/umap.json', import.meta.url), 'utf8')) as Golden;
const matrix = (rows: readonly (readonly number[])[]) => ({
  rows: rows.length,
  columns: rows[0]!.length,
  data: Float64Array.from(rows.flat()),
});
/** Rows 3 and 7 are equal. umap-learn takes one of such rows for the other itself. */
const twins = new Set([3, 7]);

describe('neighbours and strengths', () => {
  it('are those of umap-learn', async () => {
    const { k, rows, distances, strengths, edges } = golden;
    const found = await nearestRows(matrix(rows), matrix(rows), k, multiply, { isSame: true });
    const own = membershipStrengths(found);
    for (const [row, expected] of distances.entries()) {
      const part = (values: Float32Array) => [...values.subarray(row * k, (row + 1) * k)];
      for (const [rank, distance] of expected.entries()) expect(part(found.distances)[rank]).toBeCloseTo(distance, 4);
      if (twins.has(row)) continue;
      for (const [rank, strength] of strengths[row]!.entries()) expect(part(own)[rank]).toBeCloseTo(strength, 3);
    }
    const graph = fuzzyGraph(found);
    const weights = new Map([...graph.from].map((from, edge) => [`${from} ${graph.to[edge]}`, graph.weights[edge]!]));
    const checked = edges.filter(([from, to]) => !twins.has(from) && !twins.has(to));
    expect(checked.length).toBeGreaterThan(200);
    for (const [from, to, weight] of checked) expect(weights.get(`${from} ${to}`)).toBeCloseTo(weight, 3);
    const isChecked = (edge: string) => !edge.split(' ').some((row) => twins.has(Number(row)));
    expect([...weights.keys()].filter(isChecked)).toHaveLength(checked.length);
  });

  it('do not depend on the tiles', async () => {
    const random = randomFrom(3);
    const rows = { rows: 1500, columns: 3, data: random.gaussians(4500) };
    const others = { rows: 9000, columns: 3, data: random.gaussians(27_000) };
    const { indices, distances } = await nearestRows(rows, others, 4, multiply);
    for (const row of [0, 1023, 1024, 1499]) {
      const squared = Array.from({ length: others.rows }, (_, other) =>
        [0, 1, 2].reduce((sum, c) => sum + (rows.data[row * 3 + c]! - others.data[other * 3 + c]!) ** 2, 0),
      );
      const expected = squared.map((value, other) => ({ value, other })).sort((a, b) => a.value - b.value);
      for (let rank = 0; rank < 4; rank++) {
        expect(indices[row * 4 + rank]).toBe(expected[rank]!.other);
        expect(distances[row * 4 + rank]).toBeCloseTo(Math.sqrt(expected[rank]!.value), 4);
      }
    }
  });

  it('say where there are fewer rows than neighbours asked for', async () => {
    const two = matrix([[0], [3]]);
    const found = await nearestRows(two, two, 3, multiply, { isSame: true });
    expect([...found.indices]).toEqual([1, -1, -1, 0, -1, -1]);
    expect([...membershipStrengths(found)]).toEqual([1, 0, 0, 1, 0, 0]);
  });
});

/** Three groups of rows, far apart in eight dimensions. */
function groups(each: number) {
  const random = randomFrom(11);
  const rows = 3 * each;
  const data = random.gaussians(rows * 8);
  for (let row = 0; row < rows; row++) data[row * 8 + (row % 3)]! += 12;
  return { rows, columns: 8, data };
}

async function layout(seed: number) {
  const rows = groups(100);
  const graph = fuzzyGraph(await nearestRows(rows, rows, 10, multiply, { isSame: true }));
  const points = Float32Array.from({ length: 2 * rows.rows }, (_, at) => ((at * 7919) % 1000) / 100);
  await layOut(points, graph, randomFrom(seed), { epochs: 200 });
  return { rows, points };
}

/** Squared distance in the plane. */
const apart = (points: Float32Array, a: number, b: number) =>
  (points[2 * a]! - points[2 * b]!) ** 2 + (points[2 * a + 1]! - points[2 * b + 1]!) ** 2;

describe('a layout', () => {
  it('keeps groups together, and is the same for the same seed', async () => {
    const { points } = await layout(1);
    expect((await layout(1)).points).toEqual(points);
    expect((await layout(2)).points).not.toEqual(points);
    for (let row = 0; row < 300; row += 7) {
      const order = Array.from({ length: 300 }, (_, other) => other)
        .filter((other) => other !== row)
        .sort((a, b) => apart(points, row, a) - apart(points, row, b));
      expect(order.slice(0, 20).filter((other) => other % 3 === row % 3)).toHaveLength(20);
    }
  });

  it('places new rows among their neighbours', async () => {
    const { rows, points } = await layout(1);
    const fresh = { rows: 2, columns: 8, data: Float32Array.from(rows.data.subarray(16, 32)) };
    fresh.data[8]! += 0.2;
    const placed = placeAmong(await nearestRows(fresh, rows, 10, multiply), points);
    const all = Float32Array.from([...points, ...placed]);
    for (const [fresh, group] of [
      [300, 2],
      [301, 0],
    ] as const) {
      const near = Array.from({ length: 300 }, (_, other) => other).sort(
        (a, b) => apart(all, fresh, a) - apart(all, fresh, b),
      );
      expect(near.slice(0, 10).every((other) => other % 3 === group)).toBe(true);
    }
  });
});
