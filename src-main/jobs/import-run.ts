// Import: walks the sources, reads what is new, and notes every image and every file that could not be read.

import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type RunParameters, parameters as schemas } from '../../src-preload/jobs/jobs.ts';
import type { Input } from '../../src-preload/schemas/read-only.ts';
import type { ArchiveEntry } from '../archive/entry.ts';
import { refuseGoneSource } from '../archive/source.ts';
import { walkAhead } from '../archive/walk-ahead.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { addToCohort, createCohort, findCohort } from '../catalog/tables/cohorts.ts';
import {
  countUnseen,
  type ImportedFile,
  imagesAt,
  importFiles,
  markVanished,
  type SeenFile,
  seenUnchanged,
} from '../catalog/tables/files.ts';
import { moveFile } from '../catalog/tables/moved-files.ts';
import {
  forgetRemoved,
  hasRemovedFrames,
  moveRemoved,
  type RemovedFile,
  removedPlaces,
} from '../catalog/tables/removal.ts';
import { extendProvenance, getRun, type Run, setRunProgress } from '../catalog/tables/runs.ts';
import { type Decoder, openDecoderPool } from '../decoder/decoder-pool.ts';
import { skippedLine } from '../decoder/folder-images.ts';
import { MovedFiles } from '../holdings/moved-files.ts';
import { parametersOf } from '../holdings/stored-parameters.ts';
import { isProblem } from '../platform/errors.ts';
import { checkpoint } from '../platform/job.ts';
import { now } from '../platform/time.ts';
import { inWords } from '../platform/words.ts';
import { type ChooseFrames, frameChoice } from './frame-choice.ts';
import { type Counts, countsOf, readable, skipped, summary } from './import-counts.ts';
import { imagesOf } from './imported-image.ts';
import type { RunProgram, RunTools } from './run-program.ts';
import { seriesReport } from './series-report.ts';

/**
 * At most so many files and bytes in one transaction: a kill loses the reading of no more, and between two of them an import
 * can be paused and tells how far it is.
 */
const batchLimit = { files: 512, bytes: 256 * 2 ** 20 } as const;

type Parameters = RunParameters<'import'>;

export const importRun: RunProgram = (run, tools) => importSources(run, parametersOf(run, schemas.import), tools);

/**
 * Imports folders, zips and files. A file that the catalog has with the same size and time is not read again, so that an
 * interrupted import goes on where it was and a second one is quick. A file that cannot be read is noted with its reason; an
 * import tries it again once it has changed, or where it may not have been the file's own fault.
 */
export async function importSources(run: Run, given: Input<typeof schemas.import>, tools: RunTools): Promise<void> {
  const parameters = schemas.import.parse(given);
  const { catalog, launch, background } = tools;
  const since = run.startedAt ?? run.createdAt;
  const { provenance, total } = getRun(catalog, run.id);
  const counts: Counts = { ...countsOf.parse(provenance.counts ?? {}), refused: 0, removed: 0, total };
  const decoder = openDecoderPool({ launch, background, processes: availableParallelism() });
  // Whoever stops an import does not wait for a file that takes its time.
  const stop = () => void decoder.close();
  tools.signal.addEventListener('abort', stop);
  const cohort = parameters.cohort === null ? undefined : cohortNamed(parameters.cohort, tools);
  const sources = parameters.sources.map((path) => resolve(path));
  const moved = new MovedFiles(catalog, decoder);
  try {
    const choose = await frameChoice(parameters, decoder, tools);
    for (const source of sources) {
      const began = now();
      const read = (batch: readonly ArchiveEntry[]) =>
        readBatch(source, batch, { parameters, decoder, choose, catalog, since, moved });
      // Files of sources to come are not known.
      const count = source === sources.at(-1);
      for await (const batch of oneAhead(batches(source, decoder, tools, counts, count), read)) {
        checkpoint(tools, 'import');
        catalog.transaction(() => {
          const imported = takeIn(source, batch, { ...tools, again: parameters.removed }, counts);
          const known = [...batch.unchanged.map(({ entry }) => entry), ...batch.moved.map(({ entry }) => entry)];
          if (cohort !== undefined) addToCohort(catalog, cohort, [...imagesAt(catalog, known), ...imported]);
          note(catalog, run, counts);
        });
        tools.report({ stage: 'importing', done: readable(counts) + skipped(counts), total: counts.total });
        tools.changed('images');
      }
      if (countUnseen(catalog, source, began) > 0) await refuseGoneSource(source);
      for (const path of markVanished(catalog, source, began)) {
        counts.vanished++;
        tools.log('noted', `${path}: is no longer there`);
      }
      for (const line of seriesReport(catalog, source, since)) {
        counts.noted++;
        tools.log('noted', line);
      }
    }
  } finally {
    tools.signal.removeEventListener('abort', stop);
    await decoder.close();
  }
  note(catalog, run, { ...counts, total: readable(counts) + skipped(counts) });
  extendProvenance(catalog, run.id, { summary: summary(counts) });
  tools.log('information', summary(counts));
}

