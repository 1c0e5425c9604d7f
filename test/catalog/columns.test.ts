// Columns of metadata: written, listed, counted, filtered and sorted by, removed.
import { describe, expect, it } from 'vitest';
import { listColumns, removeColumn, writeColumn } from '../../src-main/catalog/tables/columns.ts';
import { columnFacet, imageIds, pageImages } from '../../src-main/catalog/tables/pages.ts';
import { noon, sampleCatalog } from './sample-catalog.ts';

const scanner = (text: string) => ({ name: 'Manufacturer', tag: '00080070', text });
const voltage = (text: string) => ({ name: 'KVP', tag: '00180060', text });

/** Images 1 to 6; 6 has no attributes, 3 no voltage. */
const madeCatalog = () =>
  sampleCatalog(6, (n) => ({
    attributes: n === 6 ? [] : [scanner(n % 2 === 0 ? 'Acme' : 'Beta'), ...(n === 3 ? [] : [voltage(`${60 + n}.50`)])],
  }));
const byImport = { by: 'imported', descending: false } as const;

describe('columns of metadata', () => {
  it('are kept with each image of an import, values once', () => {
    const catalog = madeCatalog();
    const columns = listColumns(catalog);
    expect(columns.map(({ name, tag, isNumber }) => [name, tag, isNumber])).toEqual([
      ['KVP', '00180060', true],
      ['Manufacturer', '00080070', false],
    ]);
    expect(catalog.column('SELECT count(*) FROM metadata_terms')).toEqual([6]);
    const [kvp, maker] = columns;
    expect(columnFacet(catalog, maker!.id, {}, 10)).toEqual([
      { value: 'Beta', images: 3 },
      { value: 'Acme', images: 2 },
      { value: null, images: 1 },
    ]);
    const page = pageImages(catalog, {
      ...{ filter: {}, order: byImport, offset: 2, limit: 4, columns: [maker!.id, kvp!.id] },
    });
    expect(page.map(({ id, columns }) => [id, ...columns])).toEqual([
      [3, 'Beta', null],
      [4, 'Acme', '64.50'],
      [5, 'Beta', '65.50'],
      [6, null, null],
    ]);
  });

  it('hold no number that is more than a number can be', () => {
    const catalog = sampleCatalog(2);
    const huge = { name: 'huge', tag: null };
    writeColumn(
      catalog,
      huge,
      [
        [1, '1e999'],
        [2, '-3'],
      ],
      noon,
    );
    expect(listColumns(catalog)[0]!.isNumber).toBe(false);
    expect(catalog.column('SELECT number FROM metadata_terms ORDER BY text')).toEqual([-3, null]);
  });

  it('filter and sort, in numbers where all values are', () => {
    const catalog = madeCatalog();
    const [kvp, maker] = listColumns(catalog).map(({ id }) => id);
    const ids = (columns: Parameters<typeof imageIds>[1]['columns']) => [...imageIds(catalog, { columns }, byImport)];
    expect(ids([{ column: maker!, values: ['Acme'] }])).toEqual([2, 4]);
    expect(ids([{ column: maker!, values: ['Acme', 'Beta'] }])).toEqual([1, 2, 3, 4, 5]);
    expect(ids([{ column: kvp!, from: 62.5 }])).toEqual([2, 4, 5]);
    expect(ids([{ column: kvp!, from: 61.6, to: 64.5 }])).toEqual([2, 4]);
    expect(
      ids([
        { column: kvp!, to: 64.5 },
        { column: maker!, values: ['Beta'] },
      ]),
    ).toEqual([1]);
    expect(ids([{ column: kvp!, values: ['none such'] }])).toEqual([]);
    const sorted = (column: number, descending: boolean) => [...imageIds(catalog, {}, { by: { column }, descending })];
    expect(sorted(kvp!, true)).toEqual([5, 4, 2, 1, 3, 6]);
    const both = { by: { column: kvp! }, descending: true };
    expect([...imageIds(catalog, { columns: [{ column: maker!, values: ['Beta'] }] }, both)]).toEqual([5, 1, 3]);
    expect(sorted(maker!, false)).toEqual([2, 4, 1, 3, 5, 6]);
  });

  it('are replaced image by image, and removed with their values', () => {
    const catalog = madeCatalog();
    const site = writeColumn(
      catalog,
      { name: 'site', tag: null },
      [
        [1, 'north'],
        [2, 'south'],
      ],
      noon,
    );
    expect(writeColumn(catalog, { name: 'site', tag: null }, [[2, 'north']], noon)).toBe(site);
    expect(columnFacet(catalog, site, { ids: [1, 2] }, 10)).toEqual([{ value: 'north', images: 2 }]);
    expect(removeColumn(catalog, site)).toBe(2);
    expect(listColumns(catalog).map(({ name }) => name)).toEqual(['KVP', 'Manufacturer']);
    expect(catalog.column(`SELECT count(*) FROM metadata_terms WHERE text IN ('north', 'south')`)).toEqual([0]);
  });

  it('of a table do not take the name of an attribute, and an import is not refused for theirs', () => {
    const catalog = madeCatalog();
    expect(() => writeColumn(catalog, { name: 'KVP', tag: null }, [[1, '1']], noon)).toThrow(
      expect.objectContaining({ kind: 'usage' }),
    );
    writeColumn(catalog, { name: 'StationName', tag: null }, [[1, 'x']], noon);
    writeColumn(catalog, { name: 'StationName', tag: '00081010' }, [[1, 'CT1']], noon);
    expect(listColumns(catalog).map(({ name }) => name)).toContain('StationName (00081010)');
  });
});
