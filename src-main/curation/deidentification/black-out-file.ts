// An exported file without the text that readers confirmed.

import type { DecodedImage } from '../../archive/decoded-image.ts';
import { encodePng } from '../../archive/raster/encode-png.ts';
import type { ImageRecord } from '../../catalog/tables/images.ts';
import type { Rectangle } from '../../catalog/tables/marks.ts';
import { Problem } from '../../platform/errors.ts';
import { blackened } from './black-out.ts';
import { blackOutDicom } from './black-out-dicom.ts';
import type { FileContent } from './deidentify.ts';

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
