// A run as somebody asks for it becomes a run of the catalog: title, parameters, provenance, images.

import type { Received } from '../../src-preload/contract.ts';
import { exportConflict } from '../../src-preload/export-formats.ts';
import type { RunKind, RunParameters } from '../../src-preload/schemas/run.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { getModel } from '../catalog/tables/models.ts';
import {
  addRunItems,
  createRun,
  doneItems,
  getRun,
  listRuns,
  type NewRun,
  type Run,
  type RunState,
  runItems,
} from '../catalog/tables/runs.ts';
import { chooseImages } from '../curation/export/choose-images.ts';
import { recipeOf } from '../holdings/models.ts';
import { selectedIds } from '../holdings/selection.ts';
import { storedParameters } from '../holdings/stored-parameters.ts';
import { canonicalJson } from '../platform/canonical-json.ts';
import { Problem } from '../platform/errors.ts';
import { now } from '../platform/time.ts';
import { version } from '../platform/version.ts';

type Described = Pick<NewRun, 'title' | 'parameters' | 'model' | 'recipe' | 'images'>;

/** What each kind of run is called, what it works on, and what of its parameters is kept as they are. */
const descriptions: { readonly [K in RunKind]: (catalog: Catalog, parameters: RunParameters<K>) => Described } = {
  import: (_, parameters) => ({ title: `import ${parameters.sources.join(', ')}`, parameters }),
  masks: (_, parameters) => ({ title: `import ${parameters.role} masks of ${parameters.source}`, parameters }),
  demonstration: () => ({ title: 'open the demonstration archive', parameters: {} }),
  train: (_, parameters) => ({ title: `train ${parameters.name}`, parameters }),
  project: (catalog, { images: selection, ...parameters }) => {
    const model = getModel(catalog, parameters.projecting.model);
    const images = selectedIds(catalog, selection);
    if (images.length === 0) throw new Problem('usage', { message: 'there is no image to project' });
    return {
      title: `project ${images.length} images with ${model.name}`,
      parameters,
      model: model.id,
      recipe: recipeOf(model),
      images,
    };
  },
  score: (catalog, parameters) => {
    const projection = getRun(catalog, parameters.projection);
    const images = doneItems(catalog, projection.id);
    if (images.length === 0) throw new Problem('missing', { what: 'reconstructions', name: `run ${projection.id}` });
    return {
      title: `score ${images.length} images of run ${projection.id}`,
      parameters,
      ...(projection.model === null ? {} : { model: projection.model }),
      ...(projection.recipe === null ? {} : { recipe: projection.recipe }),
      images,
    };
  },
  typicality: (catalog, { images: selection, ...parameters }) => {
    const model = getModel(catalog, parameters.model);
    const images = selectedIds(catalog, selection);
    if (images.length === 0) throw new Problem('usage', { message: 'there is no image to score' });
    return {
      title: `typicality of ${images.length} images by ${model.name}`,
      parameters,
      model: model.id,
      recipe: recipeOf(model),
      images,
    };
  },
  combination: (catalog, { images: selection, ...parameters }) => {
    const images = selectedIds(catalog, selection);
    if (images.length === 0) throw new Problem('usage', { message: 'there is no image with these scores' });
    const { model, recipe } = getRun(catalog, parameters.scores[0]!.run);
    return {
      title: `combine ${parameters.scores.map(({ score }) => score).join(', ')} of ${images.length} images`,
      parameters,
      ...(model === null ? {} : { model }),
      ...(recipe === null ? {} : { recipe }),
      images,
    };
  },
  export: (catalog, { images: choice, ...parameters }) => {
    const images = 'ids' in choice ? choice.ids : chooseImages(catalog, choice);
    if (images.length === 0) throw new Problem('usage', { message: 'there is no image to export' });
    const { format, deidentification, model } = parameters;
    const conflict = exportConflict(format, { deidentified: deidentification !== null, model: model !== null });
    if (conflict !== undefined) throw new Problem('usage', { message: conflict });
    return { title: `export ${images.length} images to ${parameters.target}`, parameters, images };
  },
};

/** Kinds that go on with the same work when they are asked for it again; the others only until they were done. */
const continued: ReadonlySet<RunKind> = new Set(['train', 'project', 'score', 'typicality']);
const unfinished: ReadonlySet<RunState> = new Set(['queued', 'paused', 'interrupted', 'failed']);

/**
 * The run that does what is asked: an earlier one, interrupted or of a kind that goes on, with the same parameters and
 * model, on some of the same images and no others, gets the images that it does not have yet; otherwise a new one is
 * added, queued. Nothing is done twice: where all images have been projected in the same way and only the scoring differs,
 * the new run scores those reconstructions.
 * Throws `missing` or `usage` for what cannot be run.
 */
export function createQueuedRun(catalog: Catalog, request: Received<'runs.queue'>): number {
  const describe = descriptions[request.kind] as (catalog: Catalog, parameters: unknown) => Described;
  const described = describe(catalog, request.parameters);
  const earlier = findEarlier(catalog, request.kind, described);
  if (earlier !== undefined) {
    if (described.images !== undefined) addRunItems(catalog, earlier.id, described.images);
    return earlier.id;
  }
  const rescoring = request.kind === 'project' ? scoringOfEarlier(catalog, request.parameters, described) : undefined;
  if (rescoring !== undefined) return createQueuedRun(catalog, { kind: 'score', parameters: rescoring });
  return createRun(catalog, {
    kind: request.kind,
    ...described,
    provenance: { versions: { residua: version, node: process.versions.node } },
    at: now(),
  });
}

function findEarlier(catalog: Catalog, kind: RunKind, { parameters, model, images }: Described): Run | undefined {
  const wanted = new Set(images === undefined ? [] : Array.from(images));
  return listRuns(catalog).find(
    (run) =>
      run.kind === kind &&
      (continued.has(kind) || unfinished.has(run.state)) &&
      run.model === (model ?? null) &&
      canonicalJson(run.parameters) === canonicalJson(parameters) &&
      runItems(catalog, run.id).every((image) => wanted.has(image)),
  );
}

/** How to score the reconstructions of an ended run that projected exactly these images as it is asked; undefined without one. */
function scoringOfEarlier(
  catalog: Catalog,
  { projecting, scoring }: RunParameters<'project'>,
  { model, recipe, images }: Described,
): RunParameters<'score'> | undefined {
  if (scoring === null) return undefined;
  const wanted = new Set(images === undefined ? [] : Array.from(images));
  const earlier = listRuns(catalog).find((run) => {
    if (run.kind !== 'project' || run.state !== 'done' || run.model !== model) return false;
    const stored = storedParameters.project.safeParse(run.parameters);
    if (!stored.success || canonicalJson(stored.data.projecting) !== canonicalJson(projecting)) return false;
    if (canonicalJson(run.recipe) !== canonicalJson(recipe ?? null)) return false;
    const items = runItems(catalog, run.id);
    return items.length === wanted.size && items.every((image) => wanted.has(image));
  });
  return earlier === undefined ? undefined : { projection: earlier.id, scoring };
}
