// What a run left of an image: its reconstruction beside the image as the network saw it, and the score map.
import { z } from 'zod';
import type { Response } from '../../src-preload/contract.ts';
import type { Placement } from '../../src-preload/schemas/image.ts';
import { openImageFile } from '../archive/decode.ts';
import { decodeNpy } from '../archive/numpy-file.ts';
import { levelRange, type Recipe, recipeSchema, withUnknownRescale } from '../archive/recipe.ts';
import { squareGrey, targetBytes } from '../archive/target-bytes.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { type ImageRecord, imageRecord } from '../catalog/tables/images.ts';
import { getModel } from '../catalog/tables/models.ts';
import { getRun, type Run } from '../catalog/tables/runs.ts';
import { runFile } from '../catalog/tables/scores.ts';
import type { Decoder } from '../decoder/decoder-pool.ts';
import { Problem } from '../platform/errors.ts';
import type { Distance } from '../scoring/distances.ts';
import { mapRoleOf } from '../scoring/families.ts';
import { scoreMap, windowSums } from '../scoring/window-sums.ts';
import { readImage, readPrepared } from './catalog-images.ts';
import { mapRole, roles } from './image-results.ts';
import { readKept } from './kept-files.ts';
import { recipeOf } from './models.ts';
import { parametersOf, storedParameters } from './stored-parameters.ts';

/** The run that made the reconstructions which `run` scores: itself, or the one it rescored. */
function projectionOf(catalog: Catalog, run: Run): Run {
  if (run.kind !== 'score') return run;
  return getRun(catalog, parametersOf(run, storedParameters.score).projection);
}

/** The recipe that a run brought its images into model space with. Throws `missing` for a run without a recipe. */
export function recipeOfRun(catalog: Catalog, run: Run): Recipe {
  const projection = projectionOf(catalog, run);
  const { id, model, recipe } = projection;
  const stored = recipeSchema.safeParse(recipe);
  if (model === null && stored.success) return stored.data;
  if (model === null) throw new Problem('missing', { what: 'model', name: `of run ${id}` });
  // Read alone: the rest of the parameters may be those of another version, and does not matter here.
  const { unknownRescale } = storedParameters.project.shape.projecting.shape;
  const choice = z.object({ projecting: z.object({ unknownRescale }) }).safeParse(projection.parameters);
  return withUnknownRescale(recipeOf(getModel(catalog, model)), choice.data?.projecting.unknownRescale ?? 'refuse');
}

/** 8-bit reconstruction of an image, [R, R, C]. Throws `missing` when the run has none of it. */
export async function readReconstruction(
  catalog: Catalog,
  run: Run,
  image: number,
): Promise<Response<'images.reconstruction'>['reconstruction']> {
  const { id } = projectionOf(catalog, run);
  const path = runFile(catalog, image, id, roles.reconstruction);
  if (path === undefined) throw new Problem('missing', { what: 'reconstruction', name: `image ${image} in run ${id}` });
  const file = await openImageFile({ name: path, bytes: await readKept(catalog, path) });
  const { width, height, channels, samples } = await file.frame(0);
  return { width, height, channels, samples: Uint8Array.from(samples) };
}

/** Where the square that a recipe makes of an image lies in it, in its pixels; a padded square reaches beyond it. */
export function inStoredImage(
  { width, height }: Pick<ImageRecord, 'width' | 'height'>,
  { fit }: Pick<Recipe, 'fit'>,
): Placement {
  if (fit === 'squash') return { x: 0, y: 0, width, height };
  const side = (fit === 'crop' ? Math.min : Math.max)(width, height);
  return { x: Math.trunc((width - side) / 2), y: Math.trunc((height - side) / 2), width: side, height: side };
}

/** The image as the network saw it and its reconstruction, of equal size. */
export async function reconstructionOf(
  catalog: Catalog,
  decoder: Decoder,
  runId: number,
  image: number,
): Promise<Response<'images.reconstruction'>> {
  const run = getRun(catalog, runId);
  const reconstruction = await readReconstruction(catalog, run, image);
  const recipe = recipeOfRun(catalog, run);
  const { resolution: side, channels } = recipe;
  const [{ model }, decoded] = await Promise.all([
    // What an earlier version has scored is shown, whatever is refused today.
    readPrepared(catalog, decoder, image, withUnknownRescale(recipe, 'as-stored')),
    readImage(catalog, decoder, image),
  ]);
  const range = levelRange(decoded, recipe);
  const levels =
    range === null
      ? null
      : decoded.photometric === 'MONOCHROME1'
        ? { black: range.high, white: range.low }
        : { black: range.low, white: range.high };
  const original = { width: side, height: side, channels, samples: targetBytes(model, channels) };
  return { original, reconstruction, placement: inStoredImage(decoded, recipe), levels };
}

/** The score of every patch position: as kept by the run, else computed again. Throws `missing` without patch scores. */
export async function scoreMapOf(
  catalog: Catalog,
  decoder: Decoder,
  runId: number,
  image: number,
  distance: Distance,
): Promise<Response<'images.map'>> {
  const run = getRun(catalog, runId);
  const scoring = parametersOf(run, run.kind === 'score' ? storedParameters.score : storedParameters.project).scoring;
  if (scoring === null) throw new Problem('missing', { what: 'patch scores', name: `run ${runId}` });
  const { patchSize } = scoring;
  const path = runFile(catalog, image, runId, mapRole(distance));
  const recipe = recipeOfRun(catalog, run);
  const around = {
    patchSize,
    step: 1,
    side: recipe.resolution,
    placement: inStoredImage(imageRecord(catalog, image), recipe),
  };
  if (path !== undefined) {
    const { shape, data: values } = decodeNpy(await readKept(catalog, path), path);
    return { width: shape[1]!, height: shape[0]!, values, ...around };
  }
  const { original, reconstruction } = await reconstructionOf(catalog, decoder, runId, image);
  const [a, b] = [original, reconstruction].map(({ samples, channels }) => squareGrey(samples, channels));
  return { ...scoreMap(windowSums[distance](a!, b!, patchSize)), ...around };
}

/** A family's map of an image, as its run has kept it. Throws `missing` when the run has none. */
export async function familyMapOf(
  catalog: Catalog,
  runId: number,
  image: number,
  family: string,
): Promise<Response<'images.map'>> {
  const path = runFile(catalog, image, runId, mapRoleOf(family));
  if (path === undefined)
    throw new Problem('missing', { what: `${family} map`, name: `image ${image} in run ${runId}` });
  const { shape, data: values } = decodeNpy(await readKept(catalog, path), path);
  const recipe = recipeOfRun(catalog, getRun(catalog, runId));
  const [height, width] = [shape[0]!, shape[1]!];
  const step = recipe.resolution / width;
  const placement = inStoredImage(imageRecord(catalog, image), recipe);
  return { width, height, patchSize: step, step, side: recipe.resolution, placement, values };
}
