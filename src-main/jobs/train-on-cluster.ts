// A training of a cohort as one job of a cluster: the command over a folder, given a listing of the cohort; its network is imported here.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ParameterSet, ValuesOf } from '../../src-preload/parameters/parameter.ts';
import type { TrainingWindow } from '../../src-preload/parameters/training.ts';
import { extendProvenance, type Run, setRunProgress } from '../catalog/tables/runs.ts';
import { type CommandJob, followCommand, submitCommand } from '../cluster/command-job.ts';
import { writeListing } from '../cluster/listing.ts';
import { networkPath, referenceTo } from '../cluster/order.ts';
import { readClusterSettings } from '../cluster/settings.ts';
import { cohortTrainingImages } from '../holdings/cohort-training-files.ts';
import { clusterFile, exchangeFoldersOf } from '../holdings/exchange-folders.ts';
import { importModel } from '../holdings/models.ts';
import { clusterTraining, jobsTrainingFolder } from '../holdings/training-plot.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { clusterJobOf } from './cluster-tasks.ts';
import { copyNetwork, listed } from './compute-on-cluster.ts';
import type { RunTools } from './run-program.ts';

export interface TrainingCommand {
  /** Name of the command, and its words but for where the images and the results are. */
  readonly name: 'train' | 'train-localiser' | 'train-encoder';
  readonly words: readonly string[];
  readonly cohort: number;
  /** What the model is called. */
  readonly model: string;
  /** The network that the training starts from, given as `--network`. */
  readonly network?: { readonly file: string; readonly sha256: string };
  readonly overrides: readonly string[];
  /** Images that will have been shown. */
  readonly total: number;
}

/** The file of the finished network, in the folder of its training. */
const networkNames = {
  train: /^network-snapshot-\d+\.safetensors$/,
  'train-localiser': /^localiser\.safetensors$/,
  'train-encoder': /^network-encoder\.safetensors$/,
} as const;

/**
 * Queues the training, or finds the one that an earlier start has queued, and follows it to its end; then imports the network. An
 * interrupted run leaves the job alone; a paused or cancelled one ends it, and the same job resumes later where it stopped.
 */
export async function trainOnCluster(run: Run, command: TrainingCommand, tools: RunTools): Promise<void> {
  const { catalog, signal } = tools;
  const settings = await readClusterSettings(clusterFile(catalog), command.overrides);
  const root = settings.exchange ?? catalog.path('exchange');
  const known = exchangeFoldersOf(run)[clusterTraining];
  const exchange = known ?? join(root, `run-${run.id}-${randomBytes(4).toString('hex')}`);
  const [images, outdir] = [join(exchange, 'images.jsonl'), join(exchange, 'out')];
  makeFolder(exchange);
  if (!existsSync(images)) {
    await writeListing(images, listed(catalog, cohortTrainingImages(tools, command.cohort, run), null));
  }
  if (known === undefined) {
    extendProvenance(catalog, run.id, { cluster: { scheduler: 'slurm', folders: { [clusterTraining]: exchange } } });
  }
  const { network } = command;
  if (network !== undefined) await copyNetwork(exchange, network);
  const start = network && networkPath(exchange, referenceTo(network.file, network.sha256));
  const submit = async (): Promise<CommandJob> => {
    const given = ['--data', images, '--outdir', outdir, ...(start === undefined ? [] : ['--network', start])];
    const words = [...given, ...command.words];
    const request = { name: command.name, words, workingFolder: exchange, folder: exchange, settings, after: [] };
    const job = await submitCommand(request);
    extendProvenance(catalog, run.id, { clusterJob: job });
    tools.log('information', `submitted to slurm: job ${job.job}`);
    return job;
  };
  const note = (done: number) =>
    setRunProgress(catalog, run.id, { stage: 'training', done, skipped: 0, total: Math.max(done, command.total) });
  const hear = (line: string) => {
    tools.log('information', line);
    const shown = /^training: (\d+) of \d+/.exec(line)?.[1];
    if (shown === undefined) return;
    note(Number(shown));
    tools.report({ stage: 'training on the cluster', done: Number(shown), total: command.total });
  };
  const follow = (job: CommandJob) => followCommand(job, settings, hear, { signal, report: () => {} });
  const earlier = clusterJobOf(run);
  const [code] = earlier === undefined ? [''] : [await readFile(earlier.exit, 'utf8').catch(() => '')];
  try {
    // One that failed is given another chance; one that nobody has seen the end of is followed on.
    await follow(earlier === undefined || (code !== '' && code !== '0\n') ? await submit() : earlier);
  } catch (error) {
    if (earlier === undefined || !isProblem(error, 'missing')) throw error;
    await follow(await submit());
  }
  const folder = await jobsTrainingFolder(outdir);
  const names =
    folder === undefined ? [] : (await readdir(folder)).filter((name) => networkNames[command.name].test(name));
  const file = names.toSorted().at(-1);
  if (folder === undefined || file === undefined) throw new Problem('missing', { what: 'network', name: outdir });
  note(command.total);
  const model = await importModel(catalog, tools.launch, join(folder, file), command.model);
  extendProvenance(catalog, run.id, { model: model.id });
  tools.changed('models');
}

/** Values of a parameter set as the words of a command line. */
export function wordsOf<P extends ParameterSet>(set: P, values: ValuesOf<P>): readonly string[] {
  return Object.entries(set).flatMap(([name, { option }]) => {
    const value: unknown = values[name];
    const [flag] = option.split(' ');
    return value === null || value === undefined ? [] : [`${flag}=${String(value)}`];
  });
}

/** A window as `--window` takes it. */
export function windowWords(window: TrainingWindow): readonly string[] {
  if (window === null) return ['--window=each'];
  return [`--window=${window === 'auto' ? window : `${window.center},${window.width}`}`];
}
