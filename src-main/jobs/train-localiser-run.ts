// A run that trains a localiser on a cohort of the catalog and imports it as a model.
import { parameters as schemas } from '../../src-preload/jobs/jobs.ts';
import { localiserTraining } from '../../src-preload/parameters/localiser.ts';
import { extendProvenance, setRunProgress } from '../catalog/tables/runs.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import { skippedLine } from '../decoder/folder-images.ts';
import { cohortTrainingFiles } from '../holdings/cohort-training-files.ts';
import { importModel } from '../holdings/models.ts';
import { parametersOf } from '../holdings/stored-parameters.ts';
import { trainingFolder } from '../holdings/training-plot.ts';
import { carryOutLocaliser, planLocaliser } from '../operations/localiser-training.ts';
import { localiserTickLine } from '../operations/tick-line.ts';
import { intensityOf } from '../operations/training.ts';
import type { RunProgram } from './run-program.ts';
import { trainOnCluster, windowWords, wordsOf } from './train-on-cluster.ts';

/** Images of a training that may be kept in memory. */
const memory = 2 * 2 ** 30;

/** Trains, or resumes training, in the catalog's folder `trainings/run-ID`. */
export const trainLocaliserRun: RunProgram = async (run, tools) => {
  const { catalog } = tools;
  const { cluster, clusterSettings, ...parameters } = parametersOf(run, schemas['train-localiser']);
  const { cohort, name, window, resolution, fit, filter, unknownRescale, device, ...options } = parameters;
  if (cluster === 'slurm') {
    const words = [...wordsOf(localiserTraining, parameters), ...windowWords(window)];
    const total = Math.round(options.kiloImages * 1000);
    const command = { name: 'train-localiser', words, cohort, model: name, overrides: clusterSettings, total } as const;
    return trainOnCluster(run, command, tools);
  }
  const decoder = openDecoderPool({ launch: tools.launch });
  try {
    const intensity = intensityOf(window);
    const recipe = { resolution, channels: null, intensity, fit, filter, unknownRescale };
    const plan = await planLocaliser(
      { options, recipe, memory, workers: 2 },
      cohortTrainingFiles(tools, decoder, cohort, run),
      tools,
      (skipped) => tools.log('skipped', skippedLine(skipped)),
    );
    for (const note of plan.notes) tools.log('noted', note);
    const { configuration, set } = plan;
    extendProvenance(catalog, run.id, { dataset: configuration.dataset, recipe: set.recipe, configuration });
    const total = configuration.totalImages;
    const note = (done: number) =>
      setRunProgress(catalog, run.id, { stage: 'training', done, skipped: 0, total: Math.max(done, total) });
    const result = await carryOutLocaliser(
      plan,
      {
        launch: tools.launch,
        folder: trainingFolder(catalog, run.id),
        device,
        threads: 0,
        onTick: (tick) => {
          note(tick.imagesShown);
          tools.log('information', localiserTickLine(tick));
        },
      },
      tools,
    );
    note(result.imagesShown);
    const model = await importModel(catalog, tools.launch, result.network, name);
    extendProvenance(catalog, run.id, {
      model: model.id,
      imagesShown: result.imagesShown,
      validation: result.validation,
    });
    tools.changed('models');
  } finally {
    await decoder.close();
  }
};
