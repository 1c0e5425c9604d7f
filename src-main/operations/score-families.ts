// Scores images by one-pass families against normals, in an engine process.
import type { Recipe } from '../archive/recipe.ts';
import type {
  FamiliesItem,
  FamiliesParameters,
  FamiliesResult,
  FamiliesSupplier,
  HeldOutScores,
} from '../engine/protocol.ts';
import { withEngine } from '../engine/start-engine.ts';
import type { JobControl } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';
import { fewestNormals } from '../statistics/anomaly.ts';
import { ImageFeed, type ImageSource, type ResultSink, type SourceImage } from './image-source.ts';
import { holdOutNormals } from './normals.ts';

/** More normals than this tell little more and cost memory: a seeded choice of them is learned from. */
const normalsUsed = 4000;

export interface FamiliesOrder
  extends Pick<
    FamiliesParameters,
    'families' | 'settings' | 'networkFile' | 'localiserFile' | 'weightsFolder' | 'device'
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
  const itemOf =
    (from: ImageSource) =>
    async (image: SourceImage): Promise<FamiliesItem> => ({
      id: image.id,
      targets: await Promise.all(recipes.map((each) => from.readModelSpace(image, each))),
    });
  const feedOf = (images: readonly SourceImage[]): ImageFeed<FamiliesItem> =>
    new ImageFeed(
      { ...normals, images },
      { has: () => false, skip: (_, error) => sink.skipNormal(error) },
      itemOf(normals),
    );
  const [normalFeed, calibrationFeed] = [feedOf(learned), feedOf(calibration)];
  const feed = new ImageFeed(source, sink, async (image) => ({
    ...(await itemOf(source)(image)),
    mask: await source.readSegmentation?.(image, recipe),
  }));
  await withEngine<FamiliesSupplier, null>(
    launch,
    {
      'families.normals': ({ count }) => normalFeed.next(count),
      'families.calibration': ({ count }) => calibrationFeed.next(count),
      'families.calibrated': (scored) => {
        sink.putCalibration(scored);
        return null;
      },
      'families.next': ({ count }) => feed.next(count),
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
