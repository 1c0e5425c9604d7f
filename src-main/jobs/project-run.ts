// A projection run: reconstructs the images of a catalog run and stores each result as it comes.

import { getModel } from '../catalog/tables/models.ts';
import { extendProvenance } from '../catalog/tables/runs.ts';
import { refreshScanScores } from '../catalog/tables/scan-scores.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import type { ProjectResult, ProjectStart } from '../engine/protocol.ts';
import { cohortSource, itemsOf, runSink } from '../holdings/catalog-source.ts';
import { projectOutcome } from '../holdings/image-results.ts';
import { networkFileOf, recipeOf } from '../holdings/models.ts';
import { weightsFolderOf } from '../holdings/settings.ts';
import { parametersOf, storedParameters } from '../holdings/stored-parameters.ts';
import { projectImages } from '../operations/project-images.ts';
import { optimiseDoubtful } from './optimise-doubtful.ts';
import type { RunProgram } from './run-program.ts';

/** Projects, and scores, every image of the run that is still to be done. Images that cannot be read are skipped with the reason. */
export const projectRun: RunProgram = async (run, tools) => {
  const { catalog } = tools;
  const { projecting, scoring } = parametersOf(run, storedParameters.project);
  const { model: modelId, normals: cohort, ...settings } = projecting;
  const model = getModel(catalog, modelId);
  const networkFile = await networkFileOf(catalog, model);
  const decoder = openDecoderPool({ launch: tools.launch });
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
    const parameters = { ...settings, scoring, networkFile, weightsFolder: weightsFolderOf(catalog) };
    const normals = cohort === null ? null : cohortSource(catalog, decoder, cohort);
    await projectImages(parameters, itemsOf(catalog, decoder, run.id), normals, sink, tools.launch, tools);
    if (settings.inverse === 'both') {
      await optimiseDoubtful(run.id, settings.doubtful, parameters, { decoder, normals }, tools);
    }
    refreshScanScores(catalog, run.id);
    tools.changed('scores');
  } finally {
    await decoder.close();
  }
};
