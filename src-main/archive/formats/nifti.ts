// NIfTI volumes, versions 1 and 2: single files, pairs of header and data, each also gzipped.
import { type FormatDescriptor, hasBytes, picture } from './format.ts';

const nifti = {
  ...picture,
  extensions: ['nii', 'hdr', 'img'],
  gzipped: true,
  turnedByAffine: true,
  pair: { header: 'hdr', data: 'img' },
  open: async (file) => (await import('../nifti/nifti-file.ts')).openNifti(file),
  copyExtension: ({ bytes, companion }) => {
    const gzipped = hasBytes(bytes, 0, [0x1f, 0x8b]);
    return `${companion === undefined ? 'nii' : 'hdr'}${gzipped ? '.gz' : ''}`;
  },
} as const satisfies Omit<FormatDescriptor, 'name' | 'recognises'>;

export const nifti1: FormatDescriptor = {
  ...nifti,
  name: 'NIfTI-1',
  recognises: (head) => ['n+1\0', 'ni1\0'].some((magic) => hasBytes(head, 344, magic)),
};

export const nifti2: FormatDescriptor = {
  ...nifti,
  name: 'NIfTI-2',
  recognises: (head) => ['n+2\0\r\n\x1a\n', 'ni2\0\r\n\x1a\n'].some((magic) => hasBytes(head, 4, magic)),
};
