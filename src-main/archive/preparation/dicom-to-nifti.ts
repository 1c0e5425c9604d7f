// dicom-to-nifti: every DICOM series below a folder as one volume in LAS order, gaps and tilt reported.
import { join } from 'node:path';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import type { JobControl } from '../../platform/job.ts';
import { seriesNotes } from '../dicom/series.ts';
import { encodeNifti } from '../nifti/write-nifti.ts';
import { seriesAmong, volumeOf } from './dicom-volumes.ts';
import { emptyReport, forEach, type ImageReader, isKept, listEntries, type PreparationReport } from './preparation.ts';

export interface DicomToNiftiOptions {
  readonly inDir: string;
  readonly outDir: string;
}

/**
 * Writes `NAME.nii.gz` for each series, NAME the folder that it lies in (`NAME_2` and so on when it holds several).
 * Uneven spacing and gantry tilt are noted.
 */
export async function dicomToNifti(
  { inDir, outDir }: DicomToNiftiOptions,
  reader: ImageReader,
  control: JobControl,
): Promise<PreparationReport> {
  const report = emptyReport();
  const found = await seriesAmong(await listEntries(inDir, report, control), reader, report, control);
  await forEach(
    found,
    ({ name }) => name,
    report,
    'writing volumes',
    control,
    async (named) => {
      const { name, series } = named;
      if (await isKept(outDir, name, report)) return;
      const { header, changes } = await volumeOf(named, reader);
      await writeFileAtomic(join(outDir, name), encodeNifti(header, changes));
      report.written.push(name);
      for (const note of seriesNotes(series)) report.notes.push({ path: name, note });
    },
  );
  return report;
}
