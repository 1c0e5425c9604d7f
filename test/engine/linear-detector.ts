// A detector without published weights: fixed linear features of the levels, and probabilities of two classes.
import type { Levels } from '../../src-main/archive/recipe.ts';
import type { Detector } from '../../src-main/engine/quality/detector.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';

/** `width` features; `shown` counts the images it has seen. */
export function linearDetector(width: number, batch = 4): Detector & { readonly shown: { images: number } } {
  const random = randomFrom('linear detector');
  const weights = random.gaussians(width * 4096);
  const shown = { images: 0 };
  return {
    width,
    classes: 2,
    batch,
    shown,
    see: async (images) => {
      shown.images += images.length;
      const features = Float32Array.from({ length: images.length * width }, (_, i) =>
        product(images[Math.floor(i / width)]!, weights, i % width, width),
      );
      const probabilities = Float32Array.from({ length: images.length * 2 }, (_, i) => {
        const first = 1 / (1 + Math.exp(-features[Math.floor(i / 2) * width]!));
        return i % 2 === 0 ? first : 1 - first;
      });
      return { features, probabilities };
    },
    release: async () => {},
  };
}

function product({ data }: Levels, weights: Float32Array, column: number, width: number): number {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += (data[i]! / 255) * weights[(i * width + column) % weights.length]!;
  return sum;
}
