// Lists of images: filtered, ordered by a column or any score, a page at a time, and the counts for menus and charts.
import type { Catalog, Values } from '../catalog.ts';
import { type ImageFilter, restriction } from './image-filter.ts';
import { type ImageRow, imageRows } from './images.ts';
import type { ScoreName } from './scores.ts';

/** A column of metadata, as key of an order: numbers first, then texts. */
export interface ColumnKey {
  readonly column: number;
}

/** What a list is ordered by: the order of import, a column, or a score; ties by id, in the same direction. */
export interface ImageOrder {
  readonly by: 'imported' | 'name' | 'kind' | 'verdict' | ScoreName | ColumnKey;
  readonly descending: boolean;
}

/** A list of images that have the key of an order, with the key; images without it follow in the order of import. */
interface Ranking {
  /** Table `r` (and its conditions) with the id of the image and the key. */
  readonly from: string;
  readonly where: string;
  readonly image: string;
  readonly key: string;
  readonly values: Values;
}

const columnRankings: { readonly [K in Exclude<ImageOrder['by'], object>]: Ranking } = {
  imported: { from: 'images r', where: 'true', image: 'r.id', key: 'r.id', values: {} },
  name: { from: 'images r', where: 'true', image: 'r.id', key: 'r.name', values: {} },
  kind: { from: 'images r', where: 'r.kind IS NOT NULL', image: 'r.id', key: 'r.kind', values: {} },
  verdict: { from: 'current_verdicts r', where: 'true', image: 'r.image', key: 'r.decision', values: {} },
};

function rankingOf({ by }: ImageOrder): Ranking {
  if (typeof by === 'string') return columnRankings[by];
  if ('column' in by) {
    return {
      from: 'metadata_values r',
      where: 'r.column_id = @orderColumn',
      image: 'r.image',
      key: '(SELECT coalesce(number, text) FROM metadata_terms WHERE id = r.term)',
      values: { orderColumn: by.column },
    };
  }
  return {
    from: 'scores r',
    where: 'r.run = @orderRun AND r.score = @orderScore AND r.value IS NOT NULL',
    image: 'r.image',
    key: 'r.value',
    values: { orderRun: by.run, orderScore: by.score },
  };
}

interface Slice {
  readonly offset: number;
  readonly limit: number;
}

/**
 * `limit` rows from `offset` (from 0) of the images that `filter` lets through. Rows carry `score`, by default the score
 * that orders them. Images without the key of the order (no such score, no verdict, no kind) come last in both directions.
 */
export function pageImages(
  catalog: Catalog,
  page: {
    readonly filter: ImageFilter;
    readonly order: ImageOrder;
    readonly offset: number;
    readonly limit: number;
    readonly score?: ScoreName | undefined;
    /** Columns of metadata that rows carry. */
    readonly columns?: readonly number[] | undefined;
  },
): readonly ImageRow[] {
  const { filter, order, offset, limit } = page;
  const score = page.score ?? (typeof order.by === 'object' && 'score' in order.by ? order.by : undefined);
  return imageRows(catalog, sliceOfIds(catalog, filter, order, { offset, limit }), score, page.columns);
}

/** The ids of all images that `filter` lets through, in order: for select-all and for walking from image to image. */
export function imageIds(catalog: Catalog, filter: ImageFilter, order: ImageOrder): Uint32Array {
  return Uint32Array.from(sliceOfIds(catalog, filter, order, { offset: 0, limit: Number.MAX_SAFE_INTEGER }));
}

/** How many images `filter` lets through. */
export function countImages(catalog: Catalog, filter: ImageFilter): number {
  const restricted = restriction(catalog, filter, true);
  const sql = `SELECT count(*) AS images FROM images i WHERE ${restricted?.sql ?? 'true'}`;
  return catalog.get<{ images: number }>(sql, restricted?.values)!.images;
}

