// Benchmark: the Wasserstein patch map of a 512x512 image with 32x32 windows (the published script takes 54 s).
import { wassersteinSums } from '../../src-main/scoring/wasserstein-sums.ts';
import type { Measure } from './measure.ts';

const side = 512;

/** Smooth anatomy-like image plus noise of the given strength, and its smoother reconstruction; or pure noise. */
function imagePair(noise: number) {
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
  const draw = (strength: number) => {
    const data = new Uint8Array(side * side);
    for (let i = 0; i < data.length; i++) {
      const smooth = 127 + 90 * Math.sin((i % side) / 40) * Math.cos(Math.floor(i / side) / 50);
      data[i] = (1 - noise) * smooth + strength * 255 * random();
    }
    return { width: side, height: side, data };
  };
  return { original: draw(noise), reconstruction: draw(noise === 1 ? 1 : noise / 4) };
}

/** One row per case: seconds of the median of five runs after the first. */
export async function run(): Promise<readonly Measure[]> {
  return [
    { name: 'WD patch map 512x512, 32x32 windows, smooth image', noise: 0.1 },
    { name: 'WD patch map 512x512, 32x32 windows, pure noise', noise: 1 },
  ].map(({ name, noise }) => {
    const { original, reconstruction } = imagePair(noise);
    const seconds = Array.from({ length: 6 }, () => {
      const start = performance.now();
      wassersteinSums(original, reconstruction, 32);
      return (performance.now() - start) / 1000;
    });
    return { name, value: seconds.slice(1).sort((a, b) => a - b)[2]!, unit: 's', target: 0.1 };
  });
}
