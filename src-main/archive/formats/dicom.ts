// DICOM files (PS3.10), also those without the header of a file.
import { isBareDataSet } from '../dicom/file-header.ts';
import { type FormatDescriptor, hasBytes } from './format.ts';

export const dicom: FormatDescriptor = {
  name: 'DICOM',
  extensions: ['dcm', 'dicom', 'ima'],
  recognises: (head) => hasBytes(head, 128, 'DICM') || isBareDataSet(head),
  open: async ({ bytes, name }) => (await import('../dicom/dicom-file.ts')).openDicom(bytes, name),
  copyExtension: () => 'dcm',
  labelFolder: 'outermost',
  namesWindows: true,
};
