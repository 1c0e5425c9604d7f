// Projects images into the latent space of a network, in an engine process.
import { publishedRecipe, type Recipe, withUnknownRescale } from '../archive/recipe.ts';
import type { ProjectParameters, ProjectResult, ProjectStart, ProjectSupplier } from '../engine/protocol.ts';
import { withEngine } from '../engine/start-engine.ts';
import type { JobControl } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';
import { ImageFeed, type ImageSource, type ResultSink } from './image-source.ts';
import { readNormals } from './normals.ts';

/** Of the normals: enough for a stable mean square. */
const normalsUsed = 256;

/** The recipe of a network as it is stored with it, or as the published projector prepares a target. */
const recipeFor = ({ recipe, resolution, channels }: ProjectStart): Recipe =>
  recipe ?? publishedRecipe(resolution, channels);

/**
 * Projects every image of `source` that `sink` does not have, and scores what is missed unless `scoring` is null. The loss
 * `discriminator` is balanced on `normals`. Throws `missing` for a loss or normals that are not there.
 */
export async function projectImages(
  parameters: Omit<ProjectParameters, 'total'>,
  source: ImageSource,
  normals: ImageSource | null,
  sink: ResultSink<ProjectStart, ProjectResult>,
  launch: Launcher,
  control: JobControl,
): Promise<void> {
  let recipe: Recipe;
  const wantsSegmentation = parameters.scoring?.regions.includes('mask') ?? false;
  const feed = new ImageFeed(source, sink, async (image) => {
    const target = await source.readModelSpace(image, recipe);
    const segmentation = wantsSegmentation ? await source.readSegmentation?.(image, recipe) : undefined;
    return segmentation === undefined ? { id: image.id, target } : { id: image.id, target, segmentation };
  });
  await withEngine<ProjectSupplier, null>(
    launch,
    {
      'project.start': async (start) => {
        recipe = withUnknownRescale(recipeFor(start), parameters.unknownRescale);
        await sink.start(start);
        return null;
      },
      'project.normals': async () => (normals === null ? [] : readNormals(normals, normalsUsed, recipe)),
      'project.next': ({ count }) => feed.next(count),
      'project.store': async (results) => {
        await sink.put(results);
        return null;
      },
    },
    (engine) => engine.call('project', { ...parameters, total: source.images.length }, control),
  );
}
