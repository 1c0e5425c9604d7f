// A score run: compares the reconstructions of an earlier run with their images anew, with other settings.
import { squareGrey, targetBytes } from '../archive/target-bytes.ts';
import { nextItems } from '../catalog/tables/runs.ts';
import { refreshScanScores } from '../catalog/tables/scan-scores.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import type { ScoreItem, ScoreSupplier } from '../engine/protocol.ts';
import { withEngine } from '../engine/start-engine.ts';
import { readModelSpace } from '../holdings/catalog-images.ts';
import { keepOutcomes, mapFiles, scoresForCatalog, skipImage } from '../holdings/image-results.ts';
import { MaskReader } from '../holdings/mask-reader.ts';
import { readReconstruction, recipeOfRun } from '../holdings/reconstructions.ts';
import { parametersOf, storedParameters } from '../holdings/stored-parameters.ts';
import type { RunProgram } from './run-program.ts';

/** Scores every image of the run that is still to be done. Images that cannot be read are skipped with the reason. */
export const scoreRun: RunProgram = async (run, tools) => {
  const { scoring } = parametersOf(run, storedParameters.score);
  const { catalog } = tools;
  const decoder = openDecoderPool({ launch: tools.launch });
  const masks = new MaskReader(catalog, decoder);
  const recipe = recipeOfRun(catalog, run);
  const waiting = nextItems(catalog, run.id, Number.MAX_SAFE_INTEGER);
  let position = 0;
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
  try {
    await withEngine<ScoreSupplier, null>(
      tools.launch,
      {
        'score.next': async ({ count }) => {
          const items: ScoreItem[] = [];
          while (items.length < count && position < waiting.length) {
            const id = waiting[position++]!;
            try {
              items.push(await read(id));
            } catch (error) {
              skipImage(tools, run.id, id, error);
            }
          }
          return items;
        },
        'score.store': async (results) => {
          const outcomes = results.map(({ id: image, scores }) => ({
            image,
            files: scoring.keepMaps ? mapFiles(run.id, image, scores) : [],
            ...scoresForCatalog(scores),
          }));
          await keepOutcomes(catalog, run.id, outcomes);
          tools.changed('scores');
          return null;
        },
      },
      (engine) => engine.call('score', { scoring, total: waiting.length }, tools),
    );
    refreshScanScores(catalog, run.id);
  } finally {
    await decoder.close();
  }
};
