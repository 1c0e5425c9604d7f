// Opens the bytes of one file from outside as images: sniffs the format and hands over to its reader.
import { Problem } from '../platform/errors.ts';
import type { ImageFile, ImageFormat } from './decoded-image.ts';
import { openDicom } from './dicom/dicom-file.ts';
import { checkLimit } from './limits.ts';
import { openNifti } from './nifti/nifti-file.ts';
import { openRaster } from './raster/raster-file.ts';
import { nameOf, SNIFF_BYTES, sniff } from './sniff.ts';

/** A file in memory. `companion` is the .img of a NIfTI .hdr. `name` is only for messages. */
export interface FileBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly companion?: Uint8Array;
}

type Reader = (file: FileBytes) => Promise<ImageFile>;

const readers: { readonly [F in ImageFormat]: Reader } = {
  DICOM: ({ bytes, name }) => openDicom(bytes, name),
  'NIfTI-1': openNifti,
  'NIfTI-2': openNifti,
  PNG: ({ bytes, name }) => openRaster(bytes, name, 'PNG'),
  JPEG: ({ bytes, name }) => openRaster(bytes, name, 'JPEG'),
  TIFF: ({ bytes, name }) => openRaster(bytes, name, 'TIFF'),
};

/**
 * Opens a file of any format that is read; its frames are decoded on demand.
 * Throws `format` with the name of what it is when it is not read, `content` when broken, `limit` when too large.
 */
export async function openImageFile(file: FileBytes): Promise<ImageFile> {
  checkLimit('fileBytes', 'file size in bytes', file.bytes.length);
  const found = sniff(file.bytes.subarray(0, SNIFF_BYTES));
  if (found.kind === 'image') return readers[found.format]({ ...file, bytes: plainBytes(file.bytes) });
  throw new Problem('format', { file: file.name, found: nameOf(found) });
}

/** The same memory as a Uint8Array: the slices of a Buffer would share memory where a copy is meant. */
function plainBytes(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
