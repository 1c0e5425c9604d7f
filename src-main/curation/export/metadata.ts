// Columns of metadata for a manifest: what the catalog knows, or what de-identification has left of it in the file.
import { parseDicomFile } from '../../archive/dicom/data-set.ts';
import { textsOf } from '../../archive/dicom/kept-attributes.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { columnValues, listColumns } from '../../catalog/tables/columns.ts';
import type { ImageRecord } from '../../catalog/tables/images.ts';
import { Problem } from '../../platform/errors.ts';
import type { Original } from './formats/format.ts';

/** The names of the columns, and each image's values in their order. */
export interface Metadata {
  readonly names: readonly string[];
  readonly values: ReadonlyMap<number, readonly (string | null)[]>;
}

/**
 * The columns that an export asks for. Where identities are removed, an attribute is given as it stands in the de-identified file, which may be not at all; a column of
 * a table is given as it is, because somebody has named it. Throws `missing` for a column that the catalog does not have.
 */
export async function metadataOf(
  catalog: Catalog,
  records: readonly ImageRecord[],
  { wanted, deidentified }: { readonly wanted: readonly string[]; readonly deidentified: boolean },
  clean: (record: ImageRecord) => Promise<Original>,
): Promise<Metadata> {
  const known = wanted.length === 0 ? [] : listColumns(catalog);
  const columns = wanted.map((name) => {
    const found = known.find((column) => column.name === name);
    if (found === undefined) throw new Problem('missing', { what: 'column', name });
    return found;
  });
  const stored = columnValues(
    catalog,
    records.map(({ id }) => id),
    columns.map(({ id }) => id),
  );
  const tags = columns.flatMap(({ tag }) => tag ?? []);
  const values = new Map<number, readonly (string | null)[]>();
  for (const record of records) {
    const own = stored.get(record.id) ?? columns.map(() => null);
    if (!deidentified || tags.length === 0 || record.format !== 'DICOM') {
      values.set(record.id, own);
      continue;
    }
    const left = textsOf(parseDicomFile((await clean(record)).bytes, record.path).attributes, tags);
    values.set(
      record.id,
      columns.map(({ tag }, index) => (tag === null ? own[index]! : (left[tag] ?? null))),
    );
  }
  return { names: columns.map(({ name }) => name), values };
}
