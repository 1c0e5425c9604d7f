// How any component opens a dialog that starts work, by its name.
import { createContext, useContext } from 'react';
import type { GivenImages } from './dialogs/images-field.tsx';

export type DialogName =
  | 'rank-folder'
  | 'import'
  | 'pacs'
  | 'network'
  | 'train'
  | 'train-encoder'
  | 'train-localiser'
  | 'project'
  | 'score'
  | 'scores'
  | 'import-scores'
  | 'typicality'
  | 'combination'
  | 'learn'
  | 'evaluate'
  | 'export'
  | 'masks'
  | 'dice'
  | 'sources'
  | 'locate'
  | 'remove'
  | 'split';
/** `images`: the images of the job, where the caller has selected them. `paths`: files and folders that it is about. */
export type OpenDialog = (name: DialogName, images?: GivenImages, paths?: readonly string[]) => void;

export const DialogContext = createContext<OpenDialog | null>(null);

/** Opens a dialog; the one that is open is closed. */
export function useJobDialogs(): OpenDialog {
  const open = useContext(DialogContext);
  if (open === null) throw new Error('there are no dialogs around this component');
  return open;
}
