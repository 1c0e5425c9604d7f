// simulate: anomalies of known place put into real slices of a folder, as images and masks of the truth.
import { join } from 'node:path';
import { encodePng } from '../archive/raster/encode-png.ts';
import { type FolderReader, listFolder, type Skipped, stem } from '../decoder/folder-images.ts';
import type { AnomalyKind } from '../phantom/anomaly.ts';
import { insertAnomaly, type RealSlice } from '../phantom/insertion.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import type { GreyImage } from '../platform/grey-image.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { bodyMask } from '../scoring/body-mask.ts';
import { mean } from '../statistics/moments.ts';

export interface SimulationOrder {
  /** Folder or zip of 8-bit square slices, and of liver masks of the same names: above 0 inside. */
  readonly images: string;
  readonly masks: string;
  readonly outDir: string;
  readonly kinds: readonly AnomalyKind[];
  readonly seed: number;
  /** Side of the slices in mm. */
  readonly fieldOfView: number;
  /** Hounsfield units at mid-grey, and from black to white. */
  readonly windowLevel: number;
  readonly windowWidth: number;
  /** Slices with less liver, in cm², are left out. */
  readonly leastLiver: number;
}

/** Slices used, files written, and what was left out. */
export interface SimulationReport {
  readonly slices: number;
  /** Mean Hounsfield value of the liver in the slices used, by the window that was told: it shows whether that was theirs; NaN without a slice. */
  readonly liverHounsfield: number;
  readonly written: number;
  readonly skipped: readonly Skipped[];
}

/**
 * Writes `images/normal/NAME.png`, and for each kind `images/KIND/NAME.png` with the anomaly and `truth/KIND/NAME.png`, 255 where
 * it changed the slice by more than 20 HU. The same seed and files give the same results.
 */
export async function simulateAnomalies(
  order: SimulationOrder,
  reader: FolderReader,
  control: JobControl,
): Promise<SimulationReport> {
  const { images, masks, outDir, kinds, seed, leastLiver } = order;
  const [pictures, organs] = [await listFolder(images, control), await listFolder(masks, control)];
  const skipped: Skipped[] = [...pictures.refused, ...organs.refused];
  const maskOf = new Map([...organs.entries].map(([name, entry]) => [withoutRoot(name), entry]));
  let [slices, written, liverSum] = [0, 0, 0];
  const save = async (name: string, size: number, data: Uint8Array) => {
    await writeFileAtomic(join(outDir, name), await encodePng(size, size, 1, data));
    written += 1;
  };
  for (const [index, [name, entry]] of [...pictures.entries].entries()) {
    checkpoint(control, 'simulating');
    try {
      const mask = maskOf.get(withoutRoot(name));
      if (mask === undefined) throw new Problem('missing', { what: 'liver mask', name });
      const grey = await reader.readGrey(entry);
      const slice = sliceOf(grey, await reader.readGrey(mask), name, order);
      const liver = (slice.liver.reduce((sum, inside) => sum + inside, 0) * slice.pixelSpacing ** 2) / 100;
      if (liver < leastLiver) throw tooLittle(name, liver, leastLiver);
      const file = `${withoutRoot(name).replaceAll('/', '_')}.png`;
      const altered = kinds.map((kind) => insertAnomaly(slice, kind, { seed, index }));
      await save(`images/normal/${file}`, slice.size, grey.data);
      for (const { hounsfield, anomaly } of altered) {
        await save(`images/${anomaly.kind}/${file}`, slice.size, greyOf(hounsfield, order));
        await save(
          `truth/${anomaly.kind}/${file}`,
          slice.size,
          anomaly.mask.map((inside) => inside * 255),
        );
      }
      slices += 1;
      liverSum += mean(slice.hounsfield.filter((_, at) => slice.liver[at] === 1));
    } catch (error) {
      if (!isProblem(error) || ['cancelled', 'file'].includes(error.kind)) throw error;
      skipped.push({ name, error });
    }
    control.report({ stage: 'simulating', done: index + 1, total: pictures.entries.size });
  }
  return { slices, liverHounsfield: liverSum / slices, written, skipped };
}

/** `images/a.png` and `masks/a.png` of one archive belong together: the first folder and the ending do not count. */
function withoutRoot(name: string): string {
  return stem(name).replace(/^(images|masks|labels)\//, '');
}

function sliceOf(
  { width, height, data }: GreyImage,
  mask: GreyImage,
  name: string,
  { fieldOfView, windowLevel, windowWidth }: SimulationOrder,
): RealSlice {
  for (const { what, found } of [
    { what: `height of ${name}`, found: height },
    { what: `width of the mask of ${name}`, found: mask.width },
    { what: `height of the mask of ${name}`, found: mask.height },
  ]) {
    if (found !== width) throw new Problem('mismatch', { what, expected: String(width), found: String(found) });
  }
  return {
    size: width,
    hounsfield: Float32Array.from(data, (value) => (value / 255 - 0.5) * windowWidth + windowLevel),
    pixelSpacing: fieldOfView / width,
    body: bodyMask({ width, height, data }),
    liver: mask.data.map((value) => (value > 0 ? 1 : 0)),
  };
}

function greyOf(hounsfield: Float32Array, { windowLevel, windowWidth }: SimulationOrder): Uint8Array {
  return Uint8Array.from(hounsfield, (value) =>
    Math.max(0, Math.min(255, Math.round(((value - windowLevel) / windowWidth + 0.5) * 255))),
  );
}

function tooLittle(name: string, found: number, least: number): Problem {
  return new Problem('content', { file: name, reason: `has ${found.toFixed(1)} cm² of liver, less than ${least}` });
}
