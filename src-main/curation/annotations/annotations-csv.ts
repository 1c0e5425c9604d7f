// Annotations out to a CSV table, and in again from one that somebody drew elsewhere.
import type { Catalog } from '../../catalog/catalog.ts';
import { annotationsOf, type Rectangle } from '../../catalog/tables/marks.ts';
import { imageIds } from '../../catalog/tables/pages.ts';
import { formatCsv, readCsv } from '../../platform/csv.ts';
import { isProblem, Problem } from '../../platform/errors.ts';
import { inWords } from '../../platform/words.ts';
import { annotate } from './annotate.ts';

const columns = ['image', 'x', 'y', 'width', 'height', 'label', 'reviewer', 'time'] as const;

/** Every annotation of the catalog, in pixels of the stored images. */
export function formatAnnotations(catalog: Catalog): string {
  const ids = imageIds(catalog, {}, { by: 'imported', descending: false });
  return formatCsv(
    columns,
    annotationsOf(catalog, ids).map(({ image, x, y, width, height, label, reviewer, at }) => {
      return { image, x, y, width, height, label, reviewer, time: at };
    }),
  );
}

/**
 * Adds the annotations of a CSV (columns `image`, `x`, `y`, `width`, `height`, `label`, `reviewer`) that are not there
 * yet; how many. A row that does not fit its image throws `content` with the row, and nothing is added. `reviewer` stands
 * in where the table names none.
 */
export async function importAnnotations(
  catalog: Catalog,
  file: string,
  { reviewer, at }: { readonly reviewer: string; readonly at: string },
): Promise<number> {
  const number = 'number' as const;
  const rectangle = { x: number, y: number, width: number, height: number };
  const table = await readCsv(file, { image: number, ...rectangle, label: 'text', reviewer: 'optional-text' });
  const key = (image: number, { x, y, width, height }: Rectangle, label: string) =>
    [image, x, y, width, height, label].join(' ');
  return catalog.transaction(() => {
    const known = new Set(
      annotationsOf(catalog, [...new Set(table.map(({ image }) => image))]).map((each) =>
        key(each.image, each, each.label),
      ),
    );
    const fresh = table
      .map((row, index) => ({ row, index }))
      .filter(({ row }) => {
        const own = key(row.image, row, row.label);
        const isNew = !known.has(own);
        known.add(own);
        return isNew;
      });
    for (const { row, index } of fresh) {
      try {
        annotate(catalog, { ...row, reviewer: row.reviewer ?? reviewer, at }, reviewer);
      } catch (error) {
        if (!isProblem(error)) throw error;
        throw new Problem('content', { file, reason: `row ${index + 2}: ${inWords(error)}` }, { cause: error });
      }
    }
    return fresh.length;
  });
}
