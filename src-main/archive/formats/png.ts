// PNG pictures.
import { type FormatDescriptor, hasBytes, picture } from './format.ts';

export const png: FormatDescriptor = {
  ...picture,
  name: 'PNG',
  extensions: ['png'],
  recognises: (head) => hasBytes(head, 0, '\x89PNG\r\n\x1a\n'),
  open: async (file) => (await import('../raster/picture-file.ts')).openPng(file),
  copyExtension: () => 'png',
};
