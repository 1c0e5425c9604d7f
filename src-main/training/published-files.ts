// Published files that a training asks for: the network it starts from, the weights that its metrics are computed with.
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseDiscriminatorArguments } from '../../native/networks/stylegan2/arguments.ts';
import { publishedNetworks } from '../../native/weights/published-weights.ts';
import { readNetworks } from '../../native/weights/read-networks.ts';
import { demandImported, demandWeights } from '../../native/weights/weights-folder.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import type { DatasetShape, TrainingConfiguration } from './configuration.ts';
import { networkValues } from './snapshots.ts';
import { demandShapes } from './starting-networks.ts';
import type { TrainOptions } from './train-options.ts';
import { detectorWeights, type MetricName, metricDefinitions } from './training-metrics.ts';

type ImageShape = Pick<DatasetShape, 'resolution' | 'channels'>;

/** What a run's folder is called for a `--resume`: as published. */
export function resumeName(resume: string | undefined): string | undefined {
  if (resume === undefined) return undefined;
  if (resume === 'noresume') return 'noresume';
  return publishedNetworks[resume] === undefined ? 'resumecustom' : `resume${resume}`;
}

/**
 * The file that `--resume` means, or null: a known name, looked for in the weights folder, or a path. Throws `missing` or
 * `file`, naming it, and `usage` for an address.
 */
export async function startingNetwork(resume: string | undefined, weightsFolder: string): Promise<string | null> {
  if (resume === undefined || resume === 'noresume') return null;
  if (/^https?:/i.test(resume)) {
    throw new Problem('usage', {
      message: `--resume ${resume}: Residua downloads nothing, bring the file and name it`,
    });
  }
  const known = publishedNetworks[resume];
  const file = known === undefined ? resolve(resume) : join(weightsFolder, known);
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile()) {
    if (known !== undefined) await demandImported(weightsFolder, known);
    return file;
  }
  if (known !== undefined) throw new Problem('missing', { what: `starting network ${resume}`, name: file });
  throw new Problem('file', { file, reason: 'no such file to start the training from' });
}

/** Throws `mismatch` unless the training can start from the network file, and what reading it throws. */
export async function demandStart(configuration: TrainingConfiguration, file: string): Promise<void> {
  demandShapes(configuration, networkValues(await readNetworks(file), file), file);
}

/** The metrics that can be computed, and why others cannot, a line for each. */
export interface ComputableMetrics {
  readonly metrics: readonly MetricName[];
  readonly skipped: readonly string[];
}

/**
 * Of the requested metrics those whose weights are there: a training needs none to train. Throws `file` when the own
 * network's file is not there.
 */
export async function computableMetrics(
  { metrics, metricsNetwork }: TrainOptions,
  weightsFolder: string,
): Promise<ComputableMetrics> {
  await demandMetricsNetwork(metricsNetwork);
  const computable: MetricName[] = [];
  const skipped: string[] = [];
  for (const metric of metrics) {
    const weights = detectorWeights[metricDefinitions[metric].detector];
    try {
      if (weights !== null) await demandWeights(weightsFolder, weights, `weights of the metric ${metric}`);
      computable.push(metric);
    } catch (error) {
      if (!isProblem(error, 'missing')) throw error;
      const how = 'residua weights import FILE adds it, and the same command measures the snapshots later';
      skipped.push(`the metric ${metric} is left out: ${error.values.name} is not there (${how})`);
    }
  }
  return { metrics: computable, skipped };
}

async function demandMetricsNetwork(metricsNetwork: string | undefined): Promise<void> {
  if (metricsNetwork === undefined || (await stat(metricsNetwork).catch(() => undefined))?.isFile()) return;
  throw new Problem('file', { file: metricsNetwork, reason: 'no such file for --metrics-network' });
}

/**
 * Throws unless the discriminator in the file takes images of this shape: `missing` when there is none, `mismatch`, and
 * what reading the file throws.
 */
export async function demandOwnDiscriminator(file: string, { resolution, channels }: ImageShape): Promise<void> {
  const { D } = (await readNetworks(file)).networks;
  if (D === undefined) throw new Problem('missing', { what: 'discriminator', name: file });
  const { img_resolution, img_channels } = parseDiscriminatorArguments(D.constructorArguments, file);
  if (img_resolution === resolution && img_channels === channels) return;
  const [expected, found] = [
    `${resolution} x ${resolution} x ${channels}`,
    `${img_resolution} x ${img_resolution} x ${img_channels}`,
  ];
  throw new Problem('mismatch', { what: `images of the discriminator in ${file}`, expected, found });
}
