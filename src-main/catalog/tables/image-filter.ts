// The filter of an image list as SQL: one condition per key, constant text, every value a parameter.
import type { Values } from '../catalog.ts';
import type { FileState } from './files.ts';
import type { ScoreName } from './images.ts';
import type { Decision } from './verdicts.ts';

/** Conditions that all hold; of a list, any member. An absent condition does not restrict. */
export interface ImageFilter {
  readonly ids?: ArrayLike<number> | undefined;
  readonly cohort?: number | undefined;
  readonly modalities?: readonly string[] | undefined;
  readonly bodyParts?: readonly string[] | undefined;
  readonly views?: readonly string[] | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly states?: readonly FileState[] | undefined;
  /** `none`: not decided. */
  readonly verdicts?: readonly (Decision | 'none')[] | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Images whose score lies in from .. to, both included. */
  readonly score?:
    | { readonly name: ScoreName; readonly from?: number | undefined; readonly to?: number | undefined }
    | undefined;
  /** Part of the name, path, kind, body part or a tag, in any case (of ASCII letters). */
  readonly text?: string | undefined;
}

interface Condition {
  /** Over `images i` and, where it must look there, other tables. */
  readonly sql: string;
  readonly values: Values;
}

const list = (members: ArrayLike<number | string>): string => JSON.stringify(Array.from(members));

type Wanted = { readonly [K in keyof ImageFilter]-?: NonNullable<ImageFilter[K]> };

const conditions: { readonly [K in keyof Wanted]: (wanted: Wanted[K]) => Condition } = {
  ids: (ids) => ({ sql: 'i.id IN (SELECT value FROM json_each(@ids))', values: { ids: list(ids) } }),
  cohort: (cohort) => ({
    sql: 'EXISTS (SELECT 1 FROM cohort_members m WHERE m.cohort = @cohort AND m.image = i.id)',
    values: { cohort },
  }),
  modalities: (modalities) => ({
    sql: 'i.modality IN (SELECT value FROM json_each(@modalities))',
    values: { modalities: list(modalities) },
  }),
  bodyParts: (bodyParts) => ({
    sql: 'i.body_part IN (SELECT value FROM json_each(@bodyParts))',
    values: { bodyParts: list(bodyParts) },
  }),
  views: (views) => ({ sql: 'i.view IN (SELECT value FROM json_each(@views))', values: { views: list(views) } }),
  kinds: (kinds) => ({ sql: 'i.kind IN (SELECT value FROM json_each(@kinds))', values: { kinds: list(kinds) } }),
  states: (states) => ({
    sql: '(SELECT state FROM files WHERE id = i.file) IN (SELECT value FROM json_each(@states))',
    values: { states: list(states) },
  }),
  verdicts: (verdicts) => ({
    sql: `coalesce((SELECT decision FROM current_verdicts WHERE image = i.id), 'none')
      IN (SELECT value FROM json_each(@verdicts))`,
    values: { verdicts: list(verdicts) },
  }),
  tags: (tags) => ({
    sql: 'EXISTS (SELECT 1 FROM tags t WHERE t.image = i.id AND t.tag IN (SELECT value FROM json_each(@tags)))',
    values: { tags: list(tags) },
  }),
  score: ({ name, from, to }) => ({
    sql: `EXISTS (SELECT 1 FROM scores s WHERE s.image = i.id AND s.run = @filterRun AND s.score = @filterScore
      AND s.value BETWEEN @from AND @to)`,
    values: {
      filterRun: name.run,
      filterScore: name.score,
      from: from ?? Number.NEGATIVE_INFINITY,
      to: to ?? Number.POSITIVE_INFINITY,
    },
  }),
  text: (text) => ({
    sql: `(i.name LIKE @text ESCAPE '\\' OR i.kind LIKE @text ESCAPE '\\' OR i.body_part LIKE @text ESCAPE '\\'
      OR EXISTS (SELECT 1 FROM files f WHERE f.id = i.file AND f.path LIKE @text ESCAPE '\\')
      OR EXISTS (SELECT 1 FROM tags t WHERE t.image = i.id AND t.tag LIKE @text ESCAPE '\\'))`,
    values: { text: `%${text.replace(/[\\%_]/g, '\\$&')}%` },
  }),
};

/** The filter as one SQL expression over `images i`, undefined when nothing restricts. */
export function filterCondition(filter: ImageFilter): Condition | undefined {
  const keys = Object.keys(conditions) as (keyof ImageFilter)[];
  const parts = keys.flatMap((key) => conditionOf(filter, key) ?? []);
  if (parts.length === 0) return undefined;
  return {
    sql: parts.map(({ sql }) => `(${sql})`).join(' AND '),
    values: Object.assign({}, ...parts.map(({ values }) => values)) as Values,
  };
}

function conditionOf<K extends keyof ImageFilter>(filter: ImageFilter, key: K): Condition | undefined {
  const wanted = filter[key];
  return wanted === undefined ? undefined : conditions[key](wanted as Wanted[K]);
}
