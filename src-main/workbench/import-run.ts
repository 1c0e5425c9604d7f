// Import: walks the sources, reads what is new, and notes every image and every file that could not be read.
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import type { Input } from '../../src-preload/schemas/read-only.ts';
import { type RunParameters, parameters as schemas } from '../../src-preload/schemas/run.ts';
import type { ArchiveEntry } from '../archive/entry.ts';
import { refuseGoneSource } from '../archive/source.ts';
import { walk } from '../archive/walk.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { addToCohort, createCohort, findCohort } from '../catalog/tables/cohorts.ts';
import {
  countQuarantined,
  countUnseen,
  type ImportedFile,
  imagesAt,
  importFiles,
  markVanished,
  seenUnchanged,
} from '../catalog/tables/files.ts';
import { extendProvenance, type Run, setRunProgress } from '../catalog/tables/runs.ts';
import { type Decoder, openDecoderPool } from '../decoder/decoder-pool.ts';
import { isProblem } from '../platform/errors.ts';
import { checkpoint } from '../platform/job.ts';
import { inWords } from '../platform/words.ts';
import { skippedLine } from './folder-images.ts';
import { type ChooseFrames, frameChoice } from './frame-choice.ts';
import { imagesOf } from './imported-image.ts';
import { now, type RunProgram, type RunTools } from './run-program.ts';
import { seriesReport } from './series-report.ts';
import { parametersOf } from './stored-parameters.ts';

/**
 * At most so many files and bytes in one transaction: a kill loses the reading of no more, and between two of them an import
 * can be paused and tells how far it is.
 */
const batchLimit = { files: 512, bytes: 256 * 2 ** 20 } as const;

type Parameters = RunParameters<'import'>;

/** What an import found; becomes part of the run's provenance. */
interface Counts {
  images: number;
  files: number;
  unchanged: number;
  /** Had other content before: the old images stay, as changed. */
  changed: number;
  skipped: number;
  vanished: number;
  /** Cannot be read, now or as an earlier import has found. */
  quarantined: number;
  /** Remarks about files that were read all the same, and about series. */
  noted: number;
}

export const importRun: RunProgram = (run, tools) => importSources(run, parametersOf(run, schemas.import), tools);

/**
 * Imports folders, zips and files. A file that the catalog has with the same size and time is not read again, so that an
 * interrupted import goes on where it was and a second one is quick. A file that cannot be read is noted with its reason.
 */
export async function importSources({ id }: Run, given: Input<typeof schemas.import>, tools: RunTools): Promise<void> {
  const parameters = schemas.import.parse(given);
  const { catalog } = tools;
  const unread = { images: 0, files: 0, unchanged: 0, changed: 0 };
  const counts: Counts = { ...unread, skipped: 0, vanished: 0, quarantined: 0, noted: 0 };
  const decoder = openDecoderPool({ launch: tools.launch, processes: availableParallelism() });
  // Whoever stops an import does not wait for a file that takes its time.
  const stop = () => void decoder.close();
  tools.signal.addEventListener('abort', stop);
  const cohort = parameters.cohort === null ? undefined : cohortNamed(parameters.cohort, tools);
  try {
    const choose = await frameChoice(parameters, decoder, tools);
    for (const source of parameters.sources.map((path) => resolve(path))) {
      const began = now();
      const read = (batch: readonly ArchiveEntry[]) =>
        readBatch(source, batch, { parameters, decoder, choose, catalog });
      for await (const batch of oneAhead(batches(source, decoder, tools, counts), read)) {
        checkpoint(tools, 'import');
        catalog.transaction(() => {
          const imported = takeIn(batch, tools, counts);
          if (cohort !== undefined) addToCohort(catalog, cohort, imported);
          const done = counts.files + counts.unchanged;
          setRunProgress(catalog, id, { stage: 'importing', done, skipped: counts.skipped, total: 0 });
        });
        const done = counts.files + counts.unchanged;
        tools.report({ stage: 'importing', done, total: 0, note: `${counts.images} images` });
        tools.changed('images');
      }
      if (countUnseen(catalog, source, began) > 0) await refuseGoneSource(source);
      for (const path of markVanished(catalog, source, began)) {
        counts.vanished++;
        tools.log('noted', `${path}: is no longer there`);
      }
      counts.quarantined += countQuarantined(catalog, source);
      for (const line of seriesReport(catalog, source, began)) {
        counts.noted++;
        tools.log('noted', line);
      }
    }
  } finally {
    tools.signal.removeEventListener('abort', stop);
    await decoder.close();
  }
  const done = counts.files + counts.unchanged;
  const { skipped } = counts;
  setRunProgress(catalog, id, { stage: 'importing', done, skipped, total: done + skipped });
  extendProvenance(catalog, id, { counts: { ...counts }, summary: summary(counts) });
  tools.log('information', summary(counts));
}

