// Scores images by one-pass families against normals, in an engine process.
import { toGrey8 } from '../archive/grey.ts';
import type { Recipe } from '../archive/recipe.ts';
import type {
  FamiliesItem,
  FamiliesParameters,
  FamiliesPart,
  FamiliesPixels,
  FamiliesResult,
  FamiliesSupplier,
  HeldOutScores,
} from '../engine/protocol.ts';
import { withEngine } from '../engine/start-engine.ts';
import { canonicalJson } from '../platform/canonical-json.ts';
import type { JobControl } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';
import { version } from '../platform/version.ts';
import { familyNamed } from '../scoring/families.ts';
import { contentKey } from '../scoring/kept/kept-looks.ts';
import { fewestNormals } from '../statistics/anomaly.ts';
import { ImageFeed, type ImageSource, type ResultSink, type SourceImage } from './image-source.ts';
import { holdOutNormals } from './normals.ts';

/** More normals than this tell little more and cost memory: a seeded choice of them is learned from. */
const normalsUsed = 4000;

export interface FamiliesOrder
  extends Pick<
    FamiliesParameters,
    'families' | 'settings' | 'networkFile' | 'localiserFile' | 'weightsFolder' | 'device' | 'keptFolder'
  > {
  readonly recipe: Recipe;
  /** How images become the input of the StyleGAN2 network, where that is not `recipe`. */
  readonly networkRecipe: Recipe | null;
  /** Normals that the localiser has not learned from, by `shortIdentity`. */
  readonly heldOut: readonly string[];
  /** Whether normals are held out to calibrate `anomaly` with. */
  readonly calibrates: boolean;
}

export interface FamiliesStart {
  /** How many normals are learned from, and how many are held out to calibrate. */
  readonly normals: number;
  readonly calibration: number;
}

export interface FamiliesSink extends ResultSink<FamiliesStart, FamiliesResult> {
  readonly putCalibration: (normals: readonly HeldOutScores[]) => void;
  readonly skipNormal: (error: unknown) => void;
}

/** Scores every image of `source` that `sink` does not have. A normal that cannot be read is left out, told to `sink.skipNormal`. */
export async function scoreFamilies(
  { recipe, networkRecipe, heldOut, calibrates, ...order }: FamiliesOrder,
  source: ImageSource,
  normals: ImageSource,
  sink: FamiliesSink,
  launch: Launcher,
  control: JobControl,
): Promise<void> {
  const choice = { count: normalsUsed, fewest: calibrates ? fewestNormals : Number.POSITIVE_INFINITY, heldOut };
  const { learned, calibration } = holdOutNormals(normals, choice);
  await sink.start({ normals: learned.length, calibration: calibration.length });
  const recipes = networkRecipe === null ? [recipe] : [recipe, networkRecipe];
  // A normal is left out where an image is skipped.
  const normalSink = { has: () => false, skip: (_: SourceImage, error: unknown) => sink.skipNormal(error) };
  const looksAtOriginals = order.families.some((name) => familyNamed(name)?.looksAtOriginals === true);
  const originalOf = async (from: ImageSource, image: SourceImage) => {
    const decoded = await from.read(image);
    return { width: decoded.width, height: decoded.height, data: toGrey8(decoded) };
  };
  const partOf = (from: ImageSource, to: Pick<typeof sink, 'has' | 'skip'>) => ({
    images: new Map(from.images.map((image) => [image.id, image])),
    feed: new ImageFeed<FamiliesItem>(from, to, async (image) => ({
      id: image.id,
      keys: await keysOf(from, image, recipes),
      mask: await from.readSegmentation?.(image, recipe),
    })),
    read: (images: readonly SourceImage[]) =>
      new ImageFeed<FamiliesPixels>({ ...from, images }, to, async (image) => ({
        id: image.id,
        targets: await Promise.all(recipes.map((each) => from.readModelSpace(image, each))),
        original: looksAtOriginals && to === sink ? await originalOf(from, image) : undefined,
      })).next(images.length),
  });
  const parts = {
    normals: partOf({ ...withoutMasks(normals), images: learned }, normalSink),
    calibration: partOf({ ...withoutMasks(normals), images: calibration }, normalSink),
    images: partOf(source, sink),
  } satisfies Record<FamiliesPart, unknown>;
  await withEngine<FamiliesSupplier, null>(
    launch,
    {
      'families.calibrated': (scored) => {
        sink.putCalibration(scored);
        return null;
      },
      'families.next': ({ part, count }) => parts[part].feed.next(count),
      'families.read': ({ part, ids }) => parts[part].read(ids.map((id) => parts[part].images.get(id)!)),
      'families.store': async (results) => {
        await sink.put(results);
        return null;
      },
    },
    (engine) =>
      engine.call(
        'families',
        {
          ...order,
          spaces: recipes.map(({ channels, resolution }) => ({ channels, side: resolution })),
          networkSpace: recipes.length - 1,
          normals: learned.length,
          calibration: calibration.length,
          total: source.images.length,
        },
        control,
      ),
  );
}

/** For each recipe the key of what it makes of an image by this version of the program. */
async function keysOf(
  source: ImageSource,
  image: SourceImage,
  recipes: readonly Recipe[],
): Promise<readonly string[] | undefined> {
  const content = await source.contentOf?.(image);
  return content && recipes.map((recipe) => contentKey(canonicalJson({ content, recipe, version })));
}

/** Normals are learned from as a whole. */
function withoutMasks({ readSegmentation: _, ...source }: ImageSource): ImageSource {
  return source;
}
