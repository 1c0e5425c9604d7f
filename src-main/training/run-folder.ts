// The folder of a training: names of its files, and whether another start is the same training.
import { readdir } from 'node:fs/promises';
import type { JsonObject } from '../../native/weights/network-weights.ts';
import { isMeasured } from './metric-files.ts';

/** Thousands of images as the published trainer writes them into the names of its files. */
export const kilo = (images: number): string => String(Math.floor(images / 1000)).padStart(6, '0');

export const snapshotName = (images: number): string => `network-snapshot-${kilo(images)}.safetensors`;
export const stateName = (images: number): string => `training-state-${kilo(images)}.safetensors`;
const snapshotPattern = /^network-snapshot-(\d{6})\.safetensors$/;
const statePattern = /^training-state-\d{6}\.safetensors$/;

/** Names of the states in a folder, the newest first. */
export async function stateNames(folder: string): Promise<readonly string[]> {
  return (await namesLike(folder, statePattern)).toReversed();
}

/** True when the folder has a snapshot that was made after so many thousands of images, and its metrics. */
export async function isFinished(folder: string, kimg: number, metrics: readonly string[]): Promise<boolean> {
  const newest = (await namesLike(folder, snapshotPattern)).at(-1);
  if (newest === undefined || Number(snapshotPattern.exec(newest)![1]) < Math.floor(kimg)) return false;
  const measured = await Promise.all(metrics.map((metric) => isMeasured(folder, metric, newest)));
  return measured.every((done) => done);
}

/** What may change between two starts of one training: how long it runs, how often it writes, what is measured. */
const free = ['totalKimg', 'snapshotTicks', 'kimgPerTick', 'metrics', 'metricsNetwork'];

/** The first number that makes two configurations different trainings; undefined when one goes on with the other. */
export function differingField(before: object, now: object): string | undefined {
  const [a, b] = [toJson(before), toJson(now)];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => !free.includes(name));
  return names.find((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]));
}

/** Plain data as a file holds it. */
export const toJson = (value: object): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;

/** Names in a folder that match, in order; none where there is no folder. */
export async function namesLike(folder: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => pattern.test(name)).sort();
}
