// A training run: learns a cohort of the catalog in an engine process and takes the network in as a model.
import { parameters as schemas } from '../../src-preload/jobs/jobs.ts';
import { training } from '../../src-preload/parameters/training.ts';
import { extendProvenance, setRunProgress } from '../catalog/tables/runs.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import { skippedLine } from '../decoder/folder-images.ts';
import { cohortTrainingFiles } from '../holdings/cohort-training-files.ts';
import { importModel } from '../holdings/models.ts';
import { weightsFolderOf } from '../holdings/settings.ts';
import { parametersOf } from '../holdings/stored-parameters.ts';
import { trainingFolder } from '../holdings/training-plot.ts';
import { metricLine, tickLine } from '../operations/tick-line.ts';
import { carryOutTraining, intensityOf, planTraining } from '../operations/training.ts';
import { deviceRemarks, parseTrainOptions } from '../training/train-options.ts';
import type { RunProgram } from './run-program.ts';
import { trainOnCluster, windowWords, wordsOf } from './train-on-cluster.ts';

/** Images of a training that may be kept in memory. */
const memory = 2 * 2 ** 30;

/** Trains, or goes on training, in the catalog's folder `trainings/run-ID`. */
export const trainRun: RunProgram = async (run, tools) => {
  const { catalog } = tools;
  const { cluster, clusterSettings, ...parameters } = parametersOf(run, schemas.train);
  const { cohort, name, resolution, window, fit, filter, unknownRescale, device } = parameters;
  const options = parseTrainOptions(parameters.options);
  if (cluster === 'slurm') {
    const given = Object.entries(parameters.options).map(([option, value]) => `--${option}=${String(value)}`);
    const words = [...wordsOf(training, parameters), ...windowWords(window), ...given];
    // The length that the base configuration sets is known to the job alone.
    const total = Math.round((options.kimg ?? 25_000) * 1000);
    const command = { name: 'train', words, cohort, model: name, overrides: clusterSettings, total } as const;
    return trainOnCluster(run, command, tools);
  }
  for (const remark of deviceRemarks(options)) tools.log('information', remark);
  const decoder = openDecoderPool({ launch: tools.launch, processes: options.workers });
  try {
    const intensity = intensityOf(window);
    const request = {
      options,
      recipe: { resolution, channels: null, intensity, fit, filter, unknownRescale },
      memory,
      weightsFolder: weightsFolderOf(catalog),
    };
    const listFiles = async () => cohortTrainingFiles(tools, decoder, cohort, run);
    const plan = await planTraining(request, listFiles, tools, (skipped) => tools.log('skipped', skippedLine(skipped)));
    for (const note of plan.notes) tools.log('noted', note);
    const { dataset } = plan.configuration;
    extendProvenance(catalog, run.id, { dataset, recipe: plan.set.recipe, configuration: plan.configuration });
    const total = Math.round(plan.configuration.totalKimg * 1000);
    const place = { launch: tools.launch, folder: trainingFolder(catalog, run.id), device, threads: 0 };
    const note = (done: number) =>
      setRunProgress(catalog, run.id, { stage: 'training', done, skipped: 0, total: Math.max(done, total) });
    const result = await carryOutTraining(
      plan,
      {
        ...place,
        onTick: (tick) => {
          note(Math.round(tick['Progress/kimg']!.mean * 1000));
          tools.log('information', tickLine(tick));
        },
        onMetric: (result) => tools.log('information', metricLine(result)),
      },
      tools,
    );
    note(result.imagesShown);
    const model = await importModel(catalog, tools.launch, result.snapshot, name);
    extendProvenance(catalog, run.id, { model: model.id, imagesShown: result.imagesShown });
    tools.changed('models');
  } finally {
    await decoder.close();
  }
};
