// The family `acquisition`: blurred, noisy, flat and over-exposed images stand out from normals, on either side; values of measures.
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { openAcquisition } from '../../src-main/scoring/acquisition/acquisition-scorer.ts';
import { measureAcquisition } from '../../src-main/scoring/acquisition/measures.ts';
import type { FamilyContext } from '../../src-main/scoring/family.ts';
import { KeptLooks } from '../../src-main/scoring/kept/kept-looks.ts';

const side = 64;
const context: FamilyContext = {
  network: null,
  networkFile: null,
  device: 'cpu',
  channels: 1,
  side,
  localiser: async () => {
    throw new Error('no localiser');
  },
  trunk: () => Promise.reject(new Error('no trunk is needed')),
  keep: new KeptLooks(null).keep,
  parameters: {},
};

/** A bright disc with ribs on a dark ground, and noise of standard deviation 3: levels 0..255. */
function normal(index: number): Float32Array {
  const random = randomFrom('acquisition').fork(String(index));
  const [x0, y0, radius] = [30 + 4 * random.uniform(), 30 + 4 * random.uniform(), 22 + 3 * random.uniform()];
  const noise = random.gaussians(side * side);
  return Float32Array.from({ length: side * side }, (_, at) => {
    const [x, y] = [at % side, Math.floor(at / side)];
    const inside = 1 / (1 + Math.exp((Math.hypot(x - x0, y - y0) - radius) * 2));
    return 40 + inside * (120 + 25 * Math.sin(y / 2)) + 3 * noise[at]!;
  });
}

const inModelSpace = (levels: Float32Array): Float32Array =>
  levels.map((level) => Math.min(255, Math.max(0, level)) / 127.5 - 1);

function blurred(levels: Float32Array): Float32Array {
  return levels.map((_, at) => {
    const [x, y] = [at % side, Math.floor(at / side)];
    let [sum, count] = [0, 0];
    for (let v = Math.max(0, y - 2); v <= Math.min(side - 1, y + 2); v++)
      for (let u = Math.max(0, x - 2); u <= Math.min(side - 1, x + 2); u++) {
        sum += levels[v * side + u]!;
        count++;
      }
    return sum / count;
  });
}

describe('the family acquisition', () => {
  it('ranks each kind of bad image above every normal, by its own score', async () => {
    const scorer = await openAcquisition(context);
    for (let index = 0; index < 40; index++) await scorer.learn(inModelSpace(normal(index)));
    await scorer.fit();
    const usual = Array.from({ length: 20 }, (_, index) => normal(100 + index));
    const one = normal(200);
    const noise = randomFrom('acquisition')
      .fork('noise')
      .gaussians(side * side);
    const odd = {
      sharpness: blurred(one),
      noise: one.map((level, at) => level + 12 * noise[at]!),
      contrast: one.map((level) => 110 + (level - 110) / 4),
      exposure: one.map((level) => level + 70),
    } as const;
    const results = await scorer.score([...usual, ...Object.values(odd)].map(inModelSpace), () => {});
    for (const [index, name] of Object.keys(odd).entries()) {
      const values = results.map((result) => result.values[name]!);
      const highest = Math.max(...values.slice(0, usual.length));
      expect({ name, apart: values[usual.length + index]! > 1.5 * highest }).toEqual({ name, apart: true });
    }
    expect(results[0]!.map).toBeNull();
  });

  it('refuses normals that are copies of one image', async () => {
    const scorer = await openAcquisition(context);
    for (let copy = 0; copy < 6; copy++) await scorer.learn(inModelSpace(normal(0)));
    await expect(scorer.fit()).rejects.toMatchObject({ kind: 'usage' });
  });

  it('needs a few normals', async () => {
    const scorer = await openAcquisition(context);
    await scorer.learn(inModelSpace(normal(0)));
    await expect(scorer.fit()).rejects.toMatchObject({ kind: 'usage' });
  });

  it('measures noise in levels, whatever lies under it', () => {
    const gaussians = randomFrom('acquisition')
      .fork('measure')
      .gaussians(side * side);
    for (const deviation of [2, 8]) {
      const slope = gaussians.map((value, at) => 60 + (at % side) + deviation * value);
      const { noise } = measureAcquisition({ side, levels: slope });
      expect(Math.exp(noise) / deviation).toBeGreaterThan(0.8);
      expect(Math.exp(noise) / deviation).toBeLessThan(1.1);
    }
  });

  it('is finite for an image of one level', () => {
    const measures = measureAcquisition({ side, levels: new Float32Array(side * side).fill(7) });
    expect(Object.values(measures).every(Number.isFinite)).toBe(true);
    expect(measures.exposure).toBe(7);
  });
});
