// How any component asks for a path on the machine that runs Residua.
import { createContext, useContext } from 'react';

/** `folder` finds archives and single files too where a browser shows them; `new` is a path that does not exist yet. */
export type PathKind = 'folder' | 'file' | 'new';
/** Null: nothing was chosen. `because`: why it is asked for, where that needs words. */
export type ChoosePath = (what: PathKind, because?: string) => Promise<string | null>;

export const ChooserContext = createContext<ChoosePath | null>(null);

/** Asks with the system's dialog where there is one, else with a browser of the machine's folders. */
export function usePathChooser(): ChoosePath {
  const choose = useContext(ChooserContext);
  if (choose === null) throw new Error('there is no path chooser around this component');
  return choose;
}
