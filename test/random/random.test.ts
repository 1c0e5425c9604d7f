// Random numbers against NumPy and an independent Python implementation (test/golden/random/make.py).
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { correctLogarithm } from '../../src-main/platform/random/correct-logarithm.ts';
import { numpyRandom } from '../../src-main/platform/random/numpy-random.ts';
import { type Random, randomFrom, restoreRandom } from '../../src-main/platform/random/random.ts';

interface Golden {
  readonly ranges: readonly (readonly [number, number])[];
  readonly numpy: readonly {
    readonly seed: number;
    readonly uniform: number[];
    readonly integers: number[];
    readonly permutation: number[];
    readonly shuffled: number[];
    readonly mixed: number[];
    readonly normals: number[];
    readonly normals32: string;
  }[];
  readonly logarithm: readonly (readonly [number, number])[];
  readonly own: readonly {
    readonly labels: readonly [string | number, ...(string | number)[]];
    readonly uniform: number[];
    readonly gaussian: number[];
  }[];
}

const folder = join(import.meta.dirname, '../golden/random');
const golden = JSON.parse(readFileSync(join(folder, 'random.json'), 'utf8')) as Golden;
const normals = new Float64Array(new Uint8Array(readFileSync(join(folder, 'numpy-normals.f64'))).buffer);
const list = (length: number) => Array.from({ length }, (_, index) => index);

describe('numpyRandom', () => {
  it.each(golden.numpy)('gives the numbers of RandomState($seed)', (expected) => {
    const random = numpyRandom(expected.seed);
    expect(list(5).map(random.uniform)).toEqual(expected.uniform);
    expect(golden.ranges.map(([low, high]) => random.integer(low, high))).toEqual(expected.integers);
    expect(random.permutation(40)).toEqual(expected.permutation);
    const items = list(30);
    random.shuffle(items);
    expect(items).toEqual(expected.shuffled);
    expect([random.gaussian(), random.uniform(), random.gaussian(), random.gaussian()]).toEqual(expected.mixed);
    expect([...numpyRandom(expected.seed).gaussians(5)]).toEqual(expected.normals);
  });

  it.each(golden.numpy)('gives the first 1,000 normals of RandomState($seed) to the bit of float32', (expected) => {
    const floats = Float32Array.from(numpyRandom(expected.seed).gaussians(1000));
    expect(createHash('sha256').update(floats).digest('hex')).toBe(expected.normals32);
  });

  it('gives the same float64 but where the C library of NumPy rounds its logarithm wrongly', () => {
    const different = golden.numpy.flatMap(({ seed }, row) =>
      [...numpyRandom(seed).gaussians(1000)].filter((value, index) => value !== normals[row * 1000 + index]),
    );
    expect(different.length).toBeLessThanOrEqual(10);
    golden.numpy.forEach(({ seed }, row) => {
      numpyRandom(seed)
        .gaussians(1000)
        .forEach((value, index) => {
          expect(Math.abs(value / normals[row * 1000 + index]! - 1)).toBeLessThanOrEqual(2 ** -52);
        });
    });
  });

  it('refuses seeds and ranges that NumPy refuses', () => {
    for (const seed of [-1, 2 ** 32, 1.5, Number.NaN]) expect(() => numpyRandom(seed)).toThrow('a seed is');
    const random = numpyRandom(0);
    for (const [low, high] of [
      [1, 1],
      [2, 1],
      [0, 2 ** 32 + 1],
      [0.5, 2],
    ] as const) {
      expect(() => random.integer(low, high)).toThrow('no integer');
    }
  });
});

describe('correctLogarithm', () => {
  it('is the nearest double', () => {
    const wrong = golden.logarithm.filter(([x, expected]) => correctLogarithm(x) !== expected);
    expect(wrong).toEqual([]);
  });
});

