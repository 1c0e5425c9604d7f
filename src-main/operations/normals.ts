// A seeded choice of the normal images that something is learned from.
import type { Recipe } from '../archive/recipe.ts';
import { Problem } from '../platform/errors.ts';
import { randomFrom } from '../platform/random/random.ts';
import type { ImageSource, SourceImage } from './image-source.ts';

/** At most `count` of the source's images, in an order that the source's alone decides. */
export function chooseNormals({ images }: ImageSource, count: number): readonly SourceImage[] {
  const shuffled = Array.from(randomFrom(123).fork('normals').permutation(images.length));
  return shuffled.slice(0, count).map((index) => images[index]!);
}

/** The first `count` of them that can be read, in model space. Throws `missing` when none can. */
export async function readNormals(
  source: ImageSource,
  count: number,
  recipe: Recipe,
): Promise<readonly Float32Array[]> {
  const found: Float32Array[] = [];
  for (const image of chooseNormals(source, source.images.length)) {
    if (found.length === count) break;
    const model = await source.readModelSpace(image, recipe).catch(() => undefined);
    if (model !== undefined) found.push(model);
  }
  if (found.length === 0) throw new Problem('missing', { what: 'normal images that can be read', name: source.name });
  return found;
}
