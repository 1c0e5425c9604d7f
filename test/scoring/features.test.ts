// The family `features`: what stands out by the bundled network, and what trunks promise to families.
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import type { FamilyContext } from '../../src-main/scoring/family.ts';
import { openFeatures } from '../../src-main/scoring/features/features-scorer.ts';
import { grid, type Trunk, trunkPool } from '../../src-main/scoring/features/trunk.ts';
import { openTrunk } from '../../src-main/scoring/features/trunks.ts';
import { KeptLooks } from '../../src-main/scoring/kept/kept-looks.ts';
import type { TrunkName } from '../../src-preload/parameters/features.ts';

const side = 32;
const network = {
  network: null,
  networkFile: null,
  weightsFolder: '/nowhere',
  device: 'cpu',
  channels: 1,
  side,
} as const;

function contextOf(trunk: FamilyContext['trunk'], trunkChannels = 40, { keep } = new KeptLooks(null)): FamilyContext {
  const localiser = async () => {
    throw new Error('no localiser');
  };
  return { ...network, trunk, keep, localiser, parameters: { trunk: 'photographs', trunkChannels, trunkSeed: 0 } };
}

/** A bright disc with ribs on a dark ground, a little different each time: model space. */
function normal(index: number): Float32Array {
  const random = randomFrom('features').fork(String(index));
  const [x0, y0, radius] = [14 + 3 * random.uniform(), 14 + 3 * random.uniform(), 10 + 2 * random.uniform()];
  const noise = random.gaussians(side * side);
  return Float32Array.from({ length: side * side }, (_, at) => {
    const [x, y] = [at % side, Math.floor(at / side)];
    const inside = 1 / (1 + Math.exp((Math.hypot(x - x0, y - y0) - radius) * 2));
    return -0.7 + inside * (0.9 + 0.2 * Math.sin(y)) + 0.02 * noise[at]!;
  });
}

/** A small bright square where the normals have none: lower left. */
const withSquare = (image: Float32Array): Float32Array =>
  image.map((value, at) => (at % side < 6 && Math.floor(at / side) >= side - 6 ? 0.9 : value));

describe('the family features', () => {
  it('tells odd images from normals by the bundled network, and shows where', async () => {
    const pool = trunkPool((name) => openTrunk(name, network));
    const looks = new KeptLooks(null);
    const scorer = await openFeatures(contextOf(pool.trunk, 40, looks));
    const normals = Array.from({ length: 48 }, (_, index) => normal(index));
    await looks.lookAhead(normals);
    for (const image of normals) await scorer.learn(image);
    await scorer.fit();
    const usual = Array.from({ length: 12 }, (_, index) => normal(100 + index));
    const odd = [
      normal(200).map((value) => -value),
      normal(201).map((_, at) => normal(201)[(at % side) * side + Math.floor(at / side)]!),
      withSquare(normal(202)),
      new Float32Array(side * side).fill(-1),
    ];
    const results = await scorer.score([...usual, ...odd], () => {});
    for (const name of ['feature PaDiM', 'feature PatchCore', 'feature PatchCore peak', 'feature pooled Mahalanobis']) {
      const values = results.map((result) => result.values[name]!);
      expect(values.every(Number.isFinite)).toBe(true);
      const highest = Math.max(...values.slice(0, usual.length));
      expect({ name, lowest: Math.min(...values.slice(usual.length)) > highest }).toEqual({ name, lowest: true });
    }
    const { map } = results[usual.length + 2]!;
    const highest = map!.indexOf(Math.max(...map!));
    expect(map).toHaveLength(grid * grid);
    expect([highest % grid <= 2, Math.floor(highest / grid) >= grid - 3]).toEqual([true, true]);
    // An image alone, and among others.
    const [alone] = await scorer.score([withSquare(normal(202))], () => {});
    expect(alone!.values['feature PaDiM']).toBeCloseTo(results[usual.length + 2]!.values['feature PaDiM']!, 6);
    await scorer.release();
    await pool.release();
  });

  it('needs a few normals, and normals that differ', async () => {
    const pool = trunkPool(async () => counting([]));
    const few = await openFeatures(contextOf(pool.trunk, 2));
    await few.learn(normal(0));
    await expect(few.fit()).rejects.toMatchObject({ kind: 'usage' });
    const copies = await openFeatures(contextOf(pool.trunk, 2));
    for (let copy = 0; copy < 20; copy++) await copies.learn(normal(0));
    await expect(copies.fit()).rejects.toMatchObject({ kind: 'usage' });
    await few.release();
    await copies.release();
  });
});

/** A trunk that notes how many images each call brings: its features are the image's first values. */
function counting(calls: number[]): Trunk {
  return {
    name: 'photographs',
    identity: 'first values',
    channels: 4,
    look: async (images) => {
      calls.push(images.length);
      return images.map((image) => image.slice(0, 4 * grid * grid));
    },
    release: async () => void calls.push(-1),
  };
}

describe('trunks of a run', () => {
  it('are opened once and released', async () => {
    const calls: number[] = [];
    const opened: TrunkName[] = [];
    const pool = trunkPool(async (name) => {
      opened.push(name);
      return counting(calls);
    });
    expect(await pool.trunk('photographs')).toBe(await pool.trunk('photographs'));
    await pool.release();
    expect({ opened, calls }).toEqual({ opened: ['photographs'], calls: [-1] });
  });

  it.each([
    ['discriminator', 'discriminator not found: no network'],
    ['resnet50', 'weights of resnet50 not found: /nowhere/resnet50'],
  ] as const)('say what is missing: %s', async (name, words) => {
    const { inWords } = await import('../../src-main/platform/words.ts');
    const error = await openTrunk(name, network).catch((error: unknown) => error);
    expect(inWords(error)).toContain(words);
  });
});
