// Export format `png`: 8-bit PNG as displayed, with the file's window or from minimum to maximum.
import { displayValues, toBytes } from '../../../archive/grey.ts';
import { encodePng } from '../../../archive/raster/encode-png.ts';
import type { ImageRecord } from '../../../catalog/tables/images.ts';
import { type FormatContext, type FormatWriter, imagePath, writeEach } from './format.ts';

export const writePngs: FormatWriter = (records, context) => writeEach(records, context, writePng);

/** Writes one image; its path. */
export async function writePng(record: ImageRecord, { decode, staging }: FormatContext): Promise<string> {
  const image = await decode(record);
  const path = imagePath(record, 'png');
  const levels = toBytes(displayValues(image));
  await staging.write(path, await encodePng(image.width, image.height, image.channels, levels));
  return path;
}
