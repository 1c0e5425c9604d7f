// docs/sql.md is true: it lists every view with its columns, and the SQL of every example runs and finds what a made catalog holds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src-main/catalog/catalog.ts';
import { createCohort } from '../../src-main/catalog/tables/cohorts.ts';
import { addAnnotation, setTags } from '../../src-main/catalog/tables/marks.ts';
import { createRun, recordResults, setRunState } from '../../src-main/catalog/tables/runs.ts';
import { decide, undo } from '../../src-main/curation/verdicts/decide.ts';
import { noon, sampleCatalog } from '../catalog/sample-catalog.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/sql.md'), 'utf8');

/** Six images, three normal and three with needles; scores of two runs, verdicts of two reviewers, a cohort of all. */
function madeCatalog(): Catalog {
  const catalog = sampleCatalog(6, (n) => ({
    ...{ kind: n > 3 ? 'needle' : 'normal', modality: 'CT', bodyPart: 'ABDOMEN', view: 'AXIAL', patient: `p${n}` },
  }));
  const images = [1, 2, 3, 4, 5, 6];
  for (const shift of [0, 10]) {
    const run = createRun(catalog, {
      ...{ kind: 'scores', title: 'scores', parameters: { steps: 3 }, images, at: noon },
      provenance: { versions: { residua: '0.1.0' } },
    });
    recordResults(
      catalog,
      run,
      images.map((image) => ({
        image,
        scores: [
          { score: 'anomaly', value: image + shift },
          image === 1 ? { score: 'MSE full', reason: 'has no body' } : { score: 'MSE full', value: image / 8 + shift },
        ],
        features: [{ network: 'small', vector: Float32Array.of(image, 0.5) }],
        patches: [{ score: 'MSE patch', patches: [{ x: 1, y: 2, size: 8, value: image }] }],
        ...(image === 6 ? { why: { reason: 'blurred', place: 'at the lower left' } } : {}),
      })),
    );
    setRunState(catalog, run, 'done', null, noon);
  }
  decide(catalog, { images: [1, 2], decision: 'keep', reason: null, reviewer: 'Ada', at: noon });
  decide(catalog, { images: [2, 4], decision: 'reject', reason: 'a needle', reviewer: 'Bob', at: noon });
  decide(catalog, { images: [5], decision: 'unsure', reason: null, reviewer: 'Ada', at: noon });
  undo(catalog, { reviewer: 'Ada', at: noon });
  createCohort(catalog, { name: 'all', definition: {}, images, at: noon });
  addAnnotation(catalog, { image: 4, x: 1, y: 2, width: 3, height: 4, label: 'needle', reviewer: 'Ada', at: noon });
  setTags(catalog, [4], ['metal'], []);
  return catalog;
}

const catalog = madeCatalog();
const database = new Sqlite(join(catalog.folder, 'catalog.sqlite'), { readonly: true });

/** The SQL of the fenced blocks of the page, one statement each, with the language of its block. */
function examples(): readonly { readonly language: string; readonly sql: string }[] {
  return [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, language, block]) => {
    const quoted = { python: /"""(.*?)"""/gs, r: /dbGetQuery\(catalog, "(.*?)"\)/gs }[language!];
    const texts = quoted === undefined ? block!.split(';') : [...block!.matchAll(quoted)].map(([, sql]) => sql!);
    return texts.map((sql) => ({ language: language!, sql: sql.trim() })).filter(({ sql }) => sql !== '');
  });
}

/** Statements of DuckDB that open the catalog; better-sqlite3 has it open. */
const opening = /^(INSTALL|LOAD|ATTACH|USE)\b/;