/** `120 images imported, 3 files unchanged, 2 skipped`. */
function summary({ images, ...counts }: Counts): string {
  const parts = {
    'files unchanged': counts.unchanged,
    'files changed': counts.changed,
    skipped: counts.skipped,
    vanished: counts.vanished,
    'in quarantine': counts.quarantined > counts.skipped ? counts.quarantined : 0,
    noted: counts.noted,
  };
  const told = Object.entries(parts).flatMap(([what, count]) => (count > 0 ? [`${count} ${what}`] : []));
  return [`${images} images imported`, ...told].join(', ');
}

async function* batches(
  source: string,
  { listed }: Decoder,
  tools: RunTools,
  counts: Counts,
): AsyncGenerator<readonly ArchiveEntry[]> {
  let batch: ArchiveEntry[] = [];
  let bytes = 0;
  for await (const item of walk(source, { ...tools, listedIn: listed })) {
    if (item.kind === 'refused') {
      counts.skipped++;
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
  readonly unchanged: readonly ArchiveEntry[];
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

/** Reads what has changed since it was last seen. */
async function readBatch(
  source: string,
  batch: readonly ArchiveEntry[],
  { catalog, ...reading }: Reading & { readonly catalog: Catalog },
): Promise<Batch> {
  const seen = seenUnchanged(catalog, batch, now());
  const fresh = batch.filter((_, index) => !seen[index]);
  const files = await Promise.all(fresh.map((entry) => readOne(source, entry, reading)));
  return { unchanged: batch.filter((_, index) => seen[index]), files };
}

/** Notes a batch, to be called in one transaction; the ids of all images of its files. */
function takeIn({ unchanged, files }: Batch, { catalog, log }: RunTools, counts: Counts): readonly number[] {
  counts.unchanged += unchanged.length;
  const outcomes = importFiles(catalog, files, now());
  for (const [index, { images, outcome }] of outcomes.entries()) {
    const { path, quarantined, warnings = [] } = files[index]!;
    counts.images += images.length;
    if (outcome === 'changed') {
      counts.changed++;
      log('noted', `${path}: has other content than before, which stays known as changed`);
    }
    for (const warning of warnings) {
      counts.noted++;
      log('noted', `${path}: ${warning}`);
    }
    if (quarantined === undefined) counts.files++;
    else {
      counts.skipped++;
      log('skipped', skippedLine({ name: path, error: new Error(quarantined) }));
    }
  }
  return [...imagesAt(catalog, unchanged), ...outcomes.flatMap(({ images }) => images)];
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
    // What could not be opened, or in time, is tried again by the next import, whatever size and time it has then.
    const ended = error instanceof Error && isProblem(error.cause, 'process');
    // The same for what may be the fault of a mask.
    const again = ended || isProblem(error, 'file') || parameters.maskDir !== null;
    const modified = again ? 0 : entry.modified;
    return { ...place, modified, quarantined: inWords(error), images: [] };
  }
}

function cohortNamed(name: string, { catalog }: RunTools): number {
  return (
    findCohort(catalog, name) ?? createCohort(catalog, { name, definition: { import: true }, images: [], at: now() })
  );
}
