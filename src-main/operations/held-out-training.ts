// What an engine is told of a training that holds normals out, and the images that it asks back for.
import type { Recipe } from '../archive/recipe.ts';
import { version } from '../platform/version.ts';
import { shortIdentity } from '../training/held-out.ts';
import type { RemoteShape } from '../training/remote-images.ts';
import { toJson } from '../training/run-folder.ts';
import type { TrainingSet } from '../training/training-set.ts';

/** Images, recipe, and a provenance that names the normals that are not learned from, `heldOut` by their numbers. */
export function heldOutOrder<C extends object>(set: TrainingSet, configuration: C, heldOut: Uint32Array) {
  const { recipe, count } = set;
  const { resolution, channels } = recipe;
  const images: RemoteShape = { count, resolution, channels, labels: null };
  const names = Array.from(heldOut, (index) => shortIdentity(set.identityOf(index)));
  const provenance = { program: `Residua ${version}`, configuration: toJson(configuration), heldOut: names };
  return { configuration, images, recipe: recipe satisfies Recipe, provenance };
}

/** Answers the engine's questions for images by their numbers. */
export const imagesOf =
  (set: TrainingSet) =>
  (numbers: readonly number[]): Promise<Float32Array[]> =>
    Promise.all(numbers.map(set.image));
