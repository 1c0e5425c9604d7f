// Tables `cohorts` and `cohort_members`: named sets of images (training normals, baseline test, each anomaly).
import { Problem } from '../../platform/errors.ts';
import type { Catalog } from '../catalog.ts';

export interface Cohort {
  readonly id: number;
  readonly name: string;
  /** How it was made: by hand, from a filter, a split with its seed. */
  readonly definition: Readonly<Record<string, unknown>>;
  readonly images: number;
  readonly createdAt: string;
}

/** Makes a cohort. Throws `usage` when there is one of that name. */
export function createCohort(
  catalog: Catalog,
  cohort: Pick<Cohort, 'name' | 'definition'> & { readonly images: ArrayLike<number>; readonly at: string },
): number {
  return catalog.transaction(() => {
    if (findCohort(catalog, cohort.name) !== undefined) {
      throw new Problem('usage', { message: `there is a cohort named ${cohort.name} already` });
    }
    const { id } = catalog.run('INSERT INTO cohorts (name, definition, created_at) VALUES (@name, @definition, @at)', {
      name: cohort.name,
      definition: JSON.stringify(cohort.definition),
      at: cohort.at,
    });
    addToCohort(catalog, id, cohort.images);
    return id;
  });
}

/** Adds images; how many were not in it before. */
export function addToCohort(catalog: Catalog, cohort: number, images: ArrayLike<number>): number {
  return catalog.run(
    'INSERT INTO cohort_members (cohort, image) SELECT @cohort, value FROM json_each(@images) WHERE true ON CONFLICT DO NOTHING',
    { cohort, images: JSON.stringify(Array.from(images)) },
  ).changes;
}

/** All cohorts in the order they were made. */
export function listCohorts(catalog: Catalog): readonly Cohort[] {
  return catalog
    .all<Omit<Cohort, 'definition'> & { readonly definition: string }>(
      `SELECT id, name, definition, created_at AS createdAt,
         (SELECT count(*) FROM cohort_members WHERE cohort = id) AS images FROM cohorts ORDER BY id`,
    )
    .map((row) => ({ ...row, definition: JSON.parse(row.definition) as Record<string, unknown> }));
}

/** So many images of a cohort tell whether it was scored: a run scores a cohort or leaves it. */
const looked = 200;

/**
 * The cohorts of normals that a run trained a network on, balanced its loss on or compared images with, without those whose
 * images were scored themselves: what is scored belongs to the archive.
 */
export function referenceCohorts(catalog: Catalog): ReadonlySet<number> {
  const used = catalog.column<number>(
    `SELECT json_extract(parameters, '$.normals') AS cohort FROM runs WHERE cohort IS NOT NULL
     UNION SELECT json_extract(parameters, '$.projecting.normals') AS cohort FROM runs WHERE cohort IS NOT NULL
     UNION SELECT json_extract(parameters, '$.cohort') AS cohort FROM runs WHERE kind LIKE 'train%' AND cohort IS NOT NULL`,
  );
  const isScored = (cohort: number) =>
    catalog.get(
      `SELECT 1 FROM runs r JOIN run_items i ON i.run = r.id
       WHERE r.kind NOT IN ('import', 'masks', 'columns', 'map', 'export', 'demonstration') AND r.kind NOT LIKE 'train%'
         AND i.image IN (SELECT image FROM cohort_members WHERE cohort = @cohort LIMIT @looked) LIMIT 1`,
      { cohort, looked },
    ) !== undefined;
  return new Set(used.filter((cohort) => !isScored(cohort)));
}

/** The id of the cohort of a name. */
export function findCohort(catalog: Catalog, name: string): number | undefined {
  return catalog.get<{ id: number }>('SELECT id FROM cohorts WHERE name = @name', { name })?.id;
}

/** The cohorts that an image is in. */
export function cohortsOf(catalog: Catalog, image: number): readonly { readonly id: number; readonly name: string }[] {
  return catalog.all(
    'SELECT c.id, c.name FROM cohort_members m JOIN cohorts c ON c.id = m.cohort WHERE m.image = @image ORDER BY c.id',
    { image },
  );
}

/** Removes a cohort; its images stay. Throws `missing`. */
export function removeCohort(catalog: Catalog, id: number): void {
  const { changes } = catalog.run('DELETE FROM cohorts WHERE id = @id', { id });
  if (changes === 0) throw new Problem('missing', { what: 'cohort', name: String(id) });
}
