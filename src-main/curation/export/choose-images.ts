// Which images go into an export: a filter's, those beyond a threshold of a score, or the highest or lowest ones.
import type { Catalog } from '../../catalog/catalog.ts';
import type { ImageFilter } from '../../catalog/tables/image-filter.ts';
import { imageIds, pageImages } from '../../catalog/tables/pages.ts';
import type { ScoreName } from '../../catalog/tables/scores.ts';
import { Problem } from '../../platform/errors.ts';

/** Images by what is known about them. `below` and `above` include the threshold itself only for `above`. */
export type ImageChoice =
  | { readonly filter: ImageFilter }
  | {
      readonly filter: ImageFilter;
      readonly score: ScoreName;
      readonly where: 'below' | 'above';
      readonly threshold: number;
    }
  | {
      readonly filter: ImageFilter;
      readonly score: ScoreName;
      readonly where: 'top' | 'bottom';
      readonly count: number;
    };

/** Ids of the chosen images: by rank where a score decides, else in the order of import. Images without it are left out. */
export function chooseImages(catalog: Catalog, choice: ImageChoice): readonly number[] {
  if (!('score' in choice)) return [...imageIds(catalog, choice.filter, { by: 'imported', descending: false })];
  const { filter, score, where } = choice;
  if (filter.score !== undefined) {
    throw new Problem('usage', { message: 'choose by a threshold or by a range of scores, not both' });
  }
  const descending = where === 'top' || where === 'above';
  const order = { by: score, descending };
  if ('count' in choice) {
    const rows = pageImages(catalog, { filter, order, offset: 0, limit: choice.count });
    return rows.filter((row) => row.score !== null).map(({ id }) => id);
  }
  const range = where === 'above' ? { from: choice.threshold } : { to: nextBelow(choice.threshold) };
  return [...imageIds(catalog, { ...filter, score: { name: score, ...range } }, order)];
}

/** The largest float64 below `value`. */
function nextBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0]! += value > 0 ? -1n : 1n;
  return new Float64Array(bits.buffer)[0]!;
}
