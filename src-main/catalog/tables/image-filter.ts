// The filter of an image list as SQL: one condition per key, constant text, every value a parameter.
import type { Catalog, Values } from '../catalog.ts';
import type { FileState } from './files.ts';
import { imagesInRegion, type MapRegion, similarImages } from './map-search.ts';
import type { ScoreName } from './scores.ts';
import type { Decision } from './verdicts.ts';

/** Conditions that all hold; of a list, any member. An absent condition does not restrict. */
export interface ImageFilter {
  readonly ids?: ArrayLike<number> | undefined;
  readonly cohort?: number | undefined;
  /** Images that are in none of these cohorts. */
  readonly outsideCohorts?: readonly number[] | undefined;
  /** Images of this work list. */
  readonly list?: number | undefined;
  readonly modalities?: readonly string[] | undefined;
  readonly bodyParts?: readonly string[] | undefined;
  readonly views?: readonly string[] | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly states?: readonly FileState[] | undefined;
  /** The folders, zips or files that were imported. */
  readonly sources?: readonly string[] | undefined;
  /** `none`: not decided. */
  readonly verdicts?: readonly (Decision | 'none')[] | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Why an image is anomalous, by the newest run that says so. */
  readonly reasons?: readonly string[] | undefined;
  /** Images whose score lies in from .. to, both included. */
  readonly score?:
    | { readonly name: ScoreName; readonly from?: number | undefined; readonly to?: number | undefined }
    | undefined;
  /** For each column of metadata: one of these values, or a number in from .. to, both included. */
  readonly columns?:
    | readonly {
        readonly column: number;
        readonly values?: readonly string[] | undefined;
        readonly from?: number | undefined;
        readonly to?: number | undefined;
      }[]
    | undefined;
  /** Within a region of the map. */
  readonly region?: MapRegion | undefined;
  /** The images that are most like one, with it. */
  readonly similar?: { readonly image: number; readonly count: number } | undefined;
  /** Part of the name, kind, body part or a tag, in any case (of ASCII letters). */
  readonly text?: string | undefined;
}

/** One condition of a filter. SQL is constant text; every value is a parameter. */
interface Condition {
  /** True or false for one row of `images i`: for walking along an order. */
  readonly probe: string;
  /** Selects the ids of all images for which it holds, from an index: for a filter that lets few images through. */
  readonly members?: string;
  readonly values: Values;
}

type Wanted = { readonly [K in keyof ImageFilter]-?: NonNullable<ImageFilter[K]> };

const json = (members: ArrayLike<number | string>): string => JSON.stringify(Array.from(members));

/** The condition that `column` of `images` is in a list. */
function anyOf(column: string): (wanted: readonly string[]) => Condition {
  const listed = `${column} IN (SELECT value FROM json_each(@${column}))`;
  return (wanted) => ({
    probe: `i.${listed}`,
    members: `SELECT id FROM images WHERE ${listed}`,
    values: { [column]: json(wanted) },
  });
}

/** The condition that an image is one of a list. */
const oneOf = (name: 'ids' | 'region' | 'similar', images: ArrayLike<number>): Condition => ({
  probe: `i.id IN (SELECT value FROM json_each(@${name}))`,
  members: `SELECT value FROM json_each(@${name})`,
  values: { [name]: json(images) },
});

