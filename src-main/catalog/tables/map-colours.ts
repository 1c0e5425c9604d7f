// What the points of the map are coloured by: a score, or a category of each image.
import type { Catalog, Values } from '../catalog.ts';
import type { ScoreName } from './scores.ts';

/** A score, a column of metadata, or a fact of an image. */
export type Colouring =
  | { readonly score: ScoreName }
  | { readonly column: number }
  | { readonly by: keyof typeof categories };

/** A category of each image, and what the first ones are called. */
interface Categories {
  readonly categories: Uint16Array;
  readonly names: readonly string[];
  readonly distinct: number;
}

/** A value of each image (NaN: none), or its category. */
export type Colours = { readonly values: Float32Array } | Categories;

/** Stands for no category, and for one that is not among the most frequent. */
const noCategory = 65_535;
/** More colours than this are not told apart. */
const mostNames = 12;

/** Rows of an image and its category. An image in several cohorts has the newest. */
const categories = {
  reason: 'SELECT image, reason AS value FROM current_reasons',
  kind: 'SELECT id AS image, kind AS value FROM images WHERE kind IS NOT NULL',
  verdict: 'SELECT image, decision AS value FROM current_verdicts',
  cohort: `SELECT m.image, c.name AS value FROM cohort_members m JOIN cohorts c ON c.id = m.cohort ORDER BY m.cohort`,
  modality: 'SELECT id AS image, modality AS value FROM images WHERE modality IS NOT NULL',
  bodyPart: 'SELECT id AS image, body_part AS value FROM images WHERE body_part IS NOT NULL',
  view: 'SELECT id AS image, view AS value FROM images WHERE view IS NOT NULL',
  patient: 'SELECT id AS image, patient AS value FROM images WHERE patient IS NOT NULL',
} as const;

/** The colours of images, in their order. Patients are numbered: the map names none. */
export function mapColours(catalog: Catalog, images: Uint32Array, colouring: Colouring): Colours {
  const placeOf = new Map([...images].map((image, place) => [image, place]));
  if ('score' in colouring) {
    const { run, score } = colouring.score;
    const sql = 'SELECT image, value FROM scores WHERE run = @run AND score = @score AND value IS NOT NULL';
    return { values: valuesOf(catalog, placeOf, sql, { run, score }) };
  }
  if ('column' in colouring) {
    const { column } = colouring;
    const isNumber = `SELECT 1 FROM metadata_terms WHERE column_id = @column AND number IS NULL`;
    const from = 'metadata_values v JOIN metadata_terms t ON t.id = v.term WHERE v.column_id = @column';
    if (catalog.get(isNumber, { column }) === undefined)
      return { values: valuesOf(catalog, placeOf, `SELECT v.image, t.number AS value FROM ${from}`, { column }) };
    return categoriesOf(catalog, placeOf, `SELECT v.image, t.text AS value FROM ${from}`, { column });
  }
  const found = categoriesOf(catalog, placeOf, categories[colouring.by], {});
  if (colouring.by !== 'patient') return found;
  return { ...found, names: found.names.map((_, index) => `patient ${index + 1}`) };
}

function valuesOf(catalog: Catalog, placeOf: ReadonlyMap<number, number>, sql: string, values: Values): Float32Array {
  const found = new Float32Array(placeOf.size).fill(Number.NaN);
  for (const { image, value } of catalog.all<{ readonly image: number; readonly value: number }>(sql, values)) {
    const place = placeOf.get(image);
    if (place !== undefined) found[place] = value;
  }
  return found;
}

function categoriesOf(catalog: Catalog, placeOf: ReadonlyMap<number, number>, sql: string, values: Values): Categories {
  const texts: (string | undefined)[] = Array.from({ length: placeOf.size });
  for (const { image, value } of catalog.all<{ readonly image: number; readonly value: string }>(sql, values)) {
    const place = placeOf.get(image);
    if (place !== undefined) texts[place] = value;
  }
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
  const names = [...counts].sort(([a, m], [b, n]) => n - m || a.localeCompare(b, 'en')).map(([name]) => name);
  const codeOf = new Map(names.slice(0, mostNames).map((name, code) => [name, code]));
  const codes = Uint16Array.from(texts, (text) => (text === undefined ? noCategory : (codeOf.get(text) ?? noCategory)));
  return { categories: codes, names: names.slice(0, mostNames), distinct: names.length };
}
