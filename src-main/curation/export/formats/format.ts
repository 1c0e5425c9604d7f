// What every export format is made of: the tools it may use, how it names files, how it goes through the images.
import type { DataCard } from '../../../../src-preload/jobs/export.ts';
import type { DecodedImage } from '../../../archive/decoded-image.ts';
import type { Recipe } from '../../../archive/recipe.ts';
import type { Catalog } from '../../../catalog/catalog.ts';
import type { ImageRecord } from '../../../catalog/tables/images.ts';
import { Problem } from '../../../platform/errors.ts';
import type { JobControl } from '../../../platform/job.ts';
import type { Pseudonyms } from '../../deidentification/pseudonyms.ts';
import type { SplitName } from '../splits.ts';
import type { StagingFolder } from '../staging-folder.ts';

/** The bytes of an original file as they leave the archive. */
export interface Original {
  readonly bytes: Uint8Array;
  readonly companion?: Uint8Array | undefined;
}

/** The label of every pixel of an image, rows from the top; 0 is background. */
export interface Labels {
  readonly width: number;
  readonly height: number;
  readonly samples: Uint16Array;
}

/** What a format may use. `original` gives the file of an image, de-identified where that was requested. */
export interface FormatContext {
  readonly catalog: Catalog;
  readonly staging: StagingFolder;
  readonly control: JobControl;
  readonly recipe: Recipe | undefined;
  /** What the user says about the data set. */
  readonly card: DataCard;
  /** When the export is made: UTC, ISO 8601. */
  readonly at: string;
  /** Undefined when the export is not split; otherwise every exported image has one. */
  readonly splits: ReadonlyMap<number, SplitName> | undefined;
  /** Replace identities; undefined where these are retained. */
  readonly pseudonyms: Pseudonyms | undefined;
  readonly original: (record: ImageRecord) => Promise<Original>;
  readonly decode: (record: ImageRecord) => Promise<DecodedImage>;
  /** The reference segmentation of an image; undefined where the catalog has none. */
  readonly labels: (record: ImageRecord) => Promise<Labels | undefined>;
  /** Runs the work for one image; when that fails, the image is skipped with the reason, and the result is undefined. */
  readonly attempt: <T>(record: ImageRecord, work: () => Promise<T>) => Promise<T | undefined>;
}

/** Image id -> path of its file in the export. Images that failed are not in it. */
export type Places = ReadonlyMap<number, string>;

/** Writes the images in one format; where each image is. */
export type FormatWriter = (records: readonly ImageRecord[], context: FormatContext) => Promise<Places>;

/** The path of an image's file. Names come from our numbers, never from what a file says about itself. */
export function imagePath({ id }: ImageRecord, extension: string): string {
  return `images/${String(id).padStart(8, '0')}.${extension}`;
}

/** Why an image is left out. */
export function refusal({ path }: ImageRecord, reason: string): Problem {
  return new Problem('file', { file: path, reason });
}

/** Throws `file` for a mask that has another size than its image. */
export function checkSize(record: ImageRecord, { width, height }: Labels): void {
  if (width === record.width && height === record.height) return;
  const sizes = `${width}x${height} where the image has ${record.width}x${record.height}`;
  throw refusal(record, `its mask has ${sizes}`);
}

/** Writes images one after the other and reports progress; `write` returns the path of what it wrote. */
export async function writeEach(
  records: readonly ImageRecord[],
  context: FormatContext,
  write: (record: ImageRecord, context: FormatContext) => Promise<string>,
): Promise<Places> {
  const places = new Map<number, string>();
  for (const [index, record] of records.entries()) {
    const path = await context.attempt(record, () => write(record, context));
    if (path !== undefined) places.set(record.id, path);
    context.control.report({ stage: 'exporting', done: index + 1, total: records.length });
  }
  return places;
}
