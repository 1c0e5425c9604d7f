// Opens the bytes of one file from outside as images: sniffs the format and hands over to its reader.
import { Problem } from '../platform/errors.ts';
import type { ImageFile, ImageFormat } from './decoded-image.ts';
import { openDicom } from './dicom/dicom-file.ts';
import { checkLimit } from './limits.ts';
import { nameOf, SNIFF_BYTES, sniff } from './sniff.ts';

/** A file in memory. `companion` is the .img of a NIfTI .hdr. `name` is only for messages. */
export interface FileBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly companion?: Uint8Array;
}

type Reader = (file: FileBytes) => Promise<ImageFile>;

/** Image libraries take long to load: they are, with the first file that needs them. */
const raster =
  (format: 'PNG' | 'JPEG' | 'TIFF'): Reader =>
  async ({ bytes, name }) =>
    (await import('./raster/raster-file.ts')).openRaster(bytes, name, format);
const nifti: Reader = async (file) => (await import('./nifti/nifti-file.ts')).openNifti(file);

const readers: { readonly [F in ImageFormat]: Reader } = {
  DICOM: ({ bytes, name }) => openDicom(bytes, name),
  'NIfTI-1': nifti,
  'NIfTI-2': nifti,
  PNG: raster('PNG'),
  JPEG: raster('JPEG'),
  TIFF: raster('TIFF'),
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
