// NumPy arrays (.npy) as research archives hold them: one image, or a stack of slices.
import { type FormatDescriptor, hasBytes, picture } from './format.ts';

export const npy: FormatDescriptor = {
  ...picture,
  name: 'NumPy',
  extensions: ['npy'],
  recognises: (head) => hasBytes(head, 0, '\x93NUMPY'),
  open: async (file) => (await import('../numpy/npy-file.ts')).openNpy(file),
  copyExtension: () => 'npy',
};
