// What is compared: the selected images, or one image with its nearest normals.
import { useCallback, useState } from 'react';
import { useHost } from '../host/use-host.ts';
import { useReview } from '../review.tsx';

export interface Comparison {
  readonly images: readonly number[];
  /** What the images beside the first are; empty: chosen by hand. */
  readonly note: string;
}

/** Fewer are Inspect's; more are too small to be read. */
export const mostCompared = 6;
/** Beside an image so many of its nearest normals. */
const normals = 3;

/** The comparison that is shown, and how one is begun: with one image, its nearest normals come beside it. */
export function useCompare() {
  const host = useHost();
  const { notify } = useReview();
  const [comparison, setComparison] = useState<Comparison | null>(null);
  const compare = useCallback(
    (images: readonly number[]) => {
      if (images.length > mostCompared)
        return notify(`Up to ${mostCompared} images can be compared; ${images.length} are selected.`, 'warning');
      if (images.length > 1) return setComparison({ images, note: '' });
      const [id] = images;
      if (id === undefined) return;
      host.call('map.similar', { id, count: normals, amongNormals: true }).then(
        ({ similar, normals }) => {
          if (similar === null)
            return notify('Nearest normals are found by the features of the map: make the map first.', 'warning');
          if (similar.length === 0)
            return notify('No normal image has features to compare with: score the normals as well.', 'warning');
          const what = normals === 'reference' ? 'reference normals' : 'kept images';
          setComparison({ images: [id, ...similar.map(({ id }) => id)], note: `1 with its nearest ${what}` });
        },
        (error: Error) => notify(error.message, 'danger'),
      );
    },
    [host, notify],
  );
  return { comparison, compare, close: useCallback(() => setComparison(null), []) };
}
