// Scores images by one-pass families against normals, in an engine process.
import type { Recipe } from '../archive/recipe.ts';
import type { FamiliesParameters, FamiliesResult, FamiliesSupplier } from '../engine/protocol.ts';
import { withEngine } from '../engine/start-engine.ts';
import type { JobControl } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';
import { ImageFeed, type ImageSource, type ResultSink } from './image-source.ts';
import { chooseNormals } from './normals.ts';

/** More normals than this tell little more and cost memory: a seeded choice of them is learned from. */
const normalsUsed = 4000;

export interface FamiliesOrder
  extends Pick<FamiliesParameters, 'families' | 'settings' | 'networkFile' | 'weightsFolder' | 'device'> {
  readonly recipe: Recipe;
}

export interface FamiliesStart {
  /** How many normals are learned from. */
  readonly normals: number;
}

/** Scores every image of `source` that `sink` does not have. A normal that cannot be read is left out, told to `sink.skipNormal`. */
export async function scoreFamilies(
  { recipe, ...order }: FamiliesOrder,
  source: ImageSource,
  normals: ImageSource,
  sink: ResultSink<FamiliesStart, FamiliesResult> & { readonly skipNormal: (error: unknown) => void },
  launch: Launcher,
  control: JobControl,
): Promise<void> {
  const learned = chooseNormals(normals, normalsUsed);
  await sink.start({ normals: learned.length });
  const normalFeed = new ImageFeed(
    { ...normals, images: learned },
    { has: () => false, skip: (_, error) => sink.skipNormal(error) },
    (image) => normals.readModelSpace(image, recipe),
  );
  const feed = new ImageFeed(source, sink, async (image) => ({
    id: image.id,
    target: await source.readModelSpace(image, recipe),
  }));
  await withEngine<FamiliesSupplier, null>(
    launch,
    {
      'families.normals': ({ count }) => normalFeed.next(count),
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
          channels: recipe.channels,
          side: recipe.resolution,
          normals: learned.length,
          total: source.images.length,
        },
        control,
      ),
  );
}
