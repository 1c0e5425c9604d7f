// The formats of an export: how chosen images become files of the staging folder.

import { type DatasetImage, writeDatasetZip } from '../../archive/dataset-zip.ts';
import type { DecodedImage } from '../../archive/decoded-image.ts';
import { formatNamed } from '../../archive/formats/formats.ts';
import { displayValues, toBytes } from '../../archive/grey.ts';
import { encodePng } from '../../archive/raster/encode-png.ts';
import { applyRecipe, type Recipe } from '../../archive/recipe.ts';
import { targetBytes } from '../../archive/target-bytes.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { ImageRecord } from '../../catalog/tables/images.ts';
import { annotationsOf } from '../../catalog/tables/marks.ts';
import { Problem } from '../../platform/errors.ts';
import type { JobControl } from '../../platform/job.ts';
import { niftiOfFrame } from './nifti-frame.ts';
import type { StagingFolder } from './staging-folder.ts';

/** The bytes of an original file as they leave the house. */
export interface Original {
  readonly bytes: Uint8Array;
  readonly companion?: Uint8Array | undefined;
}

/** What a format may use. `original` gives the file of an image, de-identified where that was asked for. */
export interface FormatContext {
  readonly catalog: Catalog;
  readonly staging: StagingFolder;
  readonly control: JobControl;
  readonly recipe: Recipe | undefined;
  readonly original: (record: ImageRecord) => Promise<Original>;
  readonly decode: (record: ImageRecord) => Promise<DecodedImage>;
  /** Runs the work for one image; where that fails, the image is skipped with the reason, and undefined comes back. */
  readonly attempt: <T>(record: ImageRecord, work: () => Promise<T>) => Promise<T | undefined>;
}

/** Image id -> path of its file in the export. Images that failed are not in it. */
type Places = ReadonlyMap<number, string>;
type Format = (records: readonly ImageRecord[], context: FormatContext) => Promise<Places>;

const formats = {
  /** Original files, copied (and de-identified). */
  original: (records, context) => files(records, context, copyOriginal),
  /** Original files under a second name, sharing their bytes on the disk. */
  link: (records, context) => files(records, context, linkOriginal),
  /** 8-bit PNG as displayed: the file's window, or minimum to maximum. */
  png: (records, context) => files(records, context, writePng),
  /** One NIfTI-1 file per frame, at full depth. */
  nifti: (records, context) => files(records, context, writeNifti),
  /** A zip in the layout of StyleGAN2-ADA, made by the recipe. */
  dataset: writeDataset,
  /** PNG files and the annotations in COCO's layout. */
  coco: writeCoco,
} as const satisfies Readonly<Record<string, Format>>;

export type ExportFormat = keyof typeof formats;

/** The names of all formats. */
export const exportFormats = Object.keys(formats) as readonly ExportFormat[];

/** Writes the images in a format; where each is. */
export function writeFormat(
  format: ExportFormat,
  records: readonly ImageRecord[],
  context: FormatContext,
): Promise<Places> {
  return formats[format](records, context);
}

/** Names come from our numbers, never from what a file says about itself. */
function nameOf({ id }: ImageRecord, extension: string): string {
  return `images/${String(id).padStart(8, '0')}.${extension}`;
}

/** One file for each original file: the frames of one share it. */
async function files(
  records: readonly ImageRecord[],
  context: FormatContext,
  write: (
    record: ImageRecord,
    context: FormatContext,
  ) => Promise<{ readonly path: string; readonly wholeFile: boolean }>,
): Promise<Places> {
  const places = new Map<number, string>();
  const shared = new Map<string, string>();
  for (const [index, record] of records.entries()) {
    const key = JSON.stringify([record.file, record.inside, record.sha256]);
    const path = await context.attempt(record, async () => {
      const known = shared.get(key);
      if (known !== undefined) return known;
      const written = await write(record, context);
      if (written.wholeFile) shared.set(key, written.path);
      return written.path;
    });
    if (path !== undefined) places.set(record.id, path);
    context.control.report({ stage: 'exporting', done: index + 1, total: records.length });
  }
  return places;
}

