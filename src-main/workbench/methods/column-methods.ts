// Methods about columns of metadata.
import { appendAudit } from '../../catalog/tables/audit.ts';
import { listColumns, removeColumn } from '../../catalog/tables/columns.ts';
import { columnFacet } from '../../catalog/tables/pages.ts';
import { importColumns } from '../../curation/columns/import-columns.ts';
import { Problem } from '../../platform/errors.ts';
import { now } from '../../platform/time.ts';
import type { MethodsNamed } from './method.ts';

export const columnMethods: MethodsNamed<'columns'> = {
  'columns.list': (_, service) => ({ columns: [...listColumns(service.open().catalog)] }),
  'columns.facet': ({ column, filter, limit }, service) => ({
    values: [...columnFacet(service.open().catalog, column, filter, limit)],
  }),
  'columns.import': async (request, service) => {
    const { catalog, decoder } = service.open();
    const { columns, images, unmatched } = await importColumns(catalog, { ...request, at: now() }, decoder.table);
    return { columns: [...columns], images, unmatched: [...unmatched] };
  },
  'columns.remove': ({ id, reviewer }, service) => {
    const { catalog } = service.open();
    const column = listColumns(catalog).find((each) => each.id === id);
    if (column === undefined) throw new Problem('missing', { what: 'column', name: String(id) });
    catalog.transaction(() => {
      const details = { removed: column.name, images: removeColumn(catalog, id) };
      appendAudit(catalog, { at: now(), actor: reviewer, event: 'columns', details });
    });
    return {};
  },
};
