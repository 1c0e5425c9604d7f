// Which text of an image a reader has judged, and the exported file without what was confirmed.

import { textScores } from '../../../src-preload/text-scores.ts';
import type { DecodedImage } from '../../archive/decoded-image.ts';
import { encodePng } from '../../archive/raster/encode-png.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { ImageRecord } from '../../catalog/tables/images.ts';
import { annotationsOfFile, type Rectangle } from '../../catalog/tables/marks.ts';
import { newestBoxesOfFile } from '../../catalog/tables/scores.ts';
import { Problem } from '../../platform/errors.ts';
import { isAboutText, textLabels } from '../annotations/text-labels.ts';
import { blackened } from './black-out.ts';
import { blackOutDicom } from './black-out-dicom.ts';
import type { FileContent } from './deidentify.ts';

/** What readers confirmed as text on any frame of the image's file: it is blacked out in every frame. */
export function confirmedText(catalog: Catalog, { id }: Pick<ImageRecord, 'id'>): readonly Rectangle[] {
  return annotationsOfFile(catalog, id).filter(({ label }) => label === textLabels.text);
}

/** How many boxes of the newest look for text nobody has judged: no annotation about text lies over half of them or more. */
export function unjudgedText(catalog: Catalog, { id }: Pick<ImageRecord, 'id'>): number {
  const judged = annotationsOfFile(catalog, id).filter(isAboutText);
  return newestBoxesOfFile(catalog, id, textScores.lines).filter(
    (box) => !judged.some((mark) => common(box, mark) >= 0.5 * box.width * box.height),
  ).length;
}

const common = (a: Rectangle, b: Rectangle): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

/** An original file without the text in the rectangles. Throws `file` where its format cannot be edited without loss. */
export async function blackOutFile(
  { format, path }: ImageRecord,
  content: FileContent,
  boxes: readonly Rectangle[],
  decode: (frame: number) => Promise<DecodedImage>,
): Promise<FileContent> {
  if (boxes.length === 0) return content;
  if (format === 'DICOM') return { bytes: await blackOutDicom(content.bytes, path, boxes, decode) };
  if (format === 'PNG') {
    const { width, height, channels, samples } = blackened(await decode(0), boxes);
    if (samples instanceof Uint8Array || samples instanceof Uint16Array) {
      return { bytes: await encodePng(width, height, channels, samples) };
    }
  }
  const reason = `text in a ${format ?? 'unknown'} file is not blacked out without loss elsewhere: export it as PNG`;
  throw new Problem('file', { file: path, reason });
}