async function copyOriginal(record: ImageRecord, { original, staging }: FormatContext) {
  const { bytes, companion } = await original(record);
  const path = nameOf(record, extensionOf(record, { bytes, companion }));
  await staging.write(path, bytes);
  if (companion !== undefined) await staging.write(path.replace(/\.hdr/, '.img'), companion);
  return { path, wholeFile: true };
}

function extensionOf({ format, path }: ImageRecord, { bytes, companion }: Original): string {
  const found = formatNamed(format);
  if (found === undefined) throw new Problem('format', { file: path, found: format ?? 'unknown' });
  return found.copyExtension(companion === undefined ? { bytes } : { bytes, companion });
}

async function linkOriginal(record: ImageRecord, { original, staging }: FormatContext) {
  if (record.inside.length > 0 || record.companion !== null) {
    throw new Problem('file', { file: record.path, reason: 'is not a single file that can be linked' });
  }
  const { bytes } = await original(record);
  const path = nameOf(record, extensionOf(record, { bytes }));
  await staging.link(path, record.file);
  return { path, wholeFile: true };
}

async function writePng(record: ImageRecord, { decode, staging }: FormatContext) {
  const image = await decode(record);
  const path = nameOf(record, 'png');
  const levels = toBytes(displayValues(image));
  await staging.write(path, await encodePng(image.width, image.height, image.channels, levels));
  return { path, wholeFile: false };
}

async function writeNifti(record: ImageRecord, { decode, staging }: FormatContext) {
  const path = nameOf(record, 'nii');
  await staging.write(path, niftiOfFrame(await decode(record)));
  return { path, wholeFile: false };
}

async function writeDataset(records: readonly ImageRecord[], context: FormatContext): Promise<Places> {
  const { recipe, staging, control, decode, attempt } = context;
  if (recipe === undefined) throw new Problem('usage', { message: 'a training set needs the recipe of its images' });
  const included: ImageRecord[] = [];
  async function* images(): AsyncGenerator<DatasetImage> {
    for (const [index, record] of records.entries()) {
      const levels = await attempt(record, async () =>
        targetBytes(applyRecipe(await decode(record), recipe!), recipe!.channels),
      );
      control.report({ stage: 'exporting', done: index + 1, total: records.length });
      if (levels === undefined) continue;
      included.push(record);
      yield { width: recipe!.resolution, height: recipe!.resolution, channels: recipe!.channels, levels };
    }
  }
  let names: readonly string[] = [];
  await staging.adopt('dataset.zip', async (path) => {
    names = await writeDatasetZip(path, images(), control);
  });
  return new Map(included.map(({ id }, index) => [id, `dataset.zip/${names[index]}`]));
}

/** Rectangles as COCO's bounding boxes [x, y, width, height], categories by label. */
async function writeCoco(records: readonly ImageRecord[], context: FormatContext): Promise<Places> {
  const places = await files(records, context, writePng);
  const annotations = annotationsOf(context.catalog, [...places.keys()]);
  const labels = [...new Set(annotations.map(({ label }) => label))].sort();
  const coco = {
    info: { description: 'exported by Residua', version: '1.0' },
    images: records
      .filter(({ id }) => places.has(id))
      .map(({ id, width, height }) => ({ id, file_name: places.get(id), width, height })),
    categories: labels.map((name, index) => ({ id: index + 1, name })),
    annotations: annotations.map(({ id, image, x, y, width, height, label }) => ({
      ...{ id, image_id: image, category_id: labels.indexOf(label) + 1, iscrowd: 0 },
      ...{ bbox: [x, y, width, height], area: width * height },
    })),
  };
  await context.staging.write('annotations.json', `${JSON.stringify(coco, null, 2)}\n`);
  return places;
}
