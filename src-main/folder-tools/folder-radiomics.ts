// Radiomic features of the images of a plain folder or zip, each inside its mask where there is one, and their CSV.
import { readFile } from 'node:fs/promises';
import type { DecodedImage } from '../archive/decoded-image.ts';
import type { ArchiveEntry } from '../archive/entry.ts';
import { modalityValues } from '../archive/grey.ts';
import { FolderReader, listFolder, type Skipped, stem } from '../decoder/folder-images.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { type CsvKind, formatCsv, parseCsv } from '../platform/csv.ts';
import { Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { radiomicFeatures } from '../statistics/radiomics/radiomic-features.ts';

/** A row is an image; `values` are in the order of `features`, not a number where there is nothing to measure. */
export interface RadiomicTable {
  readonly features: readonly string[];
  readonly images: readonly { readonly image: string; readonly mask: string; readonly values: readonly number[] }[];
}

export interface FolderRadiomicsOptions {
  readonly folder: string;
  /** Masks of the same names (the ending may differ); without it all of each image is measured. */
  readonly masks: string | undefined;
  /** Columns and rows that images and masks are brought to first; undefined: as they are. */
  readonly resize: readonly [number, number] | undefined;
  readonly binWidth: number | undefined;
}

/**
 * Features of every image of a folder, in name order, of its values as SimpleITK gives them: stored values rescaled, colours as
 * ITK's luminance. What cannot be measured is told to `onSkipped`, as is a mask of one pixel, which frd-score skips too.
 * Throws `missing` when nothing is left.
 */
export async function folderRadiomics(
  { folder, masks, resize, binWidth }: FolderRadiomicsOptions,
  control: JobControl,
  onSkipped: (skipped: Skipped) => void,
): Promise<RadiomicTable> {
  const { entries, refused } = await listFolder(folder, control);
  for (const each of refused) onSkipped(each);
  const maskEntries =
    masks === undefined
      ? undefined
      : new Map([...(await listFolder(masks, control)).entries].map(([name, entry]) => [stem(name), { name, entry }]));
  const reader = new FolderReader();
  const images: { image: string; mask: string; features: Readonly<Record<string, number>> }[] = [];
  let done = 0;
  try {
    for (const [image, entry] of entries) {
      checkpoint(control, 'radiomics');
      try {
        const mask = maskEntries?.get(stem(image));
        if (maskEntries !== undefined && mask === undefined)
          throw new Problem('missing', { what: 'mask', name: image });
        const plane = resized(planeOf(await readOne(reader, entry)), resize);
        const inside = mask && resized(insideOf(await readOne(reader, mask.entry), mask.name), resize);
        const size = [plane.height, plane.width];
        if (inside !== undefined && (inside.width !== plane.width || inside.height !== plane.height)) {
          const found = `${inside.width}x${inside.height}`;
          throw new Problem('mismatch', { what: 'size of mask', expected: `${plane.width}x${plane.height}`, found });
        }
        const measured = {
          size,
          spacing: resize === undefined ? plane.spacing : [1, 1],
          values: plane.values,
          ...(inside && { mask: inside.values.map((share) => (share > 0.5 ? 1 : 0)) }),
        };
        images.push({ image, mask: mask?.name ?? 'None', features: radiomicFeatures(measured, binWidth) });
      } catch (error) {
        onSkipped({ name: image, error });
      }
      control.report({ stage: 'radiomics', done: ++done, total: entries.size });
    }
  } finally {
    await reader.close();
  }
  const features = Object.keys(images[0]?.features ?? {});
  if (features.length === 0) throw new Problem('missing', { what: 'image that can be measured', name: folder });
  return {
    features,
    images: images.map((row) => ({ ...row, values: features.map((name) => row.features[name]!) })),
  };
}

async function readOne(reader: FolderReader, entry: ArchiveEntry): Promise<DecodedImage> {
  const image = await reader.read(entry);
  const { count } = image.frame;
  if (count === 1) return image;
  const reason = `has ${count} slices or frames: cut it into single images first (residua slice)`;
  throw new Problem('content', { file: entry.path, reason });
}

/** [height, width]. */
interface Plane {
  readonly width: number;
  readonly height: number;
  /** Of rows, of columns; mm. */
  readonly spacing: readonly [number, number];
  readonly values: Float64Array;
}

/** ITK's weights of red, green and blue (ITU-R BT.709). */
const luminance = [0.2125, 0.7154, 0.0721] as const;

function planeOf(image: DecodedImage): Plane {
  const { width, height, channels, geometry } = image;
  const samples = modalityValues(image);
  const values =
    channels === 1
      ? samples
      : Float64Array.from({ length: width * height }, (_, pixel) =>
          luminance.reduce((sum, weight, channel) => sum + weight * samples[pixel * channels + channel]!, 0),
        );
  return { width, height, spacing: [geometry.spacing?.row ?? 1, geometry.spacing?.column ?? 1], values };
}

/** 1 inside: where a mask that has 255 is 255, where one that has 1 is 1, else wherever it is not 0. Throws `content` for an empty one. */
function insideOf(mask: DecodedImage, file: string): Plane {
  const plane = planeOf(mask);
  const label = [255, 1].find((label) => plane.values.includes(label));
  const values = plane.values.map((value) => ((label === undefined ? value !== 0 : value === label) ? 1 : 0));
  if (!values.includes(1)) throw new Problem('content', { file, reason: 'the mask is empty' });
  return { ...plane, values };
}

/** Bilinear between pixel centres without smoothing, as OpenCV's INTER_LINEAR. */
function resized(plane: Plane, to: readonly [number, number] | undefined): Plane {
  if (to === undefined) return plane;
  const [width, height] = to;
  const tap = (position: number, from: number, length: number) => {
    const place = Math.min(from - 1, Math.max(0, (position + 0.5) * (from / length) - 0.5));
    const low = Math.min(from - 1, Math.floor(place));
    return { low, high: Math.min(from - 1, low + 1), share: place - low };
  };
  const values = Float64Array.from({ length: width * height }, (_, at) => {
    const x = tap(at % width, plane.width, width);
    const y = tap(Math.floor(at / width), plane.height, height);
    const along = (row: number) =>
      plane.values[row * plane.width + x.low]! * (1 - x.share) + plane.values[row * plane.width + x.high]! * x.share;
    return along(y.low) * (1 - y.share) + along(y.high) * y.share;
  });
  return { ...plane, width, height, values };
}

/** Columns `image_path, mask_path` and the features, as frd-score writes them. */
export async function writeRadiomicTable(file: string, { features, images }: RadiomicTable): Promise<void> {
  const rows = images.map(({ image, mask, values }) => ({
    image_path: image,
    mask_path: mask,
    ...Object.fromEntries(features.map((name, at) => [name, values[at]!])),
  }));
  await writeFileAtomic(
    file,
    formatCsv(['image_path', 'mask_path', ...features], rows as Record<string, string | number>[]),
  );
}

/** Reads a table of ours or of frd-score (whose last rows, minima and maxima, are left out). Throws `content`. */
export async function readRadiomicTable(file: string): Promise<RadiomicTable> {
  const text = await readFile(file, 'utf8');
  const header = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/, 1)[0]!
    .split(',');
  const features = header.filter((name) => name !== 'image_path' && name !== 'mask_path');
  const numbers = Object.fromEntries(features.map((name) => [name, 'optional-number' satisfies CsvKind]));
  const columns = { image_path: 'optional-text', mask_path: 'optional-text', ...numbers } as Record<string, CsvKind>;
  const rows = parseCsv(text, file, columns);
  const images = rows
    .filter(({ image_path: image, mask_path: mask }) => image !== null && mask !== null)
    .map((row) => ({
      image: `${row.image_path}`,
      mask: `${row.mask_path}`,
      values: features.map((name) => (row[name] as number | null) ?? Number.NaN),
    }));
  if (images.length === 0 || features.length === 0) throw new Problem('content', { file, reason: 'holds no features' });
  return { features, images };
}