const conditions: { readonly [K in keyof Wanted]: (wanted: Wanted[K], catalog: Catalog) => Condition } = {
  ids: (ids) => oneOf('ids', ids),
  cohort: (cohort) => ({
    probe: 'EXISTS (SELECT 1 FROM cohort_members m WHERE m.cohort = @cohort AND m.image = i.id)',
    members: 'SELECT image FROM cohort_members WHERE cohort = @cohort',
    values: { cohort },
  }),
  outsideCohorts: (cohorts) => ({
    probe: `NOT EXISTS (SELECT 1 FROM cohort_members m
      WHERE m.image = i.id AND m.cohort IN (SELECT value FROM json_each(@outsideCohorts)))`,
    values: { outsideCohorts: json(cohorts) },
  }),
  list: (list) => ({
    probe: 'EXISTS (SELECT 1 FROM work_list_images w WHERE w.list = @list AND w.image = i.id)',
    members: 'SELECT image FROM work_list_images WHERE list = @list',
    values: { list },
  }),
  modalities: anyOf('modality'),
  bodyParts: anyOf('body_part'),
  views: anyOf('view'),
  kinds: anyOf('kind'),
  states: (states) => ({
    probe: '(SELECT state FROM files WHERE id = i.file) IN (SELECT value FROM json_each(@states))',
    // The index of files holds only those that are not as they were.
    ...(states.includes('present')
      ? {}
      : {
          members: `SELECT m.id FROM files f JOIN images m ON m.file = f.id
            WHERE f.state <> 'present' AND f.state IN (SELECT value FROM json_each(@states))`,
        }),
    values: { states: json(states) },
  }),
  sources: (sources) => ({
    probe: '(SELECT source FROM files WHERE id = i.file) IN (SELECT value FROM json_each(@sources))',
    members: `SELECT m.id FROM files f JOIN images m ON m.file = f.id
      WHERE f.source IN (SELECT value FROM json_each(@sources))`,
    values: { sources: json(sources) },
  }),
  verdicts: (verdicts) => ({
    probe: `coalesce((SELECT decision FROM current_verdicts WHERE image = i.id), 'none')
      IN (SELECT value FROM json_each(@verdicts))`,
    ...(verdicts.includes('none')
      ? {}
      : { members: 'SELECT image FROM current_verdicts WHERE decision IN (SELECT value FROM json_each(@verdicts))' }),
    values: { verdicts: json(verdicts) },
  }),
  tags: (tags) => ({
    probe: 'EXISTS (SELECT 1 FROM tags t WHERE t.image = i.id AND t.tag IN (SELECT value FROM json_each(@tags)))',
    members: 'SELECT image FROM tags WHERE tag IN (SELECT value FROM json_each(@tags))',
    values: { tags: json(tags) },
  }),
  reasons: (reasons) => ({
    probe: `(SELECT reason FROM current_reasons WHERE image = i.id) IN (SELECT value FROM json_each(@reasons))`,
    members: 'SELECT image FROM current_reasons WHERE reason IN (SELECT value FROM json_each(@reasons))',
    values: { reasons: json(reasons) },
  }),
  score: ({ name, from, to }) => ({
    probe: `EXISTS (SELECT 1 FROM scores s WHERE s.image = i.id AND s.run = @filterRun AND s.score = @filterScore
      AND s.value BETWEEN @from AND @to)`,
    members: `SELECT image FROM scores WHERE run = @filterRun AND score = @filterScore AND value BETWEEN @from AND @to`,
    values: {
      filterRun: name.run,
      filterScore: name.score,
      from: from ?? Number.NEGATIVE_INFINITY,
      to: to ?? Number.POSITIVE_INFINITY,
    },
  }),
  columns: (columns) => {
    // Each value of a column is stored once: the values that are wanted are found first, and lead to their images.
    const wanted = `SELECT t.id FROM json_each(@columns) c JOIN metadata_terms t ON t.column_id = c.value ->> 'column'
      WHERE t.text IN (SELECT value FROM json_each(c.value, '$.values'))
        OR t.number BETWEEN c.value ->> 'from' AND c.value ->> 'to'`;
    return {
      probe: `(SELECT count(*) FROM metadata_values v WHERE v.image = i.id AND v.term IN (${wanted})) = @columnCount`,
      members: `SELECT image FROM metadata_values WHERE term IN (${wanted}) GROUP BY image HAVING count(*) = @columnCount`,
      values: {
        columns: JSON.stringify(columns.map(columnWish)),
        columnCount: new Set(columns.map(({ column }) => column)).size,
      },
    };
  },
  region: (region, catalog) => oneOf('region', imagesInRegion(catalog, region)),
  similar: ({ image, count }, catalog) =>
    oneOf('similar', [image, ...(similarImages(catalog, image, count) ?? []).map(({ id }) => id)]),
  text: (text) => ({
    probe: `(i.name LIKE @text ESCAPE '\\' OR i.kind LIKE @text ESCAPE '\\' OR i.body_part LIKE @text ESCAPE '\\'
      OR EXISTS (SELECT 1 FROM tags t WHERE t.image = i.id AND t.tag LIKE @text ESCAPE '\\'))`,
    members: `SELECT id FROM images
      WHERE name LIKE @text ESCAPE '\\' OR kind LIKE @text ESCAPE '\\' OR body_part LIKE @text ESCAPE '\\'
      UNION ALL SELECT image FROM tags WHERE tag LIKE @text ESCAPE '\\'`,
    values: { text: `%${text.replace(/[\\%_]/g, '\\$&')}%` },
  }),
};

/** A range that is open at one end; JSON knows no infinity. */
function columnWish({ column, values = [], from, to }: Wanted['columns'][number]) {
  const isRange = from !== undefined || to !== undefined;
  return { column, values, ...(isRange ? { from: from ?? -Number.MAX_VALUE, to: to ?? Number.MAX_VALUE } : {}) };
}

/** Up to this many images that a condition lets through are faster found first and sorted than met along an order. */
const few = 5_000;

/** A filter as one SQL expression over `images i`. */
export interface Restriction {
  readonly sql: string;
  readonly values: Values;
  /** True when the expression starts from few images, so that they should be found first. */
  readonly few: boolean;
}

/** The filter as SQL, undefined when nothing restricts. `countAll`: all images that it lets through are wanted. */
export function restriction(catalog: Catalog, filter: ImageFilter, countAll = false): Restriction | undefined {
  const keys = Object.keys(conditions) as (keyof ImageFilter)[];
  const parts = keys.flatMap((key) => conditionOf(catalog, filter, key) ?? []);
  if (parts.length === 0) return undefined;
  const scarce = parts.find((part) => letsFewThrough(catalog, part));
  const first = scarce ?? (countAll ? parts.find(({ members }) => members !== undefined) : undefined);
  return {
    sql: parts.map((part) => (part === first ? `i.id IN (${part.members})` : `(${part.probe})`)).join(' AND '),
    values: Object.assign({}, ...parts.map(({ values }) => values)) as Values,
    few: scarce !== undefined,
  };
}

function letsFewThrough(catalog: Catalog, { members, values }: Condition): boolean {
  if (members === undefined) return false;
  const sql = `SELECT count(*) AS images FROM (${members} LIMIT @few)`;
  return catalog.get<{ images: number }>(sql, { ...values, few })!.images < few;
}

function conditionOf<K extends keyof ImageFilter>(
  catalog: Catalog,
  filter: ImageFilter,
  key: K,
): Condition | undefined {
  const wanted = filter[key];
  return wanted === undefined ? undefined : conditions[key](wanted as Wanted[K], catalog);
}