describe('randomFrom', () => {
  const forked = ([seed, ...labels]: Golden['own'][number]['labels']): Random =>
    labels.reduce((random, label) => random.fork(label), randomFrom(seed));

  it.each(golden.own)('gives the stream of $labels', ({ labels, uniform, gaussian }) => {
    const random = forked(labels);
    expect(list(5).map(random.uniform)).toEqual(uniform);
    // The logarithm is the machine's own, within a unit in the last place of the right one.
    for (const expected of gaussian) expect(Math.abs(random.gaussian() / expected - 1)).toBeLessThan(2 ** -50);
  });

  it('goes on from a saved state with the same bits, also between the two numbers of a pair', () => {
    const random = randomFrom('state');
    random.gaussians(3);
    const restored = restoreRandom(JSON.parse(JSON.stringify(random.state())));
    const draw = ({ gaussian, uniform, below, fork }: Random) => [
      gaussian(),
      uniform(),
      below(1000),
      fork('a').uniform(),
    ];
    expect(draw(restored)).toEqual(draw(random));
    expect(restored.state()).toEqual(random.state());
  });

  it('forks by label alone', () => {
    const random = randomFrom(1);
    const before = random.fork('x').uniform();
    random.uniform();
    expect(random.fork('x').uniform()).toBe(before);
    expect(
      new Set([before, random.fork('y').uniform(), random.fork(1).uniform(), random.fork('1').uniform()]).size,
    ).toBe(4);
  });

  it('draws whole numbers evenly, up to 2^32', () => {
    const random = randomFrom(2);
    const counts = new Array<number>(6).fill(0);
    for (let draw = 0; draw < 60_000; draw++) counts[random.below(6)]! += 1;
    // Chi-squared with 5 degrees of freedom; its 0.999 quantile is 20.5.
    expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(20.5);
    expect(random.below(1)).toBe(0);
    expect(list(100).some(() => random.below(2 ** 32) > 2 ** 31)).toBe(true);
    for (const limit of [0, -1, 1.5, 2 ** 32 + 1]) expect(() => random.below(limit)).toThrow('no whole number');
  });

  it('draws normal numbers with the moments of the normal distribution', () => {
    const values = randomFrom(3).gaussians(100_000);
    const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / values.length;
    expect(Math.abs(moment(1))).toBeLessThan(0.01);
    expect(Math.abs(moment(2) - 1)).toBeLessThan(0.015);
    expect(Math.abs(moment(3))).toBeLessThan(0.03);
    expect(Math.abs(moment(4) - 3)).toBeLessThan(0.12);
  });

  it('gives the same normal numbers one by one and together', () => {
    const [one, many] = [randomFrom(8), randomFrom(8)];
    expect([...many.gaussians(7)]).toEqual(list(7).map(() => Math.fround(one.gaussian())));
    expect(many.state()).toEqual(one.state());
  });

  it('permutes the numbers below a count', () => {
    const random = randomFrom(5);
    const [first, second] = [random.permutation(60), random.permutation(60)];
    expect([...first].sort((a, b) => a - b)).toEqual(list(60));
    expect(second).not.toEqual(first);
    expect(random.permutation(0)).toHaveLength(0);
  });

  it('shuffles to every order about equally often', () => {
    const random = randomFrom(4);
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 6000; draw++) {
      const items = ['a', 'b', 'c'];
      random.shuffle(items);
      counts.set(items.join(''), (counts.get(items.join('')) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it.each([
    [null],
    [{ key: 'a', words: [1, 2, 3, 4], spare: null }],
    [{ key: 'a'.repeat(64), words: [0, 0, 0, 0], spare: null }],
    [{ key: 'a'.repeat(64), words: [1, 2, 3, 2 ** 32], spare: null }],
    [{ key: 'a'.repeat(64), words: [1, 2, 3, 4], spare: 'x' }],
  ])('refuses the state %j', (state) => {
    expect(() => restoreRandom(state)).toThrow('state of a random generator');
  });
});
