// What the programs of a training are fed with: mixing of styles, mirrored images, labels; and the order of images.
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { drawLabels, phaseFeeds, realBatch } from '../../src-main/training/feeds.ts';
import { Sampler } from '../../src-main/training/sampler.ts';
import { discs } from './tiny-training.ts';

const images = discs(6, true);

describe('style mixing', () => {
  const layers = 6;
  const draw = async (styleMixingProbability: number, count: number) => {
    const random = randomFrom(3);
    const real = await realBatch(images, [0]);
    const inputs = [{ name: 'second', shape: [layers] }];
    return Array.from({ length: count }, () => {
      const { second } = phaseFeeds(
        inputs,
        { real, images, keep: false, styleMixingProbability, augmentation: null },
        random,
      );
      return second!.join('');
    });
  };

  it('never happens with probability 0', async () => {
    expect(new Set(await draw(0, 50))).toEqual(new Set(['000000']));
  });

  it('takes the second code from some layer after the first on, each equally often', async () => {
    const drawn = await draw(1, 5000);
    const counts = Object.fromEntries(['000001', '000011', '000111', '001111', '011111'].map((key) => [key, 0]));
    for (const key of drawn) counts[key]!++;
    for (const count of Object.values(counts)) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });

  it('happens as often as its probability says', async () => {
    const drawn = await draw(0.9, 5000);
    expect(drawn.filter((key) => key === '000000').length / 5000).toBeCloseTo(0.1, 1.5);
  });
});

describe('a batch of real images', () => {
  it('holds images by number, mirrored from the count on, with their labels', async () => {
    const batch = await realBatch(images, [1, 7]);
    const [straight, mirrored] = [batch.images.subarray(0, 64), batch.images.subarray(64)];
    expect(straight).toEqual(await images.image(1));
    for (let row = 0; row < 8; row++) {
      const line = (of: Float32Array) => of.slice(row * 8, row * 8 + 8);
      expect(line(mirrored)).toEqual(line(straight).reverse());
    }
    expect([...batch.labels]).toEqual([0, 1, 0, 1]);
  });

  it('is judged under its own labels, generated images under those of random training images', async () => {
    const real = await realBatch(images, [0, 2]);
    const inputs = ['real', 'real c', 'c', 'keep gradient'].map((name) => ({ name, shape: [2, 2] }));
    const given = { real, images, keep: true, styleMixingProbability: 0, augmentation: null };
    const feeds = phaseFeeds(inputs, given, randomFrom(4));
    expect(feeds).toMatchObject({ real: real.images, 'real c': Float32Array.of(1, 0, 1, 0) });
    expect(feeds['keep gradient']).toEqual(Float32Array.of(1));
    expect(feeds.c).toEqual(drawLabels(images, 2, randomFrom(4)));
    const many = drawLabels(images, 1000, randomFrom(4));
    const first = many.filter((_, i) => i % 2 === 0).reduce((a, b) => a + b, 0);
    expect(first / 1000).toBeCloseTo(0.5, 1);
  });
});

describe('the sampler', () => {
  it('shows every image once per pass, each pass in another order', () => {
    const sampler = new Sampler(50, 7);
    const passes = Array.from({ length: 3 }, () => Array.from({ length: 50 }, () => sampler.next()));
    const all = Array.from({ length: 50 }, (_, i) => i);
    for (const pass of passes) expect(pass.toSorted((a, b) => a - b)).toEqual(all);
    expect(new Set(passes.map((pass) => pass.join())).size).toBe(3);
  });

  it('goes on from its state', () => {
    const sampler = new Sampler(9, 7);
    for (let i = 0; i < 13; i++) sampler.next();
    const copy = new Sampler(9, JSON.parse(JSON.stringify(sampler.state)));
    expect(Array.from({ length: 40 }, () => copy.next())).toEqual(Array.from({ length: 40 }, () => sampler.next()));
  });
});
