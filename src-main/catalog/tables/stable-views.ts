// The stable views, as docs/sql.md describes them: rows of some images, for tables that leave the catalog.
import type { Catalog, Value } from '../catalog.ts';

/** Views with a row, or several, for each image. */
export type ImageView = 'v_images' | 'v_scores' | 'v_verdicts' | 'v_reasons' | 'v_annotations' | 'v_features';

const imagesAtOnce = 1000;

/** The rows of a view about `images`, in their order; a thousand images are read at a time. */
export function* rowsOfView(
  catalog: Catalog,
  view: ImageView,
  images: readonly number[],
): Generator<Readonly<Record<string, Value>>> {
  for (let start = 0; start < images.length; start += imagesAtOnce) {
    const ids = JSON.stringify(images.slice(start, start + imagesAtOnce));
    yield* catalog.all<Readonly<Record<string, Value>>>(
      `SELECT v.* FROM json_each(@ids) AS j JOIN ${view} AS v ON v.image = j.value ORDER BY j.key`,
      { ids },
    );
  }
}
