// Tables `settings` and `views`: what a catalog remembers about how it is used.
import { Problem } from '../../platform/errors.ts';
import type { Catalog } from '../catalog.ts';

/** The value of a setting as stored (plain data, to be checked by its reader), undefined when it was never set. */
export function getSetting(catalog: Catalog, key: string): unknown {
  const row = catalog.get<{ value: string }>('SELECT value FROM settings WHERE key = @key', { key });
  return row === undefined ? undefined : (JSON.parse(row.value) as unknown);
}

/** Sets a setting to plain data. */
export function setSetting(catalog: Catalog, key: string, value: unknown): void {
  catalog.run(
    'INSERT INTO settings (key, value) VALUES (@key, @value) ON CONFLICT DO UPDATE SET value = excluded.value',
    { key, value: JSON.stringify(value) },
  );
}

/** A saved view; its definition (filter and order) is the reader's to check. */
export interface View {
  readonly id: number;
  readonly name: string;
  readonly definition: unknown;
}

/** Saves a view; one of the same name is replaced and keeps its id. */
export function saveView(catalog: Catalog, name: string, definition: unknown): number {
  return catalog.get<{ id: number }>(
    `INSERT INTO views (name, definition) VALUES (@name, @definition)
     ON CONFLICT (name) DO UPDATE SET definition = excluded.definition RETURNING id`,
    { name, definition: JSON.stringify(definition) },
  )!.id;
}

/** All views by name. */
export function listViews(catalog: Catalog): readonly View[] {
  return catalog
    .all<{ id: number; name: string; definition: string }>('SELECT id, name, definition FROM views ORDER BY name')
    .map((row) => ({ ...row, definition: JSON.parse(row.definition) as unknown }));
}

/** Throws `missing`. */
export function removeView(catalog: Catalog, id: number): void {
  const { changes } = catalog.run('DELETE FROM views WHERE id = @id', { id });
  if (changes === 0) throw new Problem('missing', { what: 'view', name: String(id) });
}