/** Notes how far an import is. */
function note(catalog: Catalog, { id }: Run, counts: Counts): void {
  const { refused: _refused, removed: _removed, total, ...kept } = counts;
  setRunProgress(catalog, id, { stage: 'importing', done: readable(counts), skipped: skipped(counts), total });
  extendProvenance(catalog, id, { counts: kept });
}

async function* batches(
  source: string,
  { listed }: Decoder,
  tools: RunTools,
  counts: Counts,
  count: boolean,
): AsyncGenerator<readonly ArchiveEntry[]> {
  let batch: ArchiveEntry[] = [];
  let bytes = 0;
  const before = readable(counts) + skipped(counts);
  const found = (files: number) => {
    if (count) counts.total = before + files;
  };
  for await (const item of walkAhead(source, { ...tools, listedIn: listed }, found)) {
    if (item.kind === 'refused') {
      counts.refused++;
      tools.log('skipped', skippedLine({ name: item.path, error: item.problem }));
    } else {
      batch.push(item.entry);
      bytes += item.entry.size;
    }
    if (batch.length === batchLimit.files || bytes >= batchLimit.bytes) {
      yield batch;
      batch = [];
      bytes = 0;
    }
  }
  if (batch.length > 0) yield batch;
}

/** What is known about a batch of files before anything of it is written. */
interface Batch {
  /** Need not be read. */
  readonly unchanged: readonly { readonly entry: ArchiveEntry; readonly seen: SeenFile }[];
  /** Files of the catalog, by number, that are elsewhere now. */
  readonly moved: readonly { readonly entry: ArchiveEntry; readonly file: number }[];
  /** How many somebody has removed; of these: those that are elsewhere now. */
  readonly removed: number;
  readonly removedMoved: readonly { readonly entry: ArchiveEntry; readonly file: RemovedFile }[];
  readonly files: readonly ImportedFile[];
}

/** Gives each result while the next one is being made, so that decoders need not wait for the catalog. */
async function* oneAhead<T, R>(items: AsyncIterable<T>, work: (item: T) => Promise<R>): AsyncGenerator<R> {
  let pending: Promise<R> | undefined;
  for await (const item of items) {
    const next = work(item);
    // Told to whoever awaits it; nobody does when the walk fails meanwhile.
    next.catch(() => {});
    if (pending !== undefined) yield await pending;
    pending = next;
  }
  if (pending !== undefined) yield await pending;
}

/** What reading a file takes. */
interface Reading {
  readonly parameters: Parameters;
  readonly decoder: Decoder;
  readonly choose: ChooseFrames;
}

