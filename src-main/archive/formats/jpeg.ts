// JPEG pictures.
import { type FormatDescriptor, hasBytes, picture } from './format.ts';

export const jpeg: FormatDescriptor = {
  ...picture,
  name: 'JPEG',
  extensions: ['jpg', 'jpeg'],
  recognises: (head) => hasBytes(head, 0, [0xff, 0xd8, 0xff]),
  open: async (file) => (await import('../raster/picture-file.ts')).openJpeg(file),
  copyExtension: () => 'jpg',
};
