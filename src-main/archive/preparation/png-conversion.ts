// png-conversion: NIfTI slices as 8-bit PNG, each stretched from its minimum to its maximum.
import { join } from 'node:path';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import type { JobControl } from '../../platform/job.ts';
import { EntryReader } from '../entry-reader.ts';
import { lumaBytes, modalityValues, rangeOf } from '../grey.ts';
import { niftiFrames } from '../nifti/nifti-file.ts';
import { readNiftiVolume } from '../nifti/volume.ts';
import { encodePng } from '../raster/encode-png.ts';
import { OutputNames } from './output-names.ts';
import { emptyReport, forEach, type ImageReader, isKept, listEntries, type PreparationReport } from './preparation.ts';

export interface PngConversionOptions {
  readonly inDir: string;
  readonly outDir: string;
  /**
   * `affine` shows the patient as a radiologist expects; `published` is the fixed turn of the published tool (three
   * quarter turns and a mirror: rows are the second axis, columns the first), whatever the file says.
   */
  readonly orientation: 'affine' | 'published';
}

/**
 * Writes `NAME.png`, or `NAME_i.png` for each slice of a volume. Levels are cut, not rounded, to 8 bits as in the
 * published tool; a constant image becomes black.
 */
export async function pngConversion(
  options: PngConversionOptions,
  images: Pick<ImageReader, 'listed'>,
  control: JobControl,
): Promise<PreparationReport> {
  const report = emptyReport();
  const reader = new EntryReader();
  const entries = await listEntries(options.inDir, report, control, images);
  const names = new OutputNames();
  try {
    await forEach(
      entries,
      ({ path }) => path,
      report,
      'converting',
      control,
      async (entry) => {
        const volume = await readNiftiVolume(await reader.read(entry));
        const asStored = { ...volume, header: { ...volume.header, affine: undefined } };
        const file = niftiFrames(options.orientation === 'published' ? asStored : volume);
        for (let index = 0; index < file.frameCount; index++) {
          const name = names.of(entry, file.frameCount === 1 ? '.png' : `_${index}.png`);
          if (await isKept(options.outDir, name, report)) continue;
          const image = await file.frame(index);
          const values = modalityValues(image);
          const levels = publishedLevels(values);
          const grey = image.channels === 3 ? lumaBytes(levels) : levels;
          await writeFileAtomic(join(options.outDir, name), await encodePng(image.width, image.height, 1, grey));
          report.written.push(name);
        }
      },
    );
  } finally {
    await reader.close();
  }
  return report;
}

/** Levels 0..255, cut: the quotient first and then 255 times it, as published, so that the brightest pixel is 255. */
function publishedLevels(values: Float64Array): Uint8Array {
  const { low, high } = rangeOf(values);
  if (low === high) return new Uint8Array(values.length);
  return Uint8Array.from(values, (value) => Math.max(0, ((value - low) / (high - low)) * 255));
}
