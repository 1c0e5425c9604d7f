// What the preparation tools share: how files are opened, walked and reported, one failure never ending the others.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isProblem, Problem } from '../../platform/errors.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import { inWords } from '../../platform/words.ts';
import type { DecodedImage, Frame } from '../decoded-image.ts';
import type { ArchiveEntry } from '../entry.ts';
import { walk } from '../walk.ts';

/** Opens images; the decoder processes do, and an in-process reader can. */
export interface ImageReader {
  readonly describe: (entry: ArchiveEntry) => Promise<{
    readonly format: string;
    readonly frames: readonly { readonly image: Omit<Frame, 'samples'>; readonly pixelFingerprint: string }[];
  }>;
  readonly frame: (entry: ArchiveEntry, frame: number) => Promise<{ readonly image: DecodedImage }>;
  /** The files that a DICOMDIR lists, as paths below its folder. */
  readonly listed: (entry: ArchiveEntry) => Promise<readonly string[]>;
}

/** What a tool did; paths are relative to the folders that were given. */
export interface PreparationReport {
  readonly written: string[];
  /** Outputs that were there already and stayed. */
  readonly kept: string[];
  readonly skipped: { readonly path: string; readonly reason: string }[];
  /** What a person should know of files that were written all the same. */
  readonly notes: { readonly path: string; readonly note: string }[];
}

export function emptyReport(): PreparationReport {
  return { written: [], kept: [], skipped: [], notes: [] };
}

/**
 * Every file below `root`, in name order; what is refused on the way goes into the report, and what a DICOMDIR lists and
 * is not there.
 */
export async function listEntries(
  root: string,
  report: PreparationReport,
  control: JobControl,
  images: Pick<ImageReader, 'listed'>,
): Promise<readonly ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  for await (const item of walk(root, { ...control, listedIn: images.listed })) {
    if (item.kind === 'entry') entries.push(item.entry);
    else report.skipped.push({ path: item.path, reason: inWords(item.problem) });
  }
  return entries;
}

/** Runs `handle` for each item; a Problem or failed system call of one item is its reason to be skipped. */
export async function forEach<T>(
  items: readonly T[],
  pathOf: (item: T) => string,
  report: PreparationReport,
  stage: string,
  control: JobControl,
  handle: (item: T) => Promise<void>,
): Promise<void> {
  for (const [index, item] of items.entries()) {
    checkpoint(control, stage);
    try {
      await handle(item);
    } catch (error) {
      if (isProblem(error, 'cancelled')) throw error;
      // A full disk or a read-only folder concerns every file that would follow.
      if (isProblem(error, 'file') || ['ENOSPC', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? ''))
        throw error;
      report.skipped.push({ path: pathOf(item), reason: inWords(error) });
    }
    control.report({ stage, done: index + 1, total: items.length });
  }
}

/** True, and noted, when the output is there already: a second run goes on where the first one ended. */
export async function isKept(folder: string, name: string, report: PreparationReport): Promise<boolean> {
  try {
    await stat(join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new Problem('file', { file: name, reason: inWords(error) }, { cause: error });
  }
  report.kept.push(name);
  return true;
}