describe('docs/sql.md', () => {
  it('lists every stable view, and its columns in their order', () => {
    const listed = [...page.matchAll(/^\| `(v_\w+)` \| [^|]+ \| ([^|]+) \|$/gm)].map(([, view, columns]) => [
      view,
      [...columns!.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    ]);
    const views = database
      .prepare<[], { name: string }>(
        `SELECT name FROM sqlite_schema WHERE type = 'view' AND name LIKE 'v\\_%' ESCAPE '\\'`,
      )
      .all();
    const found = views.map(({ name }) => [
      name,
      (database.pragma(`table_info(${name})`) as { name: string }[]).map((c) => c.name),
    ]);
    expect(listed).toHaveLength(25);
    expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(found));
  });

  it('has examples for sqlite3, pandas, DuckDB and R', () => {
    const counts = Map.groupBy(
      examples().filter(({ sql }) => !opening.test(sql)),
      ({ language }) => language,
    );
    expect([...counts].map(([language, own]) => [language, own.length])).toEqual([
      ['sql', 4],
      ['python', 3],
      ['duckdb', 2],
      ['r', 2],
    ]);
  });

  it.each(examples().filter(({ sql }) => !opening.test(sql)))('runs: $language $sql', ({ sql }) => {
    const statement = database.prepare(sql);
    expect(statement.readonly).toBe(true);
    const rows = statement.all();
    // No file of the made catalog is in quarantine.
    expect(rows.length > 0).toBe(!sql.includes('quarantined'));
  });

  const first = (pattern: RegExp) => database.prepare(examples().find(({ sql }) => pattern.test(sql))!.sql).all();

  it('counts verdicts by kind', () => {
    expect(first(/AS kept/)).toEqual([
      { kind: 'needle', images: 3, kept: 0, rejected: 1 },
      { kind: 'normal', images: 3, kept: 1, rejected: 1 },
    ]);
  });

  it('lists the undecided by the newest anomaly, with the reason of that run', () => {
    expect(first(/AS anomaly/)).toEqual([
      { image: 6, name: 'image-0006.png', anomaly: 16, reason: 'blurred', place: 'at the lower left' },
      { image: 5, name: 'image-0005.png', anomaly: 15, reason: null, place: null },
      { image: 3, name: 'image-0003.png', anomaly: 13, reason: null, place: null },
    ]);
  });

  it('knows who disagreed, and the newest value of a score that a later run has', () => {
    expect(first(/HAVING reviewers/)).toEqual([{ image: 2, reviewers: 2, verdicts: 2 }]);
    const mse = database.prepare(
      `SELECT image, run, value FROM v_newest_scores WHERE score = 'MSE full' AND image < 3`,
    );
    expect(mse.all()).toEqual([{ image: 2, run: 2, value: 10.25 }]);
  });
});

describe('the stable views', () => {
  it('say what the tables hold', () => {
    const row = (view: string, where = '1') => database.prepare(`SELECT * FROM ${view} WHERE ${where}`).get();
    expect(row('v_images', 'image = 4')).toMatchObject({
      ...{ name: 'image-0004.png', kind: 'needle', verdict: 'reject', modality: 'CT', body_part: 'ABDOMEN' },
      ...{
        width: 64,
        height: 64,
        bits: 8,
        frame: 0,
        format: 'PNG',
        state: 'present',
        patient: 'p4',
        imported_at: noon,
      },
    });
    expect(row('v_scores', `image = 1 AND run = 1 AND score = 'MSE full'`)).toEqual({
      ...{ image: 1, run: 1, run_kind: 'scores', score: 'MSE full', value: null, reason: 'has no body' },
    });
    expect(row('v_verdict_history', 'verdict IS NULL')).toMatchObject({ image: 5, step_kind: 'undo', reviewer: 'Ada' });
    expect(row('v_verdicts', 'image = 5')).toBeUndefined();
    expect(row('v_cohorts')).toEqual({ cohort: 1, name: 'all', images: 6, created_at: noon });
    expect(row('v_annotations')).toMatchObject({ image: 4, x: 1, y: 2, width: 3, height: 4, label: 'needle' });
    expect(row('v_tags')).toEqual({ image: 4, tag: 'metal' });
    expect(row('v_runs', 'run = 2')).toMatchObject({ kind: 'scores', state: 'done', done: 6, total: 6 });
    expect((row('v_features', 'image = 3') as { vector: Buffer }).vector).toEqual(
      Buffer.from(Float32Array.of(3, 0.5).buffer),
    );
  });

  it('take no change', () => {
    expect(() => catalog.run(`UPDATE v_images SET kind = 'x'`)).toThrow(/cannot modify v_images because it is a view/);
  });
});
