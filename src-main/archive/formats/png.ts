// PNG pictures.
import { type FormatDescriptor, hasBytes, picture } from './format.ts';

export const png: FormatDescriptor = {
  ...picture,
  name: 'PNG',
  extensions: ['png'],
  recognises: (head) => hasBytes(head, 0, '\x89PNG\r\n\x1a\n'),
  open: async ({ bytes, name }) => (await import('../raster/raster-file.ts')).openRaster(bytes, name, 'PNG'),
  copyExtension: () => 'png',
};
