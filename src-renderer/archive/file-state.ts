// What became of the file of an image, in the words of the window.
import type { ImageRow } from '../../src-preload/schemas/image.ts';

type FileState = ImageRow['state'];

const words: Readonly<Record<FileState, string>> = {
  present: 'present',
  vanished: 'missing',
  changed: 'changed',
  quarantined: 'unreadable',
};

/** `missing` for a file that is not there; as the command line says it. */
export const fileStateText = (state: FileState): string => words[state];
