// A typicality run: scores images by what the network's discriminator sees in them, against a cohort of normals.
import { writeNpy } from '../archive/numpy-file.ts';
import { getModel } from '../catalog/tables/models.ts';
import { imageIds } from '../catalog/tables/pages.ts';
import { extendProvenance, nextItems, recordResults } from '../catalog/tables/runs.ts';
import { refreshScanScores } from '../catalog/tables/scan-scores.ts';
import type { Patch } from '../catalog/tables/scores.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import type { TypicalityResult, TypicalitySupplier } from '../engine/protocol.ts';
import { withEngine } from '../engine/start-engine.ts';
import { readModelSpace } from '../holdings/catalog-images.ts';
import { skipImage, typicalityMapRole } from '../holdings/image-results.ts';
import { recipeOf } from '../holdings/models.ts';
import { parametersOf, storedParameters } from '../holdings/stored-parameters.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import { randomFrom } from '../platform/random/random.ts';
import { inWords } from '../platform/words.ts';
import type { RunProgram } from './run-program.ts';

/** What each score is called in the catalog; higher is less typical, so the logit is stored negated. */
const scoreNames = {
  residual: 'feature residual',
  mahalanobis: 'feature Mahalanobis',
  neighbours: 'feature neighbours',
  logit: 'logit',
} as const satisfies { readonly [S in Exclude<keyof TypicalityResult, 'id' | 'map'>]: string };

/** How many places of the grid are kept as patches. */
const placesKept = 3;

/** More normals than this tell little more and cost memory: a seeded choice of them is learnt from. */
const normalsUsed = 4000;

/** Scores every image of the run that is still to be done. Images that cannot be read are skipped with the reason. */
export const typicalityRun: RunProgram = async (run, tools) => {
  const { catalog } = tools;
  const { model: modelId, normals: cohort, ...settings } = parametersOf(run, storedParameters.typicality);
  const model = getModel(catalog, modelId);
  const recipe = recipeOf(model);
  const decoder = openDecoderPool({ launch: tools.launch });
  const read = (id: number) => readModelSpace(catalog, decoder, id, recipe);
  const waiting = nextItems(catalog, run.id, Number.MAX_SAFE_INTEGER);
  const members = imageIds(catalog, { cohort }, { by: 'imported', descending: false });
  if (members.length === 0) throw new Problem('missing', { what: 'images of the cohort', name: String(cohort) });
  const learnt = randomFrom(123)
    .fork('normals')
    .permutation(members.length)
    .slice(0, normalsUsed)
    .map((index) => members[index]!);
  extendProvenance(catalog, run.id, { recipe, normals: learnt.length, networkSha256: model.sha256 });
  let nextNormal = 0;
  let position = 0;
  try {
    await withEngine<TypicalitySupplier, null>(
      tools.launch,
      {
        'typicality.normals': async ({ count }) => {
          const images: Float32Array[] = [];
          while (images.length < count && nextNormal < learnt.length) {
            const id = learnt[nextNormal++]!;
            try {
              images.push(await read(id));
            } catch (error) {
              if (isProblem(error, 'drive')) throw error;
              tools.log('skipped', `not learnt from: ${inWords(error)}`);
            }
          }
          return images;
        },
        'typicality.next': async ({ count }) => {
          const items = [];
          while (items.length < count && position < waiting.length) {
            const id = waiting[position++]!;
            try {
              items.push({ id, target: await read(id) });
            } catch (error) {
              skipImage(tools, run.id, id, error);
            }
          }
          return items;
        },
        'typicality.store': async (results) => {
          const rows = [];
          for (const { id: image, map, ...values } of results) {
            const path = `score-maps/${run.id}/${image}-typicality.npy`;
            const side = Math.sqrt(map.length);
            await writeNpy(catalog.path(path), { shape: [side, side], data: map });
            const scores = Object.entries(scoreNames).map(([key, score]) => ({
              score,
              value: values[key as keyof typeof scoreNames],
            }));
            const patches = [{ score: scoreNames.residual, patches: places(map, side, recipe.resolution / side) }];
            rows.push({ image, scores, patches, files: [{ role: typicalityMapRole, path }] });
          }
          recordResults(catalog, run.id, rows);
          tools.changed('scores');
          return null;
        },
      },
      (engine) =>
        engine.call(
          'typicality',
          {
            ...settings,
            networkFile: catalog.path(model.file),
            normals: learnt.length,
            total: waiting.length,
          },
          tools,
        ),
    );
    refreshScanScores(catalog, run.id);
    tools.changed('scores');
  } finally {
    await decoder.close();
  }
};

/** The places of the grid with the highest residuals, as squares of `size` pixels of model space. */
function places(map: Float32Array, side: number, size: number): readonly Patch[] {
  return Array.from(map, (value, at) => ({ x: (at % side) * size, y: Math.floor(at / side) * size, size, value }))
    .sort((a, b) => b.value - a.value)
    .slice(0, placesKept);
}
