// Opens the bytes of one file from outside as images: recognises the format and hands over to its reader.
import { Problem } from '../platform/errors.ts';
import type { DecodedImage, Frame, ImageFile } from './decoded-image.ts';
import { countNotFinite, notFiniteNote } from './finite.ts';
import type { FileBytes } from './formats/format.ts';
import { checkLimit } from './limits.ts';
import { nameOf, SNIFF_BYTES, sniff } from './sniff.ts';

/**
 * Opens a file of any format that is read; its frames are decoded on demand.
 * Throws `format` with the name of what it is when it is not read, `content` when broken, `limit` when too large.
 */
export async function openImageFile(file: FileBytes): Promise<ImageFile> {
  checkLimit('fileBytes', 'file size in bytes', file.bytes.length);
  const found = sniff(file.bytes.subarray(0, SNIFF_BYTES));
  if (found.kind !== 'image') throw new Problem('format', { file: file.name, found: nameOf(found) });
  const { name: format, open } = found.format;
  const { frameCount, frame } = await open({ ...file, bytes: plainBytes(file.bytes) });
  const named = (image: Frame): DecodedImage => {
    const notFinite = countNotFinite(image.samples);
    if (notFinite === 0) return { format, ...image };
    return { format, ...image, notFinite, warnings: [...image.warnings, notFiniteNote(notFinite)] };
  };
  return { format, frameCount, frame: async (index) => named(await frame(index)) };
}

/** The same memory as a Uint8Array: the slices of a Buffer would share memory where a copy is meant. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
