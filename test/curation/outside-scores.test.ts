// Scores and verdicts of other programs: CSV as any spreadsheet writes it, Parquet, COCO; matched exactly, ranked, combined, evaluated.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { auditEntries } from '../../src-main/catalog/tables/audit.ts';
import { createCohort } from '../../src-main/catalog/tables/cohorts.ts';
import { importFiles } from '../../src-main/catalog/tables/files.ts';
import { getRun } from '../../src-main/catalog/tables/runs.ts';
import { scoresOf, scoreValues } from '../../src-main/catalog/tables/scores.ts';
import { currentVerdicts } from '../../src-main/catalog/tables/verdicts.ts';
import { importScores, type ScoreImport } from '../../src-main/curation/scores/import-scores.ts';
import { importDecisions } from '../../src-main/curation/verdicts/decisions-csv.ts';
import { judge } from '../../src-main/evaluation/judgement.ts';
import { readParquet, writeParquet } from '../../src-main/platform/parquet.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { emptyCatalog, noon, sampleFile, temporaryFolder } from '../catalog/sample-catalog.ts';
import { Bench, closeBenches } from '../workbench/bench.ts';

afterEach(closeBenches);

/** Images 1 to 3 in `a/`, 4 (the name of 1) in `b/`, 5 and 6 the frames of one file. */
function madeCatalog() {
  const catalog = emptyCatalog();
  const file = (number: number, path: string, frames = 1) => ({
    ...sampleFile(number),
    ...{ path, file: `/archive/set/${path}`, source: '/archive/set' },
    images: Array.from({ length: frames }, (_, frame) => ({ frame, name: path, width: 8, height: 8, bits: 8 })),
  });
  const files = [file(1, 'a/x_0001.png'), file(2, 'a/x_0002.png'), file(3, 'a/Größe.png'), file(4, 'b/x_0001.png')];
  importFiles(catalog, [...files, file(5, 'c/two.dcm', 2)], noon);
  return catalog;
}

const folder = temporaryFolder();
let written = 0;
function fileOf(content: string | Uint8Array, ending = 'csv'): string {
  const file = join(folder, `${++written}.${ending}`);
  writeFileSync(file, content);
  return file;
}

const request = (file: string, more: Partial<ScoreImport> = {}): ScoreImport => ({
  ...{ file, name: 'theirs', abnormal: 'high', column: null, by: null, reviewer: 'Ada', at: noon, program: '0.1.0' },
  ...more,
});

async function imported(content: string | Uint8Array, ending = 'csv', more: Partial<ScoreImport> = {}) {
  const catalog = madeCatalog();
  const { run, unmatched } = await importScores(catalog, request(fileOf(content, ending), more), readParquet);
  const values = scoreValues(catalog, { run, score: 'theirs' }).map(({ image, value }) => [image, value]);
  return { catalog, run, unmatched, values: Object.fromEntries(values) as Readonly<Record<string, number>> };
}

const complaint = async (work: Promise<unknown>) =>
  inWords(await work.catch((error: unknown) => error)).replace(folder, '');
const sha = (number: number) => number.toString(16).padStart(64, '0');

