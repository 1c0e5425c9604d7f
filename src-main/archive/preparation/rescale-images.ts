// rescale-images: images resized to a square PNG with Pillow's arithmetic; 16 bits stay 16 bits.
import { join } from 'node:path';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { Problem } from '../../platform/errors.ts';
import type { JobControl } from '../../platform/job.ts';
import type { DecodedImage } from '../decoded-image.ts';
import { encodePng } from '../raster/encode-png.ts';
import { type Filter, resample } from '../resample.ts';
import { OutputNames } from './output-names.ts';
import { emptyReport, forEach, type ImageReader, isKept, listEntries, type PreparationReport } from './preparation.ts';

export interface RescaleImagesOptions {
  readonly inDir: string;
  readonly outDir: string;
  /** Side of the square. Published: 512. */
  readonly resolution: number;
  /** Published: bicubic. */
  readonly filter: Filter;
}

/** Writes `NAME.png` for every PNG, JPEG or TIFF image below `inDir` (first page); outputs that are there stay. */
export async function rescaleImages(
  { inDir, outDir, resolution, filter }: RescaleImagesOptions,
  reader: ImageReader,
  control: JobControl,
): Promise<PreparationReport> {
  const report = emptyReport();
  const entries = await listEntries(inDir, report, control, reader);
  const names = new OutputNames();
  await forEach(
    entries,
    ({ path }) => path,
    report,
    'rescaling',
    control,
    async (entry) => {
      const name = names.of(entry, '.png');
      if (await isKept(outDir, name, report)) return;
      const { image } = await reader.frame(entry, 0);
      const samples = resizeSamples(image, resolution, filter);
      await writeFileAtomic(join(outDir, name), await encodePng(resolution, resolution, image.channels, samples));
      report.written.push(name);
    },
  );
  return report;
}

function resizeSamples(
  { samples, width, height, channels, format, bitsStored }: DecodedImage,
  side: number,
  filter: Filter,
) {
  if (samples instanceof Uint8Array && bitsStored === 8)
    return resample(samples, width, height, channels, side, side, filter);
  if (samples instanceof Uint16Array && bitsStored === 16) {
    const resized = resample(Float32Array.from(samples), width, height, channels, side, side, filter);
    return Uint16Array.from(resized, (value) => Math.max(0, Math.min(65_535, Math.floor(value + 0.5))));
  }
  const found = `${bitsStored}-bit ${format}`;
  throw new Problem('mismatch', { what: 'image to rescale', expected: '8 or 16 bits', found });
}
