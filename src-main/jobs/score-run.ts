// A score run: compares the reconstructions of an earlier run with their images anew, with other settings.
import { squareGrey, targetBytes } from '../archive/target-bytes.ts';
import { calibrationOf, valuesOfImages, writeCalibration } from '../catalog/tables/calibration.ts';
import { nextItems } from '../catalog/tables/runs.ts';
import { refreshScanScores } from '../catalog/tables/scan-scores.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import type { ScoreItem, ScoreResult, ScoreSupplier } from '../engine/protocol.ts';
import { withEngine } from '../engine/start-engine.ts';
import { readModelSpace } from '../holdings/catalog-images.ts';
import { keepOutcomes, mapFiles, scoresForCatalog, skipImage } from '../holdings/image-results.ts';
import { MaskReader } from '../holdings/mask-reader.ts';
import { readReconstruction, recipeOfRun } from '../holdings/reconstructions.ts';
import { parametersOf, storedParameters } from '../holdings/stored-parameters.ts';
import { inWords } from '../platform/words.ts';
import { latentScore, lossScore } from '../scoring/families/reconstruction.ts';
import { joinAnomaly } from './join-anomaly.ts';
import type { RunProgram } from './run-program.ts';

/**
 * Scores every image of the run that is still to be done, and the normals that its projection was calibrated on. Images that cannot be
 * read are skipped with the reason.
 */
export const scoreRun: RunProgram = async (run, tools) => {
  const { scoring, projection } = parametersOf(run, storedParameters.score);
  const { catalog } = tools;
  const decoder = openDecoderPool({ launch: tools.launch });
  const masks = new MaskReader(catalog, decoder);
  const recipe = recipeOfRun(catalog, run);
  const read = async (id: number): Promise<ScoreItem> => {
    const reconstruction = await readReconstruction(catalog, run, id);
    const target = targetBytes(await readModelSpace(catalog, decoder, id, recipe), recipe.channels);
    const segmentation = scoring.regions.includes('mask') ? await masks.read(id, 'region', recipe) : undefined;
    const pair = {
      id,
      target: squareGrey(target, recipe.channels),
      reconstruction: squareGrey(reconstruction.samples, reconstruction.channels),
    };
    return segmentation === undefined ? pair : { ...pair, segmentation };
  };
  const images: Part = {
    ids: nextItems(catalog, run.id, Number.MAX_SAFE_INTEGER),
    skip: (id, error) => skipImage(tools, run.id, id, error),
    store: async (results) => {
      const whole = valuesOfImages(
        catalog,
        projection,
        results.map(({ id }) => id),
      );
      const outcomes = results.map(({ id: image, scores }) => {
        const found = scoresForCatalog(scores);
        return {
          image,
          files: scoring.keepMaps ? mapFiles(run.id, image, scores) : [],
          ...found,
          scores: [...found.scores, ...ofReconstruction(whole.get(image))],
        };
      });
      await keepOutcomes(catalog, run.id, outcomes);
      tools.changed('scores');
    },
  };
  const projected = calibrationOf(catalog, projection);
  const done = calibrationOf(catalog, run.id);
  const normals: Part = {
    ids: [...projected.keys()].filter((id) => !done.has(id)),
    skip: (_, error) => tools.log('skipped', `not calibrated on: ${inWords(error)}`),
    store: (results) => {
      const values = results.map(({ id, scores }) => {
        const found = [...scoresForCatalog(scores).scores, ...ofReconstruction(projected.get(id))];
        return [
          id,
          Object.fromEntries(found.flatMap((each) => ('value' in each ? [[each.score, each.value]] : []))),
        ] as const;
      });
      writeCalibration(catalog, run.id, new Map(values));
    },
  };
  try {
    let part = images;
    let position = 0;
    await withEngine<ScoreSupplier, null>(
      tools.launch,
      {
        'score.next': async ({ count }) => {
          const items: ScoreItem[] = [];
          while (items.length < count && position < part.ids.length) {
            const id = part.ids[position++]!;
            try {
              items.push(await read(id));
            } catch (error) {
              part.skip(id, error);
            }
          }
          return items;
        },
        'score.store': async (results) => {
          await part.store(results);
          return null;
        },
      },
      async (engine) => {
        for (const each of [images, normals]) {
          [part, position] = [each, 0];
          await engine.call('score', { scoring, total: each.ids.length }, tools);
        }
        return null;
      },
    );
    await joinAnomaly(run.id, tools);
    refreshScanScores(catalog, run.id);
  } finally {
    await decoder.close();
  }
};

/** Images that are scored alike, and what becomes of them. */
interface Part {
  readonly ids: readonly number[];
  readonly skip: (id: number, error: unknown) => void;
  readonly store: (results: readonly ScoreResult[]) => void | Promise<void>;
}

/** What was measured when the reconstruction was made stays as it is. */
const ofReconstruction = (values: Readonly<Record<string, number>> = {}) =>
  [lossScore, latentScore].flatMap((score) => (score in values ? [{ score, value: values[score]! }] : []));