describe('tables of other programs', () => {
  const german = 'Datei;score;Notiz\na/x_0001.png;1,5;"a;b"\na/Größe.png;-0,25;\n';
  it.each([
    ['commas', 'path,score\na/x_0001.png,1.5\na/Größe.png,-0.25\n'],
    ['semicolons and decimal commas', german.replace('Datei', 'file')],
    ['tabs', 'file_name\tdist\na/x_0001.png\t1.5\na/Größe.png\t-0.25\n'],
    ['UTF-8 with a byte order mark', '\uFEFFpath,score\r\na/x_0001.png,1.5\r\na/Größe.png,-0.25\r\n'],
    ['UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(german.replace('Datei', 'file'), 'utf16le')])],
    [
      'UTF-16, big-endian',
      Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(german.replace('Datei', 'file'), 'utf16le').swap16()]),
    ],
    ['numbers of ours', 'image,value\n1,1.5\n3,-0.25\n'],
    ['SHA-256', `sha256,score\n${sha(1)},1.5\n${sha(3).toUpperCase()},-0.25\n`],
    [
      'absolute paths, another root, no ending',
      'path,score\nD:\\data\\a\\x_0001.png,1.5\n/archive/set/a/Größe,-0.25\n',
    ],
  ])('with %s', async (_, content) => {
    expect((await imported(content)).values).toEqual({ 1: 1.5, 3: -0.25 });
  });

  it('in Parquet, of this and of other writers', async () => {
    const file = join(folder, 'ours.parquet');
    await writeParquet(
      file,
      [
        { name: 'path', kind: 'text' },
        { name: 'score', kind: 'number' },
      ],
      [
        { path: 'a/x_0001.png', score: 1.5 },
        { path: 'a/Größe.png', score: null },
      ],
    );
    const catalog = madeCatalog();
    const { run } = await importScores(catalog, request(file), readParquet);
    expect(scoresOf(catalog, 1)).toEqual([{ run, score: 'theirs', value: 1.5, reason: null }]);
    expect(scoresOf(catalog, 3)[0]).toMatchObject({ value: null, reason: 'has no value in the imported table' });
    const columnData = [
      { name: 'file', data: ['a/x_0001.png', 'a/x_0002.png'] },
      { name: 'probability', data: [1n, 2n] },
    ];
    const compressors = { ZSTD: zstdCompressSync };
    const zstd = parquetWriteBuffer({ columnData, codec: 'ZSTD', compressors });
    expect((await imported(new Uint8Array(zstd), 'parquet')).values).toEqual({ 1: 1, 2: 2 });
  });

  it('in Parquet with numbers as text: one decimal mark for the column, blanks have no value, a fault names its row', async () => {
    const texts = (...data: readonly string[]) =>
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: 'file', data: ['a/x_0001.png', 'a/x_0002.png', 'a/Größe.png'] },
            { name: 'probability', data: [...data] },
          ],
        }),
      );
    expect((await imported(texts('0,25', '', '1,125'), 'parquet')).values).toEqual({ 1: 0.25, 3: 1.125 });
    expect(await complaint(imported(texts('0.25', '1.5', 'many'), 'parquet'))).toContain(
      'row 4, column probability is not a number',
    );
  });

  it('in COCO: the highest score of an image, or a list of detections', async () => {
    const images = [1, 2, 3].map((id) => ({
      id: id * 10,
      file_name: ['a/x_0001.png', 'a/x_0002.png', 'a/Größe.png'][id - 1],
    }));
    const annotations = [10, 10, 30].map((image_id, index) => ({
      id: index,
      image_id,
      bbox: [0, 0, 1, 1],
      score: [0.2, 0.9, 0.4][index],
    }));
    const dataSet = JSON.stringify({ images, annotations, categories: [] });
    expect((await imported(dataSet, 'json')).values).toEqual({ 1: 0.9, 3: 0.4 });
    const results = JSON.stringify(annotations.map((each) => ({ ...each, image_id: each.image_id / 10 })));
    expect((await imported(results, 'json')).values).toEqual({ 1: 0.9, 3: 0.4 });
  });

  it('may name a frame', async () => {
    expect((await imported('file,frame,score\nc/two.dcm,1,5\nc/two.dcm,0,4\n')).values).toEqual({ 5: 4, 6: 5 });
    expect((await imported('name,score\nc/two.dcm #2,5\n')).values).toEqual({ 6: 5 });
  });

  it('mean the file whose whole path is given, where another of its name fits too', async () => {
    const catalog = madeCatalog();
    const other = { ...sampleFile(9), path: 'a/x_0001.png', file: '/else/a/x_0001.png', source: '/else' };
    importFiles(catalog, [other], noon);
    const { run } = await importScores(
      catalog,
      request(fileOf('path,score\nset/a/x_0001.png,1\n/else/a/x_0001.png,2\n')),
      readParquet,
    );
    const values = scoreValues(catalog, { run, score: 'theirs' }).map(({ image, value }) => [image, value]);
    expect(values).toEqual([
      [1, 1],
      [7, 2],
    ]);
    const unsure = importScores(catalog, request(fileOf('path,score\nthird/a/x_0001.png,1\n')), readParquet);
    expect(await complaint(unsure)).toContain('row 2 fits images 1, 7');
  });

  it('report the rows that fit nothing, and never a name that is only alike', async () => {
    const { unmatched, values, run, catalog } = await imported(
      'path,score\nA/X_0001.png,1\nother/x_0002.png,2\na/x_0002.png,3\n',
    );
    expect(unmatched).toEqual([2, 3]);
    expect(values).toEqual({ 2: 3 });
    expect(getRun(catalog, run)).toMatchObject({ kind: 'imported scores', state: 'done', done: 1, total: 1 });
    expect(auditEntries(catalog).at(-1)).toMatchObject({ event: 'scores', actor: 'Ada', details: { run, images: 1 } });
  });

  it.each([
    ['path,score\nx_0001.png,1\n', 'row 2 fits images 1, 4: name it by a longer path, its SHA-256, or a column frame'],
    ['path,score\nc/two.dcm,1\n', 'row 2 fits images 5, 6: name it by a longer path, its SHA-256, or a column frame'],
    ['path,score\na/x_0001.png,1\nx/set/a/x_0001.png,2\n', 'row 3 is about image 1, as row 2 is'],
    ['path,score\na/x_0001.png,high\n', 'row 2, column score is not a number'],
    ['path,a,b\na/x_0001.png,1,2\n', 'column of scores in'],
    ['what,score\na/x_0001.png,1\n', 'column that names images in'],
    ['path,score\nnowhere.png,1\n', 'images of the 1 rows not found'],
    ['path,score\n"a,1\n', 'row'],
    ['', 'column'],
  ])('are refused whole: %j', async (content, expected) => {
    const catalog = madeCatalog();
    expect(await complaint(importScores(catalog, request(fileOf(content)), readParquet))).toContain(expected);
    expect(catalog.column('SELECT count(*) FROM runs')).toEqual([0]);
  });

  it.each([
    ['PAR1 and no more', 'parquet', 'is not a Parquet file that can be read'],
    ['{"images": 3}', 'json', 'is neither a COCO data set nor a list of detections'],
    ['{', 'json', 'is not JSON'],
  ])('that are broken are refused: %s', async (content, ending, expected) => {
    expect(await complaint(imported(content, ending))).toContain(expected);
  });
});

