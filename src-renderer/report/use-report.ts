// How any view opens a report about some images.
import { createContext, useContext } from 'react';

export const ReportContext = createContext<((images: readonly number[]) => void) | null>(null);

/** Opens the report about some images. */
export function useReport(): (images: readonly number[]) => void {
  const open = useContext(ReportContext);
  if (open === null) throw new Error('there are no reports around this component');
  return open;
}
