// Where the development images are (never part of the project): RESIDUA_DATA, or shared/data beside the checkout.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ArchiveEntry } from '../../src-main/archive/entry.ts';
import { walk } from '../../src-main/archive/walk.ts';
import { quiet } from '../../src-main/platform/job.ts';

const beside = resolve(import.meta.dirname, '../../../shared/data');

/** The path of a development file, or undefined where it is not on this machine. */
export function sharedData(name: string): string | undefined {
  const path = join(process.env.RESIDUA_DATA ?? beside, name);
  return existsSync(path) ? path : undefined;
}

/** Every entry of a development zip by its name in the zip; the walk must refuse none. */
export async function sharedEntries(path: string): Promise<ReadonlyMap<string, ArchiveEntry>> {
  const entries = new Map<string, ArchiveEntry>();
  for await (const item of walk(path, { ...quiet, listedIn: null })) {
    if (item.kind === 'refused') throw item.problem;
    entries.set(item.entry.inside.join('/'), item.entry);
  }
  return entries;
}

/** Seconds that this process has computed since `before`: no file may take more than 5, however busy the machine. */
export function cpuSeconds(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}
