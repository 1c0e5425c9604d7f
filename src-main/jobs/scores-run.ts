// A run of one-pass scores: compares each image with a cohort of normals and stores the scores and maps of every family.
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type Recipe, recipeSchema, withUnknownRescale } from '../archive/recipe.ts';
import { getModel } from '../catalog/tables/models.ts';
import { extendProvenance, type Run } from '../catalog/tables/runs.ts';
import { refreshScanScores } from '../catalog/tables/scan-scores.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import type { FamiliesResult } from '../engine/protocol.ts';
import { cohortSource, itemsOf, runSink } from '../holdings/catalog-source.ts';
import { familiesOutcome } from '../holdings/families-outcome.ts';
import { networkFileOf, recipeOf } from '../holdings/models.ts';
import { weightsFolderOf } from '../holdings/settings.ts';
import { parametersOf, storedParameters } from '../holdings/stored-parameters.ts';
import { type FamiliesStart, scoreFamilies } from '../operations/score-families.ts';
import { Problem } from '../platform/errors.ts';
import { inWords } from '../platform/words.ts';
import type { RunProgram } from './run-program.ts';

/** What a run of kind `scores` or `typicality` asks for. */
function orderOf(run: Run) {
  if (run.kind !== 'typicality') return parametersOf(run, storedParameters.scores);
  const { components, neighbours, ...rest } = parametersOf(run, storedParameters.typicality);
  const settings = { typicality: { components, neighbours } };
  return { ...rest, families: ['typicality'], settings, localiser: null, unknownRescale: 'refuse' as const };
}

/** Scores every image of the run that is still to be done. Images that cannot be read are skipped with the reason. */
export const scoresRun: RunProgram = async (run, tools) => {
  const { catalog } = tools;
  const { model: modelId, localiser: localiserId, normals, unknownRescale, ...order } = orderOf(run);
  const model = modelId === null ? null : getModel(catalog, modelId);
  const localiser = localiserId === null ? null : getModel(catalog, localiserId);
  const recipe = withUnknownRescale(recipeOfItems(run), unknownRescale);
  const networkRecipe = model === null ? null : withUnknownRescale(recipeOf(model), unknownRescale);
  const decoder = openDecoderPool({ launch: tools.launch });
  const networkNames = (family: string) => {
    if (family === 'localiser') return `localiser ${localiser!.sha256.slice(0, 16)}`;
    const { trunk = family } = (order.settings as Readonly<Record<string, { readonly trunk?: string }>>)[family] ?? {};
    return trunk === 'discriminator' ? `discriminator ${model!.sha256.slice(0, 16)}` : trunk;
  };
  const sink = runSink<FamiliesStart, FamiliesResult>(
    tools,
    run.id,
    (start) =>
      extendProvenance(catalog, run.id, {
        recipe,
        normals: start.normals,
        calibration: start.calibration,
        ...(model === null ? {} : { networkSha256: model.sha256 }),
        ...(localiser === null ? {} : { localiserSha256: localiser.sha256 }),
      }),
    (result) => familiesOutcome(run.id, result, recipe, networkNames),
  );
  const skipNormal = (error: unknown) => {
    if (error instanceof Problem && error.kind === 'drive') throw error;
    tools.log('skipped', `not learned from: ${inWords(error)}`);
  };
  try {
    await scoreFamilies(
      {
        ...order,
        recipe,
        networkRecipe: isDeepStrictEqual(networkRecipe, recipe) ? null : networkRecipe,
        networkFile: model === null ? null : await networkFileOf(catalog, model),
        localiserFile: localiser === null ? null : await networkFileOf(catalog, localiser),
        heldOut: heldOutSchema.parse(localiser?.provenance.heldOut),
        calibrates: run.kind === 'scores',
        weightsFolder: weightsFolderOf(catalog),
      },
      itemsOf(catalog, decoder, run.id),
      cohortSource(catalog, decoder, normals),
      { ...sink, skipNormal },
      tools.launch,
      tools,
    );
    refreshScanScores(catalog, run.id);
    tools.changed('scores');
  } finally {
    await decoder.close();
  }
};

/** The recipe that the run was queued with: another choice of normals must not change what is half done. */
function recipeOfItems({ id, recipe }: Run): Recipe {
  const parsed = recipeSchema.safeParse(recipe);
  if (parsed.success) return parsed.data;
  throw new Problem('content', { file: `run ${id}`, reason: 'its recipe in the catalog is not understood' });
}

/** As `train-localiser` writes it; files of others say nothing. */
const heldOutSchema = z.array(z.string()).catch([]);
