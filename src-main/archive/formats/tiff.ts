// TIFF pictures, classic and BigTIFF, in either byte order; each page is a frame.
import { type FormatDescriptor, hasBytes, picture } from './format.ts';

const beginnings = ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'];

export const tiff: FormatDescriptor = {
  ...picture,
  name: 'TIFF',
  extensions: ['tif', 'tiff'],
  recognises: (head) => beginnings.some((beginning) => hasBytes(head, 0, beginning)),
  open: async (file) => (await import('../raster/tiff-file.ts')).openTiff(file),
  copyExtension: () => 'tif',
};
