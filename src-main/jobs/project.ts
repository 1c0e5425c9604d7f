// Project: reconstructs images with a network of normals and scores what it misses.
import type { RunParameters } from '../../src-preload/jobs/jobs.ts';
import { resultKey } from '../../src-preload/parameters/parameter.ts';
import { getModel } from '../catalog/tables/models.ts';
import { listRuns, runItems } from '../catalog/tables/runs.ts';
import { constructionOf, recipeOf } from '../holdings/models.ts';
import { selectedIds } from '../holdings/selection.ts';
import { weightsFolderOf } from '../holdings/settings.ts';
import { storedParameters } from '../holdings/stored-parameters.ts';
import { calibrationSize } from '../operations/normals.ts';
import { canonicalJson } from '../platform/canonical-json.ts';
import { Problem } from '../platform/errors.ts';
import { inverseOf } from '../projection/inverse.ts';
import type { Job } from './job.ts';

export const projectJob: Job<'project'> = {
  kind: 'project',
  lane: 'heavy',
  resumes: 'always',
  describe: (catalog, { images: selection, ...parameters }) => {
    const model = getModel(catalog, parameters.projecting.model);
    const images = selectedIds(catalog, selection);
    const { inverse, start } = parameters.projecting;
    if (!constructionOf(model).encoder && (inverse === 'encoder' || inverse === 'both' || start === 'encoder')) {
      throw new Problem('missing', {
        what: 'encoder (residua train-encoder makes one) of the network',
        name: model.name,
      });
    }
    if (images.length === 0) throw new Problem('usage', { message: 'there is no image to project' });
    return {
      title: `project ${images.length} images with ${model.name}`,
      parameters,
      model: model.id,
      recipe: recipeOf(model),
      images,
    };
  },
  load: async () => (await import('./project-run.ts')).projectRun,
  // Where a run has projected exactly these images in the same way, only the scoring is left to do.
  shortcut: (catalog, { projecting, scoring }, { model, recipe, images }) => {
    if (scoring === null) return undefined;
    const wanted = new Set(images === undefined ? [] : Array.from(images));
    const earlier = listRuns(catalog).find((run) => {
      if (run.kind !== 'project' || run.state !== 'done' || run.model !== model) return false;
      const stored = storedParameters.project.safeParse(run.parameters);
      if (!stored.success || keyOf(stored.data.projecting) !== keyOf(projecting)) return false;
      if (canonicalJson(run.recipe) !== canonicalJson(recipe ?? null)) return false;
      const items = runItems(catalog, run.id);
      return items.length === wanted.size && items.every((image) => wanted.has(image));
    });
    return earlier === undefined ? undefined : { kind: 'score', parameters: { projection: earlier.id, scoring } };
  },
  estimate: async ({ images, projecting }, catalog, measure) => {
    const { model: id, normals, ...settings } = projecting;
    const model = getModel(catalog, id);
    const networkFile = catalog.path(model.file);
    const weightsFolder = weightsFolderOf(catalog);
    const inverse = inverseOf(settings, constructionOf(model).encoder);
    const parameters = { ...settings, networkFile, weightsFolder, scoring: null, total: 1 };
    const perImage = await measure((engine) => engine.call('project.measure', parameters));
    if (perImage === null) return null;
    // The last batch takes as long as a full one.
    const selected = selectedIds(catalog, images).length;
    const seconds = (count: number) => perImage * Math.ceil(count / settings.batch) * settings.batch;
    // Those of an encoder cost next to nothing.
    const calibrating = normals !== null && inverse === 'optimise' ? seconds(calibrationSize(selected, inverse)) : 0;
    return seconds(selected) + calibrating;
  },
};

const keyOf = (projecting: RunParameters<'project'>['projecting']): string =>
  canonicalJson(resultKey(storedParameters.project.shape.projecting, projecting));
