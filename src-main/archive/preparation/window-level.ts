// window-level: clips NIfTI volumes to a window in their own units; header, affine and scaling stay right.
import { join } from 'node:path';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { Problem } from '../../platform/errors.ts';
import type { JobControl } from '../../platform/job.ts';
import type { Samples } from '../decoded-image.ts';
import { EntryReader } from '../entry-reader.ts';
import { type NiftiVolume, readNiftiVolume } from '../nifti/volume.ts';
import { encodeNifti } from '../nifti/write-nifti.ts';
import { nameOf, SNIFF_BYTES, sniff } from '../sniff.ts';
import { emptyReport, forEach, isKept, listEntries, outputName, type PreparationReport } from './preparation.ts';

export interface WindowLevelOptions {
  readonly inDir: string;
  readonly outDir: string;
  /** In units of the volume (Hounsfield for CT). Published defaults: 350 and 50. */
  readonly windowWidth: number;
  readonly windowLevel: number;
}

/**
 * Clips every NIfTI below `inDir` to [level - width/2, level + width/2] and writes it as `.nii.gz` of the same name to
 * `outDir`; outputs that are there already stay. Throws `file` when the output cannot be written.
 */
export async function windowLevel(options: WindowLevelOptions, control: JobControl): Promise<PreparationReport> {
  const { inDir, outDir, windowWidth, windowLevel: level } = options;
  if (!(windowWidth > 0)) throw new Problem('usage', { message: 'the window width must be more than 0' });
  const report = emptyReport();
  const reader = new EntryReader();
  const entries = await listEntries(inDir, report, control);
  try {
    await forEach(
      entries,
      ({ path }) => path,
      report,
      'windowing',
      control,
      async (entry) => {
        const name = outputName(entry, '.nii.gz');
        if (await isKept(outDir, name, report)) return;
        const file = await reader.read(entry);
        const found = sniff(file.bytes.subarray(0, SNIFF_BYTES));
        if (!nameOf(found).startsWith('NIfTI')) throw new Problem('format', { file: entry.path, found: nameOf(found) });
        const volume = await readNiftiVolume(file);
        const voxels = clip(volume, level - windowWidth / 2, level + windowWidth / 2);
        await writeFileAtomic(join(outDir, name), encodeNifti(volume.header, { shape: volume.header.shape, voxels }));
        report.written.push(name);
      },
    );
  } finally {
    await reader.close();
  }
  return report;
}

/** Clips in stored values, so that slope and intercept hold for the result; integers go to the nearest inside. */
function clip({ header, voxels }: NiftiVolume, low: number, high: number): Samples {
  const { slope, intercept, type } = header;
  if (type.channels !== 1)
    throw new Problem('mismatch', { what: 'voxels to window', expected: 'grey', found: 'colour' });
  const bounds = [(low - intercept) / slope, (high - intercept) / slope].sort((a, b) => a - b);
  const integers = !(voxels instanceof Float32Array || voxels instanceof Float64Array);
  const [first, last] = integers ? [Math.ceil(bounds[0]!), Math.floor(bounds[1]!)] : [bounds[0]!, bounds[1]!];
  const clipped = voxels.slice();
  for (let at = 0; at < clipped.length; at++) clipped[at] = Math.max(first, Math.min(last, clipped[at]!));
  return clipped;
}
