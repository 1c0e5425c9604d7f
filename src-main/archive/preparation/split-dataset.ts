// split-dataset: two random halves of an image set, as copies of the files; patients are kept together on demand.
import { join } from 'node:path';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { Problem } from '../../platform/errors.ts';
import type { JobControl } from '../../platform/job.ts';
import type { Random } from '../../platform/random/random.ts';
import type { ArchiveEntry } from '../entry.ts';
import { EntryReader } from '../entry-reader.ts';
import { nameOf, SNIFF_BYTES, sniff } from '../sniff.ts';
import { emptyReport, forEach, type ImageReader, listEntries, type PreparationReport } from './preparation.ts';

export interface SplitDatasetOptions {
  readonly inDir: string;
  readonly outDirs: readonly [string, string];
  /** All images of a patient go to one half: by DICOM's patient ID, else by the name up to its first `_` or `-`. */
  readonly byPatient: boolean;
}

/**
 * Copies the images below `inDir` into two halves; of an odd count the second gets one more. The report's paths say
 * which half: `1/...` or `2/...`. The same order of random numbers gives the same halves.
 */
export async function splitDataset(
  { inDir, outDirs, byPatient }: SplitDatasetOptions,
  images: ImageReader,
  random: Random,
  control: JobControl,
): Promise<PreparationReport> {
  const report = emptyReport();
  const reader = new EntryReader();
  const groups = new Map<string, ArchiveEntry[]>();
  try {
    const entries = await listEntries(inDir, report, control, images);
    await forEach(
      entries,
      ({ path }) => path,
      report,
      'listing',
      control,
      async (entry) => {
        const found = sniff((await reader.read(entry)).bytes.subarray(0, SNIFF_BYTES));
        if (found.kind !== 'image') throw new Problem('format', { file: entry.path, found: nameOf(found) });
        const key = byPatient ? await patientOf(entry, found.format.name === 'DICOM', images) : entry.path;
        groups.set(key, [...(groups.get(key) ?? []), entry]);
      },
    );
    const halves = halve([...groups.values()], random);
    const chosen = halves.flatMap((half, index) => half.map((entry) => ({ entry, index: index as 0 | 1 })));
    await forEach(
      chosen,
      ({ entry }) => entry.path,
      report,
      'copying',
      control,
      async ({ entry, index }) => {
        const { bytes, companion } = await reader.read(entry);
        await writeFileAtomic(join(outDirs[index], entry.path), bytes);
        if (companion !== undefined) {
          await writeFileAtomic(join(outDirs[index], entry.path, '..', entry.companion!), companion);
        }
        report.written.push(`${index + 1}/${entry.path}`);
      },
    );
  } finally {
    await reader.close();
  }
  return report;
}

async function patientOf(entry: ArchiveEntry, isDicom: boolean, images: ImageReader): Promise<string> {
  const patient = isDicom ? (await images.describe(entry)).frames[0]?.image.metadata.patientId : undefined;
  const name = entry.path.split('/').at(-1)!;
  return patient === undefined ? `name ${name.split(/[_.-]/)[0]}` : `patient ${patient}`;
}

/** Shuffles the groups (Fisher and Yates) and fills the first half up to half of all files. */
function halve(groups: ArchiveEntry[][], random: Random): readonly [ArchiveEntry[], ArchiveEntry[]] {
  for (let last = groups.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [groups[last], groups[other]] = [groups[other]!, groups[last]!];
  }
  const half = Math.floor(groups.reduce((count, group) => count + group.length, 0) / 2);
  const [first, second]: [ArchiveEntry[], ArchiveEntry[]] = [[], []];
  for (const group of groups) (first.length + group.length <= half ? first : second).push(...group);
  return [first, second];
}
