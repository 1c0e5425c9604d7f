// A seeded choice of the normal images that something is learned from.
import type { Recipe } from '../archive/recipe.ts';
import { Problem } from '../platform/errors.ts';
import { randomFrom } from '../platform/random/random.ts';
import { fewestNormals as fewestCalibrated } from '../statistics/anomaly.ts';
import { shortIdentity } from '../training/held-out.ts';
import type { ImageSource, SourceImage } from './image-source.ts';

/** At most `count` of the source's images, in an order that the source's alone decides. */
export function chooseNormals({ images }: ImageSource, count: number): readonly SourceImage[] {
  const shuffled = Array.from(randomFrom(123).fork('normals').permutation(images.length));
  return shuffled.slice(0, count).map((index) => images[index]!);
}

/** Enough to calibrate with, however many normals there are. */
const mostHeldOut = 1000;
/** With fewer left to learn from, families would be worse by what calibration is worth. */
const fewestLearned = 100;

/**
 * Divides normals into those that are learned from, at most `count`, and those that only calibrate. A network that was trained
 * on normals names some that it has not learned from (`heldOut`): where the source has enough of them, they calibrate. Else a
 * fifth of the patients does, by the seed, where at least 100 images remain to learn from; with fewer nobody.
 */
export function holdOutNormals(
  { images }: ImageSource,
  { count, fewest, heldOut }: { readonly count: number; readonly fewest: number; readonly heldOut: readonly string[] },
): { readonly learned: readonly SourceImage[]; readonly calibration: readonly SourceImage[] } {
  const order = Array.from(randomFrom(123).fork('normals').permutation(images.length), (index) => images[index]!);
  const named = new Set(heldOut);
  const known = order.filter(({ content }) => content !== undefined && named.has(shortIdentity(content)));
  const chosen = known.length >= fewest ? known : fifthOfPatients(order, fewest);
  const calibration = new Set(chosen.slice(0, mostHeldOut));
  const held = new Set(chosen);
  return { learned: order.filter((image) => !held.has(image)).slice(0, count), calibration: [...calibration] };
}

/** Images of whole patients, a fifth of all and at least `fewest`, or none where too few would remain. Of unknown patients a file is one: slices of a volume stay together. */
function fifthOfPatients(order: readonly SourceImage[], fewest: number): readonly SourceImage[] {
  const wanted = Math.max(fewest, Math.min(mostHeldOut, Math.floor(order.length / 5)));
  const groups = Map.groupBy(order, ({ id, patient, content }) => patient ?? content?.sha256 ?? id);
  const chosen: SourceImage[] = [];
  for (const group of groups.values()) {
    if (chosen.length >= wanted) break;
    if (order.length - chosen.length - group.length >= fewestLearned) chosen.push(...group);
  }
  return chosen.length < fewest ? [] : chosen;
}

/** Normals that are reconstructed to calibrate: an encoder's pass costs little, an optimisation as much as an image that is looked for. */
export const mostCalibrated = { encoder: 256, optimise: 48 } as const;

/** How many normals are reconstructed to calibrate a run on `images` images: by optimisation no more than these, if that is enough. */
export const calibrationSize = (images: number, inverse: keyof typeof mostCalibrated): number =>
  inverse === 'encoder'
    ? mostCalibrated.encoder
    : Math.max(fewestCalibrated, Math.min(mostCalibrated.optimise, images));

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
