// dicom-to-nifti: every DICOM series below a folder as one volume in LAS order, gaps and tilt reported.
import { join } from 'node:path';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import type { JobControl } from '../../platform/job.ts';
import { seriesNotes } from '../dicom/series-notes.ts';
import { encodeNifti } from '../nifti/write-nifti.ts';
import { seriesAmong, type VolumeOptions, volumeOf } from './dicom-volumes.ts';
import { emptyReport, forEach, type ImageReader, isKept, listEntries, type PreparationReport } from './preparation.ts';

export interface DicomToNiftiOptions extends VolumeOptions {
  readonly inDir: string;
  readonly outDir: string;
}

/**
 * Writes `NAME.nii.gz` for each series, NAME the folder that it lies in (`NAME_2` and so on when it holds several).
 * Gantry tilt and what else is odd are noted; series that make no volume are skipped, with the reason.
 */
export async function dicomToNifti(
  { inDir, outDir, ...volume }: DicomToNiftiOptions,
  reader: ImageReader,
  control: JobControl,
): Promise<PreparationReport> {
  const report = emptyReport();
  const found = await seriesAmong(await listEntries(inDir, report, control, reader), reader, report, control);
  await forEach(
    found,
    ({ name }) => name,
    report,
    'writing volumes',
    control,
    async (named) => {
      const { name, series } = named;
      if (await isKept(outDir, name, report)) return;
      const { header, changes } = await volumeOf(named, reader, volume);
      await writeFileAtomic(join(outDir, name), encodeNifti(header, changes));
      report.written.push(name);
      for (const note of seriesNotes(series)) report.notes.push({ path: name, note });
    },
  );
  return report;
}
