// Tells when another process has changed the catalog: a command beside the window, or a second window.
import { type CatalogPart, catalogPart } from '../../src-preload/contract/method.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { isMendable } from '../platform/errors.ts';

/** How often the catalog is asked, which costs microseconds; less often while others go on writing, for pages ask anew. */
const quietMilliseconds = 2000;
const busyMilliseconds = 10_000;

/** Every part that pages know: what others wrote is not told apart. */
const parts: readonly CatalogPart[] = catalogPart.options;

/** Calls `onChange` with what may be different after changes by others. The result ends that. */
export function watchOtherWriters(catalog: Catalog, onChange: (changed: readonly CatalogPart[]) => void): () => void {
  let known = catalog.version();
  let timer: NodeJS.Timeout;
  const hasChanged = (): boolean => {
    try {
      const before = known;
      known = catalog.version();
      return known !== before;
    } catch (error) {
      // A drive that is gone for now is told by whatever needs it; this asks again.
      if (!isMendable(error)) throw error;
      return false;
    }
  };
  const lookIn = (milliseconds: number) => {
    timer = setTimeout(() => {
      const changed = hasChanged();
      if (changed) onChange(parts);
      lookIn(changed ? busyMilliseconds : quietMilliseconds);
    }, milliseconds);
    timer.unref();
  };
  lookIn(quietMilliseconds);
  return () => clearTimeout(timer);
}
