// Training images that another process holds: asked for in batches, and ahead of time.
import type { Label } from '../archive/dataset-zip.ts';
import { labelVectors, withoutLabels } from './labels.ts';
import type { TrainingImages } from './training-images.ts';

/** What is known of images before any of them is here. */
export interface RemoteShape {
  readonly count: number;
  readonly resolution: number;
  readonly channels: 1 | 3;
  /** One per image; null without labels. */
  readonly labels: readonly Label[] | null;
}

/** `fetch` answers images by their numbers, each [C, R, R] in -1..1. */
export function remoteImages(
  { labels, ...shape }: RemoteShape,
  fetch: (numbers: readonly number[]) => Promise<readonly Float32Array[]>,
): TrainingImages {
  const coming = new Map<number, Promise<Float32Array>>();
  const ask = (numbers: readonly number[]) => {
    const answer = fetch(numbers);
    for (const [place, number] of numbers.entries()) {
      const image = answer.then((images) => images[place]!);
      // A failure is thrown where the image is used, not before.
      image.catch(() => {});
      coming.set(number, image);
    }
  };
  const vectors = labels === null ? withoutLabels : labelVectors(labels, (index) => `image ${index}`);
  return {
    ...shape,
    labelSize: vectors.size,
    label: vectors.of,
    expect: (numbers) => {
      const missing = [...new Set(numbers)].filter((number) => !coming.has(number));
      if (missing.length > 0) ask(missing);
    },
    image: async (number) => {
      if (!coming.has(number)) ask([number]);
      const image = coming.get(number)!;
      coming.delete(number);
      return image;
    },
  };
}
