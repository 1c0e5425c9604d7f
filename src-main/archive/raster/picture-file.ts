// Opens PNG and JPEG files: harmless oddities are mended and noted before the picture is decoded.

import { type Frames, unadorned } from '../decoded-image.ts';
import { tidyJpeg } from '../dicom/jpeg/tidy-jpeg.ts';
import type { FileBytes } from '../formats/format.ts';
import { orientationNote, upright } from './orientation.ts';
import { checkPng } from './png-chunks.ts';
import { openPicture } from './sharp-picture.ts';

/** Opens a PNG file. Throws `content` (broken), `format` (a kind of sample that is not read) or `limit`. */
export async function openPng({ bytes, name }: FileBytes): Promise<Frames> {
  const { image, notes } = checkPng(bytes, name);
  return pictureFrames(image, name, notes);
}

/** Opens a JPEG file. Throws `content` (broken), `format` (a kind of sample that is not read) or `limit`. */
export async function openJpeg({ bytes, name }: FileBytes): Promise<Frames> {
  const { stream, notes } = tidyJpeg(bytes);
  return pictureFrames(stream, name, notes);
}

async function pictureFrames(bytes: Uint8Array, name: string, notes: readonly string[]): Promise<Frames> {
  const picture = await openPicture(bytes, name);
  const { channels, bits, orientation } = picture;
  return {
    frameCount: 1,
    frame: async () => ({
      ...unadorned,
      ...upright({ ...picture, samples: await picture.decode() }, channels, orientation),
      channels,
      bitsStored: bits,
      photometric: channels === 3 ? 'RGB' : 'MONOCHROME2',
      frame: { index: 0, count: 1 },
      warnings: [...notes, ...picture.notes, ...orientationNote(orientation)],
    }),
  };
}
