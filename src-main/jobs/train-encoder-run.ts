// A run that trains an encoder for a network on a cohort of the catalog and imports both as a model.
import { parameters as schemas } from '../../src-preload/jobs/jobs.ts';
import { encoderTraining } from '../../src-preload/parameters/encoder.ts';
import { getModel } from '../catalog/tables/models.ts';
import { extendProvenance, setRunProgress } from '../catalog/tables/runs.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import { skippedLine } from '../decoder/folder-images.ts';
import { cohortTrainingFiles } from '../holdings/cohort-training-files.ts';
import { importModel, networkFileOf, recipeOf } from '../holdings/models.ts';
import { parametersOf } from '../holdings/stored-parameters.ts';
import { trainingFolder } from '../holdings/training-plot.ts';
import { carryOutEncoder, planEncoder } from '../operations/encoder-training.ts';
import { encoderTickLine } from '../operations/tick-line.ts';
import type { RunProgram } from './run-program.ts';
import { trainOnCluster, wordsOf } from './train-on-cluster.ts';

/** Images of a training that may be kept in memory. */
const memory = 2 * 2 ** 30;

/** Trains, or resumes training, in the catalog's folder `trainings/run-ID`. */
export const trainEncoderRun: RunProgram = async (run, tools) => {
  const { catalog } = tools;
  const { cluster, clusterSettings, ...parameters } = parametersOf(run, schemas['train-encoder']);
  const { model: id, cohort, name, unknownRescale, device, ...options } = parameters;
  const model = getModel(catalog, id);
  const networkFile = await networkFileOf(catalog, model);
  if (cluster === 'slurm') {
    const words = wordsOf(encoderTraining, parameters);
    const total = Math.round(options.kiloImages * 1000);
    const network = { file: networkFile, sha256: model.sha256 };
    const command = { name: 'train-encoder', words, cohort, model: name, network, total } as const;
    return trainOnCluster(run, { ...command, overrides: clusterSettings }, tools);
  }
  const decoder = openDecoderPool({ launch: tools.launch });
  try {
    const plan = await planEncoder(
      { networkFile, options, recipe: recipeOf(model), unknownRescale, memory, workers: 2 },
      async () => cohortTrainingFiles(tools, decoder, cohort, run),
      tools,
      (skipped) => tools.log('skipped', skippedLine(skipped)),
    );
    const { configuration, set } = plan;
    extendProvenance(catalog, run.id, { dataset: configuration.dataset, recipe: set.recipe, configuration });
    const total = Math.round(configuration.totalKimg * 1000);
    const note = (done: number) =>
      setRunProgress(catalog, run.id, { stage: 'training', done, skipped: 0, total: Math.max(done, total) });
    const result = await carryOutEncoder(
      plan,
      {
        launch: tools.launch,
        folder: trainingFolder(catalog, run.id),
        device,
        threads: 0,
        onTick: (tick) => {
          note(Math.round(tick['Progress/kimg']!.mean * 1000));
          tools.log('information', encoderTickLine(tick));
        },
      },
      tools,
    );
    note(result.imagesShown);
    const trained = await importModel(catalog, tools.launch, result.network, name);
    const { imagesShown, best } = result;
    extendProvenance(catalog, run.id, { model: trained.id, imagesShown, best });
    tools.changed('models');
  } finally {
    await decoder.close();
  }
};
