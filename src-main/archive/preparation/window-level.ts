// window-level: clips NIfTI volumes and DICOM series to a window in their own units; header and scaling stay right.
import { join } from 'node:path';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { Problem } from '../../platform/errors.ts';
import type { JobControl } from '../../platform/job.ts';
import type { Samples } from '../decoded-image.ts';
import { seriesNotes } from '../dicom/series-notes.ts';
import type { ArchiveEntry } from '../entry.ts';
import { EntryReader } from '../entry-reader.ts';
import { readNiftiVolume } from '../nifti/volume.ts';
import { encodeNifti, niftiBytes } from '../nifti/write-nifti.ts';
import { nameOf, SNIFF_BYTES, sniff } from '../sniff.ts';
import { seriesAmong, volumeOf } from './dicom-volumes.ts';
import { OutputNames } from './output-names.ts';
import { emptyReport, forEach, type ImageReader, isKept, listEntries, type PreparationReport } from './preparation.ts';

export interface WindowLevelOptions {
  readonly inDir: string;
  readonly outDir: string;
  /** In units of the volume (Hounsfield for CT). Published defaults: 350 and 50. */
  readonly windowWidth: number;
  readonly windowLevel: number;
}

/**
 * Clips every NIfTI below `inDir` to [level - width/2, level + width/2] and writes it under its own name to `outDir` (a pair
 * .hdr and .img as one `.nii`); DICOM series become volumes as `dicomToNifti` makes and names them. Outputs that are there already stay.
 * Throws `file` when the output cannot be written.
 */
export async function windowLevel(
  options: WindowLevelOptions,
  images: ImageReader,
  control: JobControl,
): Promise<PreparationReport> {
  const { inDir, outDir, windowWidth, windowLevel: level } = options;
  if (!(windowWidth > 0)) throw new Problem('usage', { message: 'the window width must be more than 0' });
  const window = [level - windowWidth / 2, level + windowWidth / 2] as const;
  const report = emptyReport();
  const reader = new EntryReader();
  const entries = await listEntries(inDir, report, control, images);
  const names = new OutputNames();
  const dicom: ArchiveEntry[] = [];
  try {
    await forEach(
      entries,
      ({ path }) => path,
      report,
      'windowing',
      control,
      async (entry) => {
        const zipped = /\.gz$/i.test(entry.path);
        const name = names.of(entry, zipped ? '.nii.gz' : '.nii');
        if (await isKept(outDir, name, report)) return;
        const file = await reader.read(entry);
        const found = nameOf(sniff(file.bytes.subarray(0, SNIFF_BYTES)));
        if (found === 'DICOM') {
          dicom.push(entry);
          return;
        }
        if (!found.startsWith('NIfTI')) throw new Problem('format', { file: entry.path, found });
        const { header, voxels } = await readNiftiVolume(file);
        if (header.type.channels !== 1)
          throw new Problem('mismatch', { what: 'voxels to window', expected: 'grey', found: 'colour' });
        if (header.unknownRescale !== undefined)
          throw new Problem('content', {
            file: entry.path,
            reason: `${header.unknownRescale}: no window fits its values`,
          });
        const clipped = clip(voxels, window, header);
        // A file of two axes stays one.
        const shape = header.shape.slice(0, header.axes);
        const write = zipped ? encodeNifti : niftiBytes;
        await writeFileAtomic(join(outDir, name), write(header, { shape, voxels: clipped }));
        report.written.push(name);
      },
    );
  } finally {
    await reader.close();
  }
  await forEach(
    await seriesAmong(dicom, images, report, control),
    ({ name }) => name,
    report,
    'windowing series',
    control,
    async (named) => {
      const { name, series } = named;
      if (await isKept(outDir, name, report)) return;
      const [first] = series.slices;
      if (first!.rescale.unknown !== undefined)
        throw new Problem('content', {
          file: first!.path,
          reason: `${first!.rescale.unknown}: no window fits its values`,
        });
      const { header, changes } = await volumeOf(named, images);
      const voxels = clip(changes.voxels, window, { slope: 1, intercept: 0 });
      await writeFileAtomic(join(outDir, name), encodeNifti(header, { ...changes, voxels }));
      report.written.push(name);
      for (const note of seriesNotes(series)) report.notes.push({ path: name, note });
    },
  );
  return report;
}

/**
 * Clips in stored values, so that slope and intercept hold for the result. Integers that a bound lies between, or that do
 * not reach it, become floating point: a clipped voxel has the bound's own value, as published.
 */
function clip(
  voxels: Samples,
  [low, high]: readonly [low: number, high: number],
  { slope, intercept }: { readonly slope: number; readonly intercept: number },
): Samples {
  const bounds = [(low - intercept) / slope, (high - intercept) / slope].sort((a, b) => a - b);
  const integers = !(voxels instanceof Float32Array || voxels instanceof Float64Array);
  const [first, last] = bounds as [number, number];
  const clipped = voxels.slice();
  for (let at = 0; at < clipped.length; at++) {
    const value = Math.max(first, Math.min(last, clipped[at]!));
    clipped[at] = value;
    if (integers && clipped[at] !== value) {
      return clip(Float32Array.from(voxels), [low, high], { slope, intercept });
    }
  }
  return clipped;
}
