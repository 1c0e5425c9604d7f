// Whether the highest patches that eval-recon found lie on the anomalies that a folder of masks marks.
import type { ArchiveEntry } from '../archive/entry.ts';
import { refuseGoneSource } from '../archive/source.ts';
import { FolderReader, listFolder, type Skipped, stem } from '../decoder/folder-images.ts';
import { readCsv } from '../platform/csv.ts';
import { Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import type { Random } from '../platform/random/random.ts';
import {
  type Localisation,
  type LocalisationSummary,
  localise,
  summariseLocalisations,
} from '../statistics/localisation.ts';

export interface FolderLocalisationOptions {
  /** A CSV of eval-recon with region `patch`: columns filename, patch_size, patch_row, patch_column. */
  readonly csv: string;
  /** Folder or zip of masks of the same names and sizes as the scored images; the anomaly is what is not 0. */
  readonly masks: string;
  /** Take the column `patient` for the interval: whole patients are drawn. */
  readonly byPatient: boolean;
  readonly resamples: number;
}

export interface LocalisedImage extends Localisation {
  readonly filename: string;
}

export interface FolderLocalisation {
  readonly images: readonly LocalisedImage[];
  readonly summary: LocalisationSummary;
  /** Rows without a mask, or whose mask marks nothing: images without an anomaly. */
  readonly unmarked: number;
}

const columns = {
  filename: 'text',
  patch_size: 'optional-number',
  patch_row: 'optional-number',
  patch_column: 'optional-number',
} as const;

/**
 * Compares the highest patch of every row with the mask of its name (the ending may differ). A row without a patch and a
 * mask that cannot be read or does not fit is told to `onSkipped`. Throws `content` when the CSV is none of eval-recon,
 * and `missing` when no image has both a patch and a marked anomaly.
 */
export async function localiseFolder(
  { csv, masks, byPatient, resamples }: FolderLocalisationOptions,
  random: Random,
  control: JobControl,
  onSkipped: (skipped: Skipped) => void,
): Promise<FolderLocalisation> {
  const rows = byPatient
    ? await readCsv(csv, { ...columns, patient: 'optional-text' })
    : (await readCsv(csv, columns)).map((row) => ({ ...row, patient: null }));
  const listing = await listFolder(masks, control);
  listing.refused.forEach(onSkipped);
  const masksByStem = new Map([...listing.entries].map(([name, entry]) => [stem(name), entry]));
  const images: LocalisedImage[] = [];
  const patients: (string | undefined)[] = [];
  let unmarked = 0;
  const reader = new FolderReader();
  try {
    for (const [done, row] of rows.entries()) {
      checkpoint(control, 'localising');
      const mask = masksByStem.get(stem(row.filename));
      try {
        const found = mask && (await localiseOne(row, mask, reader));
        if (found === undefined) unmarked++;
        else {
          images.push({ filename: row.filename, ...found });
          patients.push(row.patient ?? undefined);
        }
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        await refuseGoneSource(masks);
        onSkipped({ name: row.filename, error });
      }
      control.report({ stage: 'localising', done: done + 1, total: rows.length });
    }
  } finally {
    await reader.close();
  }
  if (images.length === 0)
    throw new Problem('missing', { what: 'image with a patch and a marked anomaly', name: masks });
  return {
    images,
    summary: summariseLocalisations(images, byPatient ? patients : undefined, resamples, random),
    unmarked,
  };
}

/** Undefined where the mask marks nothing. */
async function localiseOne(
  { filename, patch_size: size, patch_row: row, patch_column: column }: RowOfPatch,
  entry: ArchiveEntry,
  reader: FolderReader,
): Promise<Localisation | undefined> {
  const mask = await reader.readGrey(entry);
  if (mask.data.every((value) => value === 0)) return undefined;
  if (size === null || row === null || column === null) throw new Problem('missing', { what: 'patch', name: filename });
  return localise({ row, column, size }, mask);
}

interface RowOfPatch {
  readonly filename: string;
  readonly patch_size: number | null;
  readonly patch_row: number | null;
  readonly patch_column: number | null;
}