function sliceOfIds(catalog: Catalog, filter: ImageFilter, order: ImageOrder, slice: Slice): readonly number[] {
  const { offset, limit } = slice;
  const ranked = rankedIds(catalog, filter, order, slice);
  if (ranked.length === limit) return ranked;
  const before = ranked.length > 0 ? offset + ranked.length : rankedIds(catalog, filter, order, everything).length;
  if (before === countImages(catalog, filter)) return ranked;
  const rest = { offset: Math.max(0, offset - before), limit: limit - ranked.length };
  return [...ranked, ...unrankedIds(catalog, filter, order, rest)];
}
const everything: Slice = { offset: 0, limit: Number.MAX_SAFE_INTEGER };

function rankedIds(catalog: Catalog, filter: ImageFilter, order: ImageOrder, slice: Slice): readonly number[] {
  const { from, where, image, key, values } = rankingOf(order);
  const restricted = restriction(catalog, filter);
  const direction = order.descending ? 'DESC' : 'ASC';
  // CROSS JOIN fixes the order of the loops: few images first and then a sort, or a walk along the index of the order.
  const tables =
    restricted === undefined
      ? from
      : restricted.few
        ? `images i CROSS JOIN ${from} ON ${image} = i.id`
        : `${from} CROSS JOIN images i ON i.id = ${image}`;
  return catalog.column<number>(
    `SELECT ${image} FROM ${tables} WHERE ${where} AND ${restricted?.sql ?? 'true'}
     ORDER BY ${key} ${direction}, ${image} ${direction} LIMIT @limit OFFSET @offset`,
    { ...restricted?.values, ...values, ...slice },
  );
}

function unrankedIds(catalog: Catalog, filter: ImageFilter, order: ImageOrder, slice: Slice): readonly number[] {
  const { from, where, image, values } = rankingOf(order);
  const restricted = restriction(catalog, filter);
  return catalog.column<number>(
    `SELECT i.id FROM images i WHERE NOT EXISTS (SELECT 1 FROM ${from} WHERE ${image} = i.id AND ${where})
     AND ${restricted?.sql ?? 'true'} ORDER BY i.id LIMIT @limit OFFSET @offset`,
    { ...restricted?.values, ...values, ...slice },
  );
}

/** How many images of a filter have each value; null: none. */
export interface Facet {
  readonly value: string | null;
  readonly images: number;
}

const facetColumns = {
  modalities: 'i.modality',
  bodyParts: 'i.body_part',
  views: 'i.view',
  kinds: 'i.kind',
  verdicts: '(SELECT decision FROM current_verdicts WHERE image = i.id)',
  reasons: '(SELECT reason FROM current_reasons WHERE image = i.id)',
  states: '(SELECT state FROM files WHERE id = i.file)',
} as const;
export type Facets = { readonly [K in keyof typeof facetColumns | 'tags']: readonly Facet[] };

/** The values of the images that `filter` lets through, for filter menus; most frequent first. */
export function imageFacets(catalog: Catalog, filter: ImageFilter): Facets {
  const restricted = restriction(catalog, filter, true);
  const count = (value: string, from: string): readonly Facet[] =>
    catalog.all<Facet>(
      `SELECT ${value} AS value, count(*) AS images FROM ${from} WHERE ${restricted?.sql ?? 'true'}
       GROUP BY 1 ORDER BY images DESC, value`,
      restricted?.values,
    );
  const names = Object.keys(facetColumns) as (keyof typeof facetColumns)[];
  const columns = Object.fromEntries(names.map((name) => [name, count(facetColumns[name], 'images i')]));
  return { ...columns, tags: count('k.tag', 'tags k JOIN images i ON i.id = k.image') } as Facets;
}

/** How many images that `filter` lets through have each value of a column, most frequent first; null: none. At most `limit` values. */
export function columnFacet(catalog: Catalog, column: number, filter: ImageFilter, limit: number): readonly Facet[] {
  const restricted = restriction(catalog, filter, true);
  return catalog.all<Facet>(
    `SELECT t.text AS value, count(*) AS images FROM images i
     LEFT JOIN metadata_values v ON v.image = i.id AND v.column_id = @facetColumn LEFT JOIN metadata_terms t ON t.id = v.term
     WHERE ${restricted?.sql ?? 'true'} GROUP BY v.term ORDER BY images DESC, value LIMIT @facetLimit`,
    { ...restricted?.values, facetColumn: column, facetLimit: limit },
  );
}