/** Reads what has changed since it was last seen, and recognises what was moved. */
async function readBatch(
  source: string,
  batch: readonly ArchiveEntry[],
  {
    catalog,
    since,
    moved: movedFiles,
    ...reading
  }: Reading & { readonly catalog: Catalog; readonly since: string; readonly moved: MovedFiles },
): Promise<Batch> {
  const again = reading.parameters.removed;
  const seen = seenUnchanged(catalog, batch, { at: now(), since }).map((file, index) =>
    again && hasRemovedFrames(catalog, batch[index]!) ? null : file,
  );
  const unknown = batch.filter((_, index) => seen[index] === null);
  const removed = again ? new Set() : removedPlaces(catalog, unknown);
  const fresh = unknown.filter((entry) => !removed.has(entry));
  const known = await Promise.all(fresh.map((entry) => movedFiles.find(entry)));
  const moved = fresh.flatMap((entry, index) => {
    const file = known[index];
    return file === undefined || 'removed' in file ? [] : [{ entry, file: file.id }];
  });
  const removedMoved = fresh.flatMap((entry, index) => {
    const file = known[index];
    return file !== undefined && 'removed' in file ? [{ entry, file }] : [];
  });
  // What is asked for again is read wherever it is by now.
  const toRead = fresh.filter((_, index) => known[index] === undefined || (again && 'removed' in known[index]));
  const files = await Promise.all(toRead.map((entry) => readOne(source, entry, reading)));
  const unchanged = batch.flatMap((entry, index) => {
    const before = seen[index]!;
    return before === null ? [] : [{ entry, seen: before }];
  });
  return { unchanged, moved, removed: again ? 0 : removed.size + removedMoved.length, removedMoved, files };
}

/** Notes a batch, to be called in one transaction; the ids of the images of the files that were read. */
function takeIn(
  source: string,
  { unchanged, moved, removed, removedMoved, files }: Batch,
  { catalog, log, again }: Pick<RunTools, 'catalog' | 'log'> & { readonly again: boolean },
  counts: Counts,
): readonly number[] {
  const skip = (name: string, reason: string) => {
    counts.quarantined++;
    log('skipped', skippedLine({ name, error: new Error(reason) }));
  };
  for (const { entry, seen } of unchanged) {
    if (seen.counted) continue;
    if (seen.quarantined === null) counts.unchanged++;
    else skip(entry.path, seen.quarantined);
  }
  for (const { entry, file } of moved) moveFile(catalog, file, { source, ...entry }, now());
  counts.moved += moved.length;
  counts.removed += removed;
  for (const { entry, file } of removedMoved) moveRemoved(catalog, file, entry);
  forgetRemoved(catalog, files, { frames: again });
  const outcomes = importFiles(catalog, files, now());
  for (const [index, { images, outcome }] of outcomes.entries()) {
    const { path, quarantined, warnings = [] } = files[index]!;
    if (outcome !== 'known') counts.images += images.length;
    if (outcome === 'changed') {
      counts.changed++;
      log('noted', `${path}: has other content than before, which stays known as changed`);
    }
    for (const warning of warnings) {
      counts.noted++;
      log('noted', `${path}: ${warning}`);
    }
    if (quarantined === undefined) counts[outcome === 'known' ? 'unchanged' : 'files']++;
    else skip(path, quarantined);
  }
  return outcomes.flatMap(({ images }) => images);
}

async function readOne(
  source: string,
  entry: ArchiveEntry,
  { parameters, decoder, choose }: Reading,
): Promise<ImportedFile> {
  const { path, file, inside, companion, size, modified } = entry;
  const place = { source, path, file, inside, companion, size, modified };
  try {
    const description = await decoder.describe(entry);
    const { format, sha256, frames } = description;
    const chosen = await choose(entry, description);
    const warnings = [...new Set(frames.flatMap(({ image }) => image.warnings)), ...chosen.remarks];
    const images = imagesOf(entry, description, chosen.frames, parameters.kind);
    return { ...place, format, sha256, warnings, images, frames: frames.length };
  } catch (error) {
    // A decoder that cannot be started, or a drive that is gone, says nothing about the file.
    if (isProblem(error, 'cancelled') || isProblem(error, 'process')) throw error;
    await refuseGoneSource(source);
    // What could not be opened, or in time, may be read another time; so may what is the fault of a mask.
    const ended = error instanceof Error && isProblem(error.cause, 'process');
    const again = ended || isProblem(error, 'file') || parameters.maskDir !== null;
    return { ...place, quarantined: inWords(error), again, images: [] };
  }
}

function cohortNamed(name: string, { catalog }: RunTools): number {
  return (
    findCohort(catalog, name) ?? createCohort(catalog, { name, definition: { import: true }, images: [], at: now() })
  );
}
