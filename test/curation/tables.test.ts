// Export of tables: Parquet read back by hyparquet and CSV by our own reader hold what the catalog holds, and no identities.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { addAnnotation } from '../../src-main/catalog/tables/marks.ts';
import { createRun, recordResults } from '../../src-main/catalog/tables/runs.ts';
import { pseudonymsOf } from '../../src-main/curation/deidentification/pseudonyms.ts';
import { type ExportRequest, exportImages } from '../../src-main/curation/export/export-images.ts';
import { verifyExport } from '../../src-main/curation/export/verify-export.ts';
import { decide } from '../../src-main/curation/verdicts/decide.ts';
import { parseCsv } from '../../src-main/platform/csv.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { writeParquet } from '../../src-main/platform/parquet.ts';
import { noon, sampleCatalog, temporaryFolder } from '../catalog/sample-catalog.ts';

const pseudonyms = pseudonymsOf(Buffer.alloc(32, 1));
const deidentification = { pseudonyms, retainDates: false, retainDevice: false, reviewed: new Set<number>() };
/** Tables need no pixels. */
const refuse = () => Promise.reject(new Error('a table reads no file'));
const sources = { read: refuse, decode: refuse, labels: refuse };

/** More images than are read at once; of the third a score without a value, a verdict, a rectangle and a vector. */
function madeCatalog() {
  const catalog = sampleCatalog(1203, (n) => ({
    ...{ kind: 'PLANTED-kind', patient: `PLANTED-${n % 7}`, study: '1.2.3', series: `1.2.3.${n % 7}`, modality: 'CT' },
    bodyPart: n === 3 ? 'PLANTED, the knee of' : 'KNEE',
  }));
  const images = Array.from({ length: 1203 }, (_, index) => index + 1);
  const run = createRun(catalog, { kind: 'scores', title: '', parameters: {}, provenance: {}, images, at: noon });
  recordResults(
    catalog,
    run,
    images.map((image) => ({
      image,
      scores: [
        image === 3 ? { score: 'anomaly', reason: 'has no body' } : { score: 'anomaly', value: image / 7 },
        { score: 'noise', value: -1e-9 * image },
      ],
      ...(image === 3 ? { features: [{ network: 'small', vector: Float32Array.of(0.1, -2, 3e20) }] } : {}),
      ...(image === 4 ? { why: { reason: 'blurred', place: null } } : {}),
    })),
  );
  decide(catalog, { images: [3], decision: 'reject', reason: 'ein "Ä"; ok', reviewer: 'Ada', at: noon });
  addAnnotation(catalog, { image: 3, x: 1.5, y: 2, width: 3, height: 4, label: 'needle', reviewer: 'Ada', at: noon });
  return { catalog, images };
}

const { catalog, images } = madeCatalog();

async function exported(format: 'parquet' | 'csv', more: Partial<ExportRequest> = {}): Promise<string> {
  const target = join(catalog.folder, 'export', `${format}${more.deidentification === null ? '-retained' : ''}`);
  const request = { target, images, format, scores: [], deidentification, program: 'Residua', actor: 'Ada', at: noon };
  const { folder } = await exportImages(catalog, { ...request, ...more }, sources, quiet);
  return folder;
}

const rowsOf = async (file: string) => parquetReadObjects({ file: await asyncBufferFromFile(file) });

