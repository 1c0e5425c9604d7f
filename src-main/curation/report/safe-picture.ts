// The picture of an image as it may leave the catalog: confirmed text is blacked out, and what may show other text is held back.
import type { DecodedImage } from '../../archive/decoded-image.ts';
import { thumbnail } from '../../archive/thumbnail.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { ImageRecord } from '../../catalog/tables/images.ts';
import { isProblem, Problem } from '../../platform/errors.ts';
import { confirmedText, unjudgedText } from '../annotations/judge-text.ts';
import { blackened } from '../deidentification/black-out.ts';
import { type FileContent, heldBack } from '../deidentification/deidentify.ts';

/** Where files are read from. */
export interface PictureSources {
  /** The bytes of the image's file as it was at import. */
  readonly read: (record: ImageRecord) => Promise<FileContent>;
  readonly decode: (record: ImageRecord) => Promise<DecodedImage>;
}

/** A PNG file, or why there is none. */
export type SafePicture = { readonly png: Uint8Array } | { readonly withheld: string };

/** At most `size` pixels on the longer side. The rules are those of a de-identified export without a review. */
export async function safePicture(
  catalog: Catalog,
  record: ImageRecord,
  { read, decode }: PictureSources,
  size: number,
): Promise<SafePicture> {
  const lines = unjudgedText(catalog, record.id).length;
  if (lines > 0) return { withheld: 'not shown: nobody has judged the text that was found in its pixels' };
  try {
    if (record.state !== 'present')
      throw new Problem('file', { file: `image ${record.id}`, reason: `is ${record.state}` });
    const reason = record.format === 'DICOM' ? heldBack(record, await read(record)) : undefined;
    if (reason !== undefined) return { withheld: `not shown: ${reason}` };
    return { png: await thumbnail(blackened(await decode(record), confirmedText(catalog, record.id)), size) };
  } catch (error) {
    if (isProblem(error, 'cancelled')) throw error;
    // The words of a failure name the file.
    return {
      withheld: isProblem(error, 'file')
        ? 'not shown: its file is not as it was'
        : 'not shown: its file cannot be read',
    };
  }
}
