// A run of one-pass scores: compares each image with a cohort of normals and stores the scores and maps of every family.
import { isDeepStrictEqual } from 'node:util';
import { type Recipe, recipeSchema, withUnknownRescale } from '../archive/recipe.ts';
import { writeCalibration } from '../catalog/tables/calibration.ts';
import { writeFeatures } from '../catalog/tables/features.ts';
import { getModel } from '../catalog/tables/models.ts';
import { extendProvenance, type Run } from '../catalog/tables/runs.ts';
import { refreshScanScores } from '../catalog/tables/scan-scores.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import type { FamiliesResult, HeldOutScores } from '../engine/protocol.ts';
import { cohortSource, itemsOf, runSink } from '../holdings/catalog-source.ts';
import { familiesOutcome } from '../holdings/families-outcome.ts';
import { MaskReader } from '../holdings/mask-reader.ts';
import { heldOutBy, networkFileOf, recipeOf } from '../holdings/models.ts';
import { weightsFolderOf } from '../holdings/settings.ts';
import { parametersOf, storedParameters } from '../holdings/stored-parameters.ts';
import type { ImageSource } from '../operations/image-source.ts';
import { type FamiliesStart, scoreFamilies } from '../operations/score-families.ts';
import { Problem } from '../platform/errors.ts';
import { inWords } from '../platform/words.ts';
import { joinAnomaly } from './join-anomaly.ts';
import type { RunProgram } from './run-program.ts';

/** Where what networks see in images is kept. It may be deleted: the next run looks again. */
const keptFeaturesFolder = 'features';

const noNormals: ImageSource = {
  name: 'no normals',
  images: [],
  read: () => Promise.reject(new Problem('missing', { what: 'image', name: 'no normals' })),
  readModelSpace: () => Promise.reject(new Problem('missing', { what: 'image', name: 'no normals' })),
};

/** What a run of kind `scores` or `typicality` asks for. */
function orderOf(run: Run) {
  if (run.kind !== 'typicality') return parametersOf(run, storedParameters.scores);
  const { components, neighbours, ...rest } = parametersOf(run, storedParameters.typicality);
  const settings = { typicality: { components, neighbours } };
  const here = { cluster: null, clusterSettings: [] };
  return { ...rest, ...here, families: ['typicality'], settings, localiser: null, unknownRescale: 'refuse' as const };
}

/** Scores every image of the run that is still to be done. Images that cannot be read are skipped with the reason. */
export const scoresRun: RunProgram = async (run, tools) => {
  const { catalog } = tools;
  const { model: modelId, localiser: localiserId, normals, unknownRescale, keepFeatures, ...given } = orderOf(run);
  const { cluster, clusterSettings, ...chosen } = given;
  const model = modelId === null ? null : getModel(catalog, modelId);
  const localiser = localiserId === null ? null : getModel(catalog, localiserId);
  const recipe = withUnknownRescale(recipeOfItems(run), unknownRescale);
  const networkRecipe = model === null ? null : withUnknownRescale(recipeOf(model), unknownRescale);
  const decoder = openDecoderPool({ launch: tools.launch });
  const featureName = (family: string) => {
    if (family === 'localiser') return `localiser ${localiser!.sha256.slice(0, 16)}`;
    const { trunk = family } = (chosen.settings as Readonly<Record<string, { readonly trunk?: string }>>)[family] ?? {};
    return trunk === 'discriminator' ? `discriminator ${model!.sha256.slice(0, 16)}` : trunk;
  };
  const order = {
    ...chosen,
    recipe,
    networkRecipe: isDeepStrictEqual(networkRecipe, recipe) ? null : networkRecipe,
    heldOut: localiser === null ? [] : [...heldOutBy(localiser)],
    calibrates: run.kind === 'scores' && normals !== null,
    weightsFolder: weightsFolderOf(catalog),
  };
  const networkFile = model === null ? null : await networkFileOf(catalog, model);
  const localiserFile = localiser === null ? null : await networkFileOf(catalog, localiser);
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
    (result) => familiesOutcome(run.id, result, recipe, featureName),
  );
  const putCalibration = (scored: readonly HeldOutScores[]) =>
    catalog.transaction(() => {
      writeCalibration(catalog, run.id, new Map(scored.map(({ id, values }) => [id, values])));
      for (const { id, pooled = {} } of scored)
        for (const [family, vector] of Object.entries(pooled)) writeFeatures(catalog, id, featureName(family), vector);
    });
  const skipNormal = (error: unknown) => {
    if (error instanceof Problem && error.kind === 'drive') throw error;
    tools.log('skipped', `not learned from: ${inWords(error)}`);
  };
  const source = itemsOf(catalog, decoder, run.id);
  const normalSource = normals === null ? noNormals : cohortSource(catalog, decoder, normals);
  try {
    if (cluster === null) {
      const keptFolder = keepFeatures ? catalog.path(keptFeaturesFolder) : null;
      const files = { networkFile, localiserFile, keptFolder };
      await scoreFamilies(
        { ...order, ...files },
        source,
        normalSource,
        { ...sink, putCalibration, skipNormal },
        tools.launch,
        tools,
      );
    } else {
      const { computeOnCluster } = await import('./compute-on-cluster.ts');
      const featureNames = Object.fromEntries(order.families.map((family) => [family, featureName(family)]));
      await computeOnCluster(
        run,
        {
          scheduler: cluster,
          overrides: clusterSettings,
          work: { kind: 'families', ...order, featureNames },
          network: networkFile === null ? null : { file: networkFile, sha256: model!.sha256 },
          localiser: localiserFile === null ? null : { file: localiserFile, sha256: localiser!.sha256 },
          images: source.images.map(({ id }) => id),
          normals: normalSource.images.map(({ id }) => id),
          masks: new MaskReader(catalog, decoder),
          start: sink.start,
          calibrated: putCalibration,
          rateKey: ['scores', ...order.families, recipe.resolution].join(' '),
        },
        tools,
      );
    }
    await joinAnomaly(run.id, tools);
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