describe('tables as Parquet', () => {
  it('hold every image, score, verdict, reason, annotation and vector, read back by another program', async () => {
    const folder = await exported('parquet');
    expect(readdirSync(join(folder, 'tables')).sort()).toEqual(
      ['annotations', 'features', 'images', 'reasons', 'scores', 'verdicts'].map((name) => `${name}.parquet`),
    );
    expect(await verifyExport(folder, quiet)).toMatchObject({ images: 1203, faults: [] });
    const table = (name: string) => rowsOf(join(folder, 'tables', `${name}.parquet`));
    const found = await table('images');
    expect(found.map(({ image }) => image)).toEqual(images);
    expect(found[2]).toMatchObject({ verdict: 'reject', modality: 'CT', width: 64, state: 'present', format: 'PNG' });
    expect(await table('scores')).toHaveLength(2406);
    expect((await table('scores')).filter(({ image }) => image === 3 || image === 1203)).toEqual([
      { image: 3, run: 1, run_kind: 'scores', score: 'anomaly', value: null, reason: 'has no body' },
      { image: 3, run: 1, run_kind: 'scores', score: 'noise', value: -1e-9 * 3, reason: null },
      { image: 1203, run: 1, run_kind: 'scores', score: 'anomaly', value: 1203 / 7, reason: null },
      { image: 1203, run: 1, run_kind: 'scores', score: 'noise', value: -1e-9 * 1203, reason: null },
    ]);
    expect(await table('verdicts')).toEqual([
      { image: 3, verdict: 'reject', reason: 'ein "Ä"; ok', reviewer: 'Ada', at: new Date(noon) },
    ]);
    expect(await table('reasons')).toEqual([{ image: 4, run: 1, reason: 'blurred', place: null }]);
    expect(await table('annotations')).toMatchObject([{ image: 3, x: 1.5, width: 3, label: 'needle' }]);
    expect(await table('features')).toEqual([
      { image: 3, network: 'small', vector: [...Float32Array.of(0.1, -2, 3e20)] },
    ]);
  });

  it('leave without identities: pseudonyms that are the same for one patient, no names, no free text', async () => {
    const target = join(catalog.folder, 'export', 'clean');
    const folder = await exported('parquet', { target });
    const rows = await rowsOf(join(folder, 'tables/images.parquet'));
    expect(rows[0]).toMatchObject({ name: null, kind: null, path: null, patient: pseudonyms.patient('PLANTED-1') });
    expect(rows[7]!.patient).toBe(rows[0]!.patient);
    expect(rows[1]!.patient).not.toBe(rows[0]!.patient);
    expect(rows[0]!.study).toBe(pseudonyms.uid('1.2.3'));
    expect([rows[1]!.body_part, rows[2]!.body_part]).toEqual(['KNEE', null]);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of files) {
      expect(readFileSync(join(parentPath, name)).includes('PLANTED'), name).toBe(false);
    }
    const retained = await rowsOf(join(await exported('parquet', { deidentification: null }), 'tables/images.parquet'));
    expect(retained[2]).toMatchObject({ name: 'image-0003.png', kind: 'PLANTED-kind', patient: 'PLANTED-3' });
  });
});

describe('tables as CSV', () => {
  it('hold the same', async () => {
    const folder = await exported('csv');
    const table = (name: string) => readFileSync(join(folder, 'tables', `${name}.csv`), 'utf8');
    const columns = { image: 'number', score: 'text', value: 'optional-number', reason: 'optional-text' } as const;
    const scores = parseCsv(table('scores'), 'scores.csv', columns);
    expect(scores).toHaveLength(2406);
    expect(scores.filter(({ value }) => value === null)).toEqual([
      { image: 3, score: 'anomaly', value: null, reason: 'has no body' },
    ]);
    expect(scores[1]!.value).toBe(-1e-9);
    expect(table('features')).toBe('image,network,vector\n3,small,0.10000000149011612 -2 300000006012263200000\n');
    expect(table('reasons')).toBe('image,run,reason,place\n4,1,blurred,\n');
    expect(table('images').split('\n')).toHaveLength(1203 + 2);
  });
});

describe('writeParquet', () => {
  it('declares the type of every column, also of a table without a row', async () => {
    const file = join(temporaryFolder(), 'empty.parquet');
    const kinds = ['integer', 'number', 'text', 'time', 'numbers'] as const;
    const columns = kinds.map((kind) => ({ name: `a ${kind}`, kind }));
    await writeParquet(file, columns, []);
    const metadata = await parquetMetadataAsync(await asyncBufferFromFile(file));
    expect(metadata.num_rows).toBe(0n);
    const { children } = parquetSchema(metadata);
    expect(children.map(({ element: { name, type, converted_type } }) => [name, type, converted_type])).toEqual([
      ['a integer', 'INT32', undefined],
      ['a number', 'DOUBLE', undefined],
      ['a text', 'BYTE_ARRAY', 'UTF8'],
      ['a time', 'INT64', 'TIMESTAMP_MILLIS'],
      ['a numbers', undefined, 'LIST'],
    ]);
  });
});
