// metric-NAME.jsonl in the folder of a training: one line for each snapshot, as published.
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import type { MetricName, MetricResult } from './training-metrics.ts';

const metricFile = (folder: string, metric: string): string => join(folder, `metric-${metric}.jsonl`);

/** True when the metric of the snapshot (a path or name) is in the folder. */
export async function isMeasured(folder: string, metric: string, snapshot: string): Promise<boolean> {
  const name = JSON.stringify(basename(snapshot));
  return (await linesOf(folder, metric)).some((line) => line.includes(`"snapshot_pkl":${name}`));
}

/** Adds a line, whole or not at all. */
export async function addMetric(folder: string, result: MetricResult): Promise<void> {
  const lines = [...(await linesOf(folder, result.metric)), JSON.stringify(result)];
  await writeFileAtomic(metricFile(folder, result.metric), `${lines.join('\n')}\n`);
}

/** A metric as its line says it: values, time, snapshot. */
export function metricResult(
  metric: MetricName,
  results: Readonly<Record<string, number>>,
  seconds: number,
  snapshot: string,
  more: Pick<MetricResult, 'network_sha256'> = {},
): MetricResult {
  return {
    results,
    metric,
    total_time: seconds,
    total_time_str: publishedDuration(seconds),
    num_gpus: 1,
    snapshot_pkl: basename(snapshot),
    timestamp: Date.now() / 1000,
    ...more,
  };
}

/** `1d 02h 03m`, `1h 02m 03s`, `1m 02s`, `5s` (dnnlib's format_time). */
export function publishedDuration(seconds: number): string {
  const s = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const [days, hours, minutes] = [Math.floor(s / 86_400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60];
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${minutes}m ${two(s % 60)}s`;
  return days === 0 ? `${hours}h ${two(minutes)}m ${two(s % 60)}s` : `${days}d ${two(hours)}h ${two(minutes)}m`;
}

async function linesOf(folder: string, metric: string): Promise<readonly string[]> {
  const text = await readFile(metricFile(folder, metric), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line !== '');
}
