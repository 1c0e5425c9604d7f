// preprocess-midrc: radiographs of a tree ANATOMY/MODALITY/... of DICOM files as square 8-bit PNG images.
import { join } from 'node:path';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { Problem } from '../../platform/errors.ts';
import type { JobControl } from '../../platform/job.ts';
import type { DecodedImage } from '../decoded-image.ts';
import type { ArchiveEntry } from '../entry.ts';
import { displayValues, rangeOf, stretch } from '../grey.ts';
import { rescaleAsItk, resizeAsOpenCv } from '../opencv-resize.ts';
import { encodePng } from '../raster/encode-png.ts';
import { fitSquare, type Recipe, toChannels } from '../recipe.ts';
import { resample } from '../resample.ts';
import { emptyReport, forEach, type ImageReader, isKept, listEntries, type PreparationReport } from './preparation.ts';

export interface PreprocessMidrcOptions {
  readonly inDir: string;
  readonly outDir: string;
  /** Published: squash. */
  readonly fit: Recipe['fit'];
  /**
   * The published procedure: stored values, no window, MONOCHROME1 left as it is, OpenCV's bilinear without antialiasing,
   * frames of one value dropped; only the labels stay right.
   */
  readonly published: boolean;
}

const side = 512;

/**
 * Writes `ANATOMY_MODALITY_idx.png`, or `ANATOMY_MODALITY_idx_frame.png` for each frame of a file with several; idx
 * counts the files of the pair in name order, from 0. Frames are resized (bilinear, antialiased) and stretched from minimum
 * to maximum, cut to 8 bits; all-black frames are dropped and noted.
 */
export async function preprocessMidrc(
  options: PreprocessMidrcOptions,
  reader: ImageReader,
  control: JobControl,
): Promise<PreparationReport> {
  const report = emptyReport();
  const entries = await listEntries(options.inDir, report, control, reader);
  const counts = new Map<string, number>();
  await forEach(
    entries,
    ({ path }) => path,
    report,
    'preprocessing',
    control,
    async (entry) => {
      const pair = pairOf(entry);
      const index = counts.get(pair) ?? 0;
      counts.set(pair, index + 1);
      const { format, frames } = await reader.describe(entry);
      if (format !== 'DICOM') throw new Problem('format', { file: entry.path, found: format });
      for (let frame = 0; frame < frames.length; frame++) {
        const name = frames.length === 1 ? `${pair}_${index}.png` : `${pair}_${index}_${frame}.png`;
        if (await isKept(options.outDir, name, report)) continue;
        const levels = square((await reader.frame(entry, frame)).image, options);
        if (levels === undefined) {
          const what = options.published ? 'of one value' : 'all black';
          report.notes.push({ path: entry.path, note: `frame ${frame} is ${what} and was dropped` });
          continue;
        }
        await writeFileAtomic(join(options.outDir, name), await encodePng(side, side, 1, levels));
        report.written.push(name);
      }
    },
  );
  return report;
}

function pairOf(entry: ArchiveEntry): string {
  const [anatomy, modality, ...rest] = entry.path.split('/');
  if (anatomy === undefined || modality === undefined || rest.length === 0) {
    throw new Problem('mismatch', {
      what: `place of ${entry.path}`,
      expected: 'ANATOMY/MODALITY/...',
      found: entry.path,
    });
  }
  return `${anatomy}_${modality}`;
}

/** The frame's levels, or undefined when it is all black, or of one value as published. */
function square(image: DecodedImage, { fit, published }: PreprocessMidrcOptions): Uint8Array | undefined {
  const { width, height, channels } = image;
  if (published && fit === 'squash') return publishedSquare(image);
  const values = published ? Float32Array.from(image.samples) : Float32Array.from(displayValues(image));
  const fitted = fitSquare(toChannels({ width, height, channels, data: values }, 1), fit);
  const resized = resample(fitted.data, fitted.width, fitted.height, 1, side, side, 'bilinear');
  const range = rangeOf(resized);
  if (range.low === 0 && range.high === 0) return undefined;
  return Uint8Array.from(stretch(Float64Array.from(resized), range));
}

/** As cv2.resize, SimpleITK's RescaleIntensity and a cast make it. Throws `mismatch` for samples that OpenCV refuses. */
function publishedSquare({ samples, width, height, channels, bitsStored }: DecodedImage): Uint8Array | undefined {
  if (channels !== 1) throw new Problem('mismatch', { what: 'colours of the frame', expected: 'grey', found: 'RGB' });
  if (!(samples instanceof Uint8Array || samples instanceof Uint16Array || samples instanceof Int16Array)) {
    const found = `${bitsStored}-bit samples, which the published procedure does not resize`;
    throw new Problem('mismatch', { what: 'samples of the frame', expected: '8 or 16 bits', found });
  }
  const levels = rescaleAsItk(resizeAsOpenCv(samples, width, height, side, side));
  return levels.some((level) => level > 0) ? levels : undefined;
}
