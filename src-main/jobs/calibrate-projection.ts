// Held-out normals of a projection: reconstructed like its images, so that `anomaly` can say how seldom a normal is missed as badly.
import { z } from 'zod';
import type { RunParameters } from '../../src-preload/jobs/jobs.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { calibratedRuns, calibrationOf, writeCalibration } from '../catalog/tables/calibration.ts';
import { listModels, type Model } from '../catalog/tables/models.ts';
import { extendProvenance, type Run } from '../catalog/tables/runs.ts';
import { type ImageResult, type ScoreValue, writeResult } from '../catalog/tables/scores.ts';
import type { ProjectResult, ProjectStart } from '../engine/protocol.ts';
import { isOfTheRun, keepOutcomes, projectOutcome, roles } from '../holdings/image-results.ts';
import { heldOutBy } from '../holdings/models.ts';
import type { ImageSource, ResultSink, SourceImage } from '../operations/image-source.ts';
import { holdOutNormals, mostCalibrated } from '../operations/normals.ts';
import { inWords } from '../platform/words.ts';
import { fewestNormals } from '../statistics/anomaly.ts';
import { shortIdentity } from '../training/held-out.ts';
import type { Projecting } from './optimise-doubtful.ts';
import type { RunTools } from './run-program.ts';

const stored = z.object({ calibrationImages: z.array(z.number()) });

/**
 * The normals that a projection is calibrated on, the same whenever the run is resumed: such as its encoder has not learned from,
 * and first of all those that other runs were calibrated on, or a localiser of the catalog has not learned from, so that `anomaly` can join them.
 */
export function heldOutOfProjection(
  catalog: Catalog,
  run: Run,
  model: Model,
  normals: ImageSource,
): readonly SourceImage[] {
  const before = stored.safeParse(run.provenance);
  if (before.success) {
    const ids = new Set(before.data.calibrationImages);
    return normals.images.filter(({ id }) => ids.has(id));
  }
  // A run that an earlier version began has balanced its loss on all of them.
  if (run.done > 0) return [];
  const chosen = choose(catalog, model, normals);
  extendProvenance(catalog, run.id, { calibrationImages: chosen.map(({ id }) => id) });
  return chosen;
}

function choose(catalog: Catalog, model: Model, normals: ImageSource): readonly SourceImage[] {
  const own = new Set(heldOutBy(model));
  const calibrated = new Set(calibratedRuns(catalog).flatMap((run) => [...calibrationOf(catalog, run).keys()]));
  const localised = new Set(listModels(catalog).flatMap(heldOutBy));
  const isIn = (names: ReadonlySet<string>, { content }: SourceImage) =>
    content !== undefined && names.has(shortIdentity(content));
  const named = normals.images.filter((image) => isIn(own, image));
  // An encoder that names none of them was trained on others.
  const unseen = named.length === 0 ? normals.images : named;
  // At least as many remain for the loss to be balanced on.
  const most = Math.min(mostCalibrated.encoder, Math.floor(normals.images.length / 2));
  const shared = [unseen.filter(({ id }) => calibrated.has(id)), unseen.filter((image) => isIn(localised, image))].find(
    ({ length }) => Math.min(length, most) >= fewestNormals,
  );
  if (shared !== undefined) return shared.slice(0, most);
  const choice = { count: 0, fewest: fewestNormals, heldOut: [...own] };
  return holdOutNormals(normals, choice).calibration.slice(0, most);
}

/** Reconstructs those images of `normals` that an earlier start has not, exactly as the run's images, and stores what they score. */
export async function calibrateProjection(
  run: number,
  normals: ImageSource,
  project: Projecting,
  inverse: RunParameters<'project'>['projecting']['inverse'],
  tools: RunTools,
): Promise<void> {
  const { catalog } = tools;
  const done = calibrationOf(catalog, run);
  const images = normals.images.filter(({ id }) => !done.has(id));
  if (images.length === 0) return;
  let start: ProjectStart;
  const skip = (reason: string) => tools.log('skipped', `not calibrated on: ${reason}`);
  const record = (_: Catalog, __: number, results: readonly ImageResult[]) => {
    catalog.transaction(() => {
      for (const { image, files, scores = [], skipped } of results) {
        if (skipped !== undefined) skip(skipped);
        // A reconstruction is kept for a run that rescores; the scores are not those of an image that is looked for.
        const kept = files?.filter(({ role }) => role === roles.reconstruction || role === roles.latents);
        writeResult(catalog, run, { image, files: kept });
        writeCalibration(catalog, run, new Map([[image, valuesOf(scores)]]));
      }
    });
  };
  const sink: ResultSink<ProjectStart, ProjectResult> = {
    start: (started) => {
      start = started;
    },
    has: () => false,
    put: async (results) => {
      const outcomes = results.map((result) => projectOutcome(run, { ...result, video: null }, start, false));
      await keepOutcomes(catalog, run, await Promise.all(outcomes), record);
    },
    skip: (_, error) => {
      if (isOfTheRun(error)) throw error;
      skip(inWords(error));
    },
  };
  await project(inverse, { ...normals, images }, sink, { record });
}

const valuesOf = (scores: readonly ScoreValue[]): Readonly<Record<string, number>> =>
  Object.fromEntries(scores.flatMap((each) => ('value' in each ? [[each.score, each.value]] : [])));
