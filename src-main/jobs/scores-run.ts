// A run of one-pass scores: compares each image with a cohort of normals and stores the scores and maps of every family.
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { writeNpy } from '../archive/numpy-file.ts';
import { type Recipe, recipeSchema, withUnknownRescale } from '../archive/recipe.ts';
import { getModel } from '../catalog/tables/models.ts';
import { extendProvenance, type Run } from '../catalog/tables/runs.ts';
import { refreshScanScores } from '../catalog/tables/scan-scores.ts';
import type { ImageResult, Patch } from '../catalog/tables/scores.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import type { FamiliesResult } from '../engine/protocol.ts';
import { cohortSource, itemsOf, runSink } from '../holdings/catalog-source.ts';
import { networkFileOf, recipeOf } from '../holdings/models.ts';
import { weightsFolderOf } from '../holdings/settings.ts';
import { parametersOf, storedParameters } from '../holdings/stored-parameters.ts';
import { type FamiliesStart, scoreFamilies } from '../operations/score-families.ts';
import { Problem } from '../platform/errors.ts';
import { inWords } from '../platform/words.ts';
import { familyNamed, mapRoleOf } from '../scoring/families.ts';
import { highestPatches } from '../scoring/highest-patches.ts';
import { sumsInWindows } from '../scoring/sliding-window.ts';
import type { RunProgram, RunTools } from './run-program.ts';

/** How many places of a map are kept as patches. */
const placesKept = 3;

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
    (result) => store(result, run.id, recipe, networkNames, tools),
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

async function store(
  { id, families, why }: FamiliesResult,
  run: number,
  { resolution }: Recipe,
  networkOf: (family: string) => string,
  { catalog }: RunTools,
): Promise<Omit<ImageResult, 'image'>> {
  const scores: { readonly score: string; readonly value: number }[] = [];
  const patches: { readonly score: string; readonly patches: readonly Patch[] }[] = [];
  const files: { readonly role: string; readonly path: string }[] = [];
  const features: { readonly network: string; readonly vector: Float32Array }[] = [];
  for (const { family, values, map, pooled } of families) {
    if (pooled !== undefined) features.push({ network: networkOf(family), vector: pooled });
    for (const [score, value] of Object.entries(values)) scores.push({ score, value });
    const mapped = familyNamed(family)?.map?.score;
    if (map === null || mapped === undefined) continue;
    const path = `score-maps/${run}/${id}-${family}.npy`;
    const side = Math.sqrt(map.length);
    await writeNpy(catalog.path(path), { shape: [side, side], data: map });
    files.push({ role: mapRoleOf(family), path });
    patches.push({ score: mapped, patches: highestPlaces(map, side, resolution / side) });
  }
  return { scores, patches, files, features, ...(why === null ? {} : { why }) };
}

/** Places in a row or column of an image that patches are chosen from, at most: an eighth of a finer map is one place. */
const placesAcross = 8;

/**
 * The places of a map [side, side] with the highest means that do not overlap, as squares in model space; `scale`: pixels of model
 * space in one of the map.
 */
function highestPlaces(map: Float32Array, side: number, scale: number): readonly Patch[] {
  const size = Math.max(1, Math.round(side / placesAcross));
  const windows = sumsInWindows(side, side, (pixel) => map[pixel]!, size);
  return highestPatches(windows, placesKept).map(({ column, row, score }) => ({
    x: column * scale,
    y: row * scale,
    size: size * scale,
    value: score,
  }));
}
