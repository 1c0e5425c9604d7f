// A projection run: reconstructs the images of a catalog run and stores each result as it comes.

import { getModel } from '../catalog/tables/models.ts';
import { extendProvenance, runItems } from '../catalog/tables/runs.ts';
import { refreshScanScores } from '../catalog/tables/scan-scores.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import type { ProjectResult, ProjectStart } from '../engine/protocol.ts';
import { cohortSource, itemsOf, runSink } from '../holdings/catalog-source.ts';
import { projectOutcome } from '../holdings/image-results.ts';
import { MaskReader } from '../holdings/mask-reader.ts';
import { constructionOf, networkFileOf, recipeOf } from '../holdings/models.ts';
import { weightsFolderOf } from '../holdings/settings.ts';
import { parametersOf, storedParameters } from '../holdings/stored-parameters.ts';
import { calibrationSize } from '../operations/normals.ts';
import { projectImages } from '../operations/project-images.ts';
import { inverseOf } from '../projection/inverse.ts';
import { calibrateProjection, heldOutOfProjection } from './calibrate-projection.ts';
import { joinAnomaly } from './join-anomaly.ts';
import { optimiseDoubtful, type Projecting } from './optimise-doubtful.ts';
import type { RunProgram } from './run-program.ts';

/** Projects, and scores, every image of the run that is still to be done. Images that cannot be read are skipped with the reason. */
export const projectRun: RunProgram = async (run, tools) => {
  const { catalog } = tools;
  const { projecting, scoring, cluster, clusterSettings } = parametersOf(run, storedParameters.project);
  const { model: modelId, normals: cohort, ...settings } = projecting;
  const model = getModel(catalog, modelId);
  const networkFile = await networkFileOf(catalog, model);
  const weightsFolder = weightsFolderOf(catalog);
  const decoder = openDecoderPool({ launch: tools.launch });
  const cohortImages = cohort === null ? null : cohortSource(catalog, decoder, cohort);
  const heldOut = cohortImages === null ? [] : heldOutOfProjection(catalog, run, model, cohortImages);
  const held = new Set(heldOut.map(({ id }) => id));
  // What the loss is balanced on does not calibrate.
  const normals = cohortImages && { ...cohortImages, images: cohortImages.images.filter(({ id }) => !held.has(id)) };
  const project: Projecting = async (inverse, source, sink, more = {}) => {
    if (cluster === null) {
      const parameters = { ...settings, inverse, scoring, networkFile, weightsFolder };
      return projectImages(parameters, source, normals, sink, tools.launch, tools);
    }
    const { computeOnCluster } = await import('./compute-on-cluster.ts');
    const isAgain = settings.inverse === 'both' && inverse === 'optimise';
    const kind = isAgain ? 'optimise' : 'project';
    await computeOnCluster(
      run,
      {
        scheduler: cluster,
        overrides: clusterSettings,
        work: { kind, ...settings, inverse, scoring, weightsFolder, normals: normals !== null },
        network: { file: networkFile, sha256: model.sha256 },
        localiser: null,
        images: source.images.map(({ id }) => id),
        normals: normals?.images.map(({ id }) => id) ?? null,
        masks: scoring?.regions.includes('mask') ? new MaskReader(catalog, decoder) : null,
        start: sink.start,
        ...more,
        rateKey: [kind, inverse, settings.steps, recipeOf(model).resolution].join(' '),
      },
      tools,
    );
  };
  let start: ProjectStart;
  const sink = runSink<ProjectStart, ProjectResult>(
    tools,
    run.id,
    (started) => {
      start = started;
      const { inverse, loss, lossRemark, device, networkSha256 } = started;
      if (lossRemark !== null) tools.log('noted', lossRemark);
      extendProvenance(catalog, run.id, { inverse, loss, lossRemark, device, networkSha256, recipe: recipeOf(model) });
    },
    (result) => projectOutcome(run.id, result, start, scoring?.keepMaps ?? false),
  );
  try {
    const source = itemsOf(catalog, decoder, run.id);
    if (source.images.length > 0) await project(settings.inverse, source, sink);
    if (settings.inverse === 'both') await optimiseDoubtful(run.id, settings.doubtful, decoder, project, tools);
    if (normals !== null && scoring !== null) {
      const inverse = inverseOf(settings, constructionOf(model).encoder);
      const images = heldOut.slice(0, calibrationSize(runItems(catalog, run.id).length, inverse));
      await calibrateProjection(run.id, { ...normals, images }, project, settings.inverse, tools);
      await joinAnomaly(run.id, tools);
    }
    refreshScanScores(catalog, run.id);
    tools.changed('scores');
  } finally {
    await decoder.close();
  }
};
