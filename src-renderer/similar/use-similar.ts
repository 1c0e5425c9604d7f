// How any view opens the images that are like one.
import { createContext, useContext } from 'react';

export const SimilarContext = createContext<((image: number) => void) | null>(null);

/** Opens the images that are most like one. */
export function useSimilar(): (image: number) => void {
  const open = useContext(SimilarContext);
  if (open === null) throw new Error('there are no similar images around this component');
  return open;
}