describe('verdicts of other programs', () => {
  it.each([
    ['csv', 'file;verdict;reason\na/x_0002.png;reject;Bewegung\na/Größe.png;keep;\n'],
    [
      'json',
      JSON.stringify({
        images: [
          { id: 7, file_name: 'a/x_0002.png', verdict: 'reject', reason: 'Bewegung' },
          { id: 8, file_name: 'a/Größe.png', verdict: 'keep' },
        ],
      }),
    ],
  ])('come in by file name, from %s', async (ending, content) => {
    const catalog = madeCatalog();
    expect(await importDecisions(catalog, fileOf(content, ending), { reviewer: 'Ada', at: noon }, readParquet)).toBe(2);
    const found = [...currentVerdicts(catalog, [1, 2, 3]).values()].map(({ image, decision, reason }) => [
      image,
      decision,
      reason,
    ]);
    expect(found).toEqual([
      [2, 'reject', 'Bewegung'],
      [3, 'keep', null],
    ]);
  });

  it('are refused whole where a row fits no image', async () => {
    const file = fileOf('file,verdict\na/x_0002.png,keep\nnowhere.png,keep\n');
    expect(await complaint(importDecisions(madeCatalog(), file, { reviewer: 'Ada', at: noon }, readParquet))).toContain(
      'row 3: the catalog has no such image',
    );
  });
});

describe('an imported score', () => {
  /** 20 normals and 10 needles; their score is low for needles. */
  async function bench() {
    const opened = new Bench(join(temporaryFolder(), 'catalog'));
    await opened.call('catalog.create', { folder: opened.catalog, name: 'test' });
    const catalog = openCatalog(opened.catalog);
    const all = Array.from({ length: 30 }, (_, index) => index + 1);
    importFiles(
      catalog,
      all.map((n) => sampleFile(n, { kind: n > 20 ? 'needle' : 'normal' })),
      noon,
    );
    createCohort(catalog, { name: 'normals', definition: {}, images: all.slice(0, 20), at: noon });
    catalog.close();
    const rows = all.map((n) => `${sha(n)};${n > 20 ? `0,${n}` : `${n},5`}\n`);
    const file = fileOf(`sha256;score\n${rows.join('')}`);
    const answer = await opened.call('scores.import', { file, name: 'likelihood', abnormal: 'low', reviewer: 'Ada' });
    return { opened, score: { run: answer.run, score: 'likelihood' }, answer };
  }

  it('is in every list with its end, and changes no list by itself', async () => {
    const { opened, score, answer } = await bench();
    expect(answer).toEqual({ run: score.run, images: 30, unmatched: [] });
    const { families } = await opened.call('scores.families', {});
    expect(families.at(-1)).toMatchObject({ name: 'imported', scores: [{ name: 'likelihood', abnormal: 'low' }] });
    expect((await opened.call('scores.list', {})).scores).toEqual([score]);
    const { rows } = await opened.call('images.page', {
      filter: {},
      order: { by: score, descending: false },
      offset: 0,
      limit: 2,
    });
    expect(rows.map(({ id, score: value }) => [id, value])).toEqual([
      [21, 0.21],
      [22, 0.22],
    ]);
  });

  it('is evaluated by its abnormal end', async () => {
    const { opened, score } = await bench();
    const asked = { call: opened.call.bind(opened) } as unknown as Parameters<typeof judge>[0];
    const { best } = await judge(asked, [score], {}, 'normal', new Map());
    expect(best.detections[0]!.auroc).toBe(1);
    expect(best.rows[0]!.id).toBe(21);
  });

  it('is combined by its abnormal end', async () => {
    const { opened, score } = await bench();
    const { cohorts } = await opened.call('cohorts.list', {});
    const parameters = { images: { filter: {} }, scores: [score], validation: cohorts[0]!.id };
    const run = await opened.run({ kind: 'combination', parameters });
    expect(run.state).toBe('done');
    const by = { run: run.id, score: 'conformal p' };
    const order = { by, descending: false };
    const { rows } = await opened.call('images.page', { filter: {}, order, offset: 0, limit: 10 });
    expect(rows.map(({ id }) => id).sort()).toEqual([21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
    expect(rows[0]!.score).toBeCloseTo(1 / 21);
  });
});
