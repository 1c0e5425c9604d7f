// What a training run has written so far, for its plots: the numbers of every tick and the newest sheet of samples.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Response } from '../../src-preload/contract.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { getRun } from '../catalog/tables/runs.ts';
import { exchangeFoldersOf } from './exchange-folders.ts';

/** Where a training run of the catalog keeps its files. */
export const trainingFolder = (catalog: Catalog, run: number): string => catalog.path(`trainings/run-${run}`);

/** Part of a run's work: a training that is a job of a cluster. */
export const clusterTraining = 'training';

/** The folder that a training's job makes for itself below `outdir`; undefined before it has. */
export async function jobsTrainingFolder(outdir: string): Promise<string | undefined> {
  const names = await readdir(outdir).catch(() => []);
  const newest = names
    .filter((name) => /^\d{5}-/.test(name))
    .toSorted()
    .at(-1);
  return newest === undefined ? undefined : join(outdir, newest);
}

/** Where the files of a training are at present: here, or where a cluster's job writes them. */
async function presentFolder(catalog: Catalog, run: number): Promise<string> {
  const exchange = exchangeFoldersOf(getRun(catalog, run))[clusterTraining];
  const away = exchange === undefined ? undefined : await jobsTrainingFolder(join(exchange, 'out'));
  return away ?? trainingFolder(catalog, run);
}

const tick = z.object({ timestamp: z.number() }).catchall(z.object({ mean: z.number() }));

/** One point per tick with the mean of each statistic, none before the first; a line torn by a crash is left out. */
export async function readTicks(catalog: Catalog, run: number): Promise<Response<'runs.plot'>['points']> {
  const text = await readFile(join(await presentFolder(catalog, run), 'stats.jsonl'), 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const parsed = tick.safeParse(jsonOrNull(line));
    if (!parsed.success) return [];
    const { timestamp: _timestamp, ...statistics } = parsed.data;
    const means = Object.fromEntries(Object.entries(statistics).map(([name, { mean }]) => [name, mean]));
    const { 'Progress/kimg': kimg = 0, ...values } = means;
    return [{ kimg, values }];
  });
}

/** The newest sheet of generated images, of synthetic anomalies, or of reconstructions, as a PNG file, null before the first. */
export async function readNewestSheet(catalog: Catalog, run: number): Promise<Uint8Array | null> {
  const folder = await presentFolder(catalog, run);
  const names = await readdir(folder).catch(() => []);
  // Numbers sort before `_init`, which is there from the beginning.
  const numbered = names.filter((name) => /^(fakes|anomalies|reconstructions)\d+\.png$/.test(name)).sort();
  const newest = numbered.at(-1) ?? names.find((name) => name === 'fakes_init.png');
  return newest === undefined ? null : readFile(join(folder, newest));
}

function jsonOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
