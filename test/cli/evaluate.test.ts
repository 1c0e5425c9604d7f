// residua evaluate as a person uses it: the table, the CSV, the report; values against the statistics they come from.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { importFiles } from '../../src-main/catalog/tables/files.ts';
import { createRun, doneItems, recordResults } from '../../src-main/catalog/tables/runs.ts';
import type { Asked } from '../../src-main/evaluation/asked.ts';
import { pText, referenceLine } from '../../src-main/evaluation/figures.ts';
import { escaped, htmlTable } from '../../src-main/evaluation/html.ts';
import { rocPlot } from '../../src-main/evaluation/plots.ts';
import { referenceNormals } from '../../src-main/evaluation/reference-normals.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { combinedScores } from '../../src-main/statistics/conformal.ts';
import { delongAuroc, delongChance, delongTest } from '../../src-main/statistics/delong.ts';
import { holmAdjusted } from '../../src-main/statistics/multiple-testing.ts';
import { quantile } from '../../src-main/statistics/quantile.ts';
import { residua, temporaryFolder } from './residua.ts';

const kinds = ['normal', 'needle', 'clip'] as const;
const perKind = 20;
const at = '2026-01-01T00:00:00.000Z';
const secret = 'Mustermann';

/** `good` tells both kinds from normals, `poor` hardly; an image that the run has not scored is of no account. */
function fill(folder: string) {
  const catalog = openCatalog(folder, { create: true });
  const outcomes = importFiles(
    catalog,
    [...kinds.flatMap((kind) => Array<string>(perKind).fill(kind)), 'training'].map((kind, i) => ({
      ...{ source: '/a', path: `${secret}/${i}.png`, file: `/a/${i}.png`, inside: [], size: i, modified: i },
      images: [{ frame: 0, name: `${secret}-${i}.png`, width: 8, height: 8, bits: 8, kind, patient: `P${i}` }],
    })),
    at,
  );
  const images = outcomes.flatMap((outcome) => outcome.images).slice(0, -1);
  const run = createRun(catalog, { kind: 'score', title: 'a run', parameters: {}, provenance: {}, images, at });
  const random = randomFrom('evaluate');
  const shift = { normal: 0, needle: 2, clip: 0.8 };
  const values = images.map((_, i) => {
    const kind = kinds[Math.floor(i / perKind)]!;
    return { kind, good: shift[kind] + random.gaussian(), poor: 0.2 * shift[kind] + random.gaussian() };
  });
  recordResults(
    catalog,
    run,
    images.map((image, i) => ({
      image,
      scores: [
        ...(['good', 'poor'] as const).map((score) => ({ score, value: values[i]![score] })),
        { score: combinedScores.p, value: 1 / (2 + values[i]!.good ** 2) },
      ],
    })),
  );
  catalog.close();
  const of = (score: 'good' | 'poor', kind: string) => ({
    anomalous: values.filter((value) => value.kind === kind).map((value) => value[score]),
    normal: values.filter((value) => value.kind === 'normal').map((value) => value[score]),
  });
  return { run, of };
}

describe('residua evaluate', { timeout: 120_000 }, () => {
  it('writes a table, a CSV and a report that names no file', async () => {
    await using folder = await temporaryFolder();
    const [catalog, csv, report] = ['catalog', 'figures.csv', 'report.html'].map((name) => join(folder.path, name));
    const { run, of } = fill(catalog!);
    const words = ['evaluate', '--run', `${run}`, '--catalog', catalog!, '--csv', csv!, '--report', report!];
    const { code, stdout, stderr } = await residua(words);
    expect({ code, stderr: stderr.includes('residua:') }).toEqual({ code: 0, stderr: false });
    const auroc = delongAuroc(of('good', 'needle')).auroc;
    expect(stdout).toMatch(
      new RegExp(`needle\\s+normal\\s+20:20\\s+${auroc.toFixed(2)} \\(0\\.\\d\\d-[01]\\.\\d\\d\\)`),
    );
    expect(stdout).not.toContain('training');

    const [header, ...lines] = (await readFile(csv!, 'utf8')).trim().split('\n');
    const rows = lines.map((line) => new Map(line.split(',').map((cell, i) => [header!.split(',')[i]!, cell])));
    const column = (name: string) => rows.map((row) => row.get(name)!);
    expect(rows.map((row) => `${row.get('score')} ${row.get('kind')}`)).toEqual([
      'good clip',
      'good needle',
      'poor clip',
      'poor needle',
    ]);
    const p = ['clip', 'needle'].map((kind) => delongChance(of('good', kind)));
    expect(column('p_holm').slice(0, 2).map(Number)).toEqual(holmAdjusted(p));
    const delong = ['clip', 'needle'].map((kind) => delongTest(of('poor', kind), of('good', kind)));
    expect(column('difference_to_best').slice(2).map(Number)).toEqual(
      delong.map(({ difference }) => expect.closeTo(difference, 12)),
    );
    const adjusted = holmAdjusted(delong.map((found) => found.p));
    expect(column('p_delong_holm').slice(2).map(Number)).toEqual(adjusted);
    expect([column('anomalous')[0], column('difference_to_best')[0], column('p_delong_holm')[0]]).toEqual([
      '20',
      '',
      '',
    ]);

    const [sensitivity, lower, upper] = ['at_95_specificity', 'lower', 'upper'].map((name) =>
      column(`sensitivity_${name}`).map(Number),
    );
    for (const [row, value] of sensitivity!.entries()) {
      expect(lower![row]).toBeLessThanOrEqual(value);
      expect(upper![row]).toBeGreaterThanOrEqual(value);
    }
    const page = await readFile(report!, 'utf8');
    expect(page).toContain('Missed: anomalous images with the lowest good');
    expect(page).toContain(`<td>${auroc.toFixed(2)}<br>`);
    expect(page.match(/<polyline/g)).toHaveLength(4);
    expect(page).not.toMatch(/<script|src="http|href=/);
    expect(page + (await readFile(csv!, 'utf8'))).not.toContain(secret);
  });

  it('refuses kinds that are not there, and writes nothing', async () => {
    await using folder = await temporaryFolder();
    const catalog = join(folder.path, 'catalog');
    fill(catalog);
    const csv = join(folder.path, 'figures.csv');
    const { code, stderr } = await residua(['evaluate', '--catalog', catalog, '--pair', 'clip=none', '--csv', csv]);
    expect(code).toBe(1);
    expect(stderr).toContain('none');
    await expect(readFile(csv)).rejects.toThrow(/ENOENT/);
    expect((await residua(['evaluate', '--catalog', catalog, '--pair', 'clip'])).code).toBe(2);
  });
});

describe('residua evaluate --before --after', { timeout: 120_000 }, () => {
  it('compares two runs on the same images, by the paired tests, and their scores of the same normals', async () => {
    await using folder = await temporaryFolder();
    const [folderOfCatalog, csv, report] = ['catalog', 'figures.csv', 'report.html'].map((name) =>
      join(folder.path, name),
    );
    const { run, of } = fill(folderOfCatalog!);
    // The later run finds needles less well, has lower scores of normals, and lacks the last clip.
    const catalog = openCatalog(folderOfCatalog!);
    const images = doneItems(catalog, run).slice(0, -1);
    const later = createRun(catalog, {
      kind: 'score',
      title: 'a later run',
      parameters: {},
      provenance: {},
      images,
      at,
    });
    const values = [...of('good', 'needle').normal, ...of('good', 'needle').anomalous, ...of('good', 'clip').anomalous];
    const random = randomFrom('later');
    const after = values.slice(0, -1).map((value, i) => value + (i < perKind ? -1 : -2) + 0.5 * random.gaussian());
    recordResults(
      catalog,
      later,
      images.map((image, i) => ({
        image,
        scores: [
          { score: 'good', value: after[i]! },
          { score: 'anomaly p', value: i < 5 ? 0.01 : 0.5 },
        ],
      })),
    );
    recordResults(
      catalog,
      run,
      images.map((image, i) => ({ image, scores: [{ score: 'anomaly p', value: i === 0 ? 0.05 : 0.9 }] })),
    );
    catalog.close();
    const words = ['evaluate', '--before', `${run}`, '--after', `${later}`, '--catalog', folderOfCatalog!];
    const { code, stdout } = await residua([...words, '--csv', csv!, '--report', report!]);
    expect(code).toBe(0);
    const needle = {
      before: { anomalous: values.slice(20, 40), normal: values.slice(0, 20) },
      after: { anomalous: after.slice(20, 40), normal: after.slice(0, 20) },
    };
    const clip = {
      before: { anomalous: values.slice(40, 59), normal: values.slice(0, 20) },
      after: { anomalous: after.slice(40), normal: after.slice(0, 20) },
    };
    const tests = [clip, needle].map((kind) => delongTest(kind.after, kind.before));
    const [was, is] = [delongAuroc(needle.before).auroc, delongAuroc(needle.after).auroc];
    expect(stdout).toContain('AUROC of good');
    expect(stdout).toMatch(new RegExp(`needle +normal +20:20 +${was.toFixed(2)} +${is.toFixed(2)} +−0\\.\\d\\d`));
    expect(stdout).toContain('p-value of 0.05 or less: 5 % before, 25 % after');
    const [header, ...lines] = (await readFile(csv!, 'utf8')).trim().split('\n');
    const rows = lines.map(
      (line) => new Map(line.split(',').map((cell, i) => [header!.trim().split(',')[i]!, cell.trim()])),
    );
    // `poor` is of the earlier run alone.
    expect(rows.map((row) => `${row.get('score')} ${row.get('kind')} ${row.get('anomalous')}`)).toEqual([
      'good clip 19',
      'good needle 20',
    ]);
    const column = (name: string) => rows.map((row) => Number(row.get(name)));
    expect(column('difference')).toEqual(tests.map(({ difference }) => expect.closeTo(difference, 12)));
    expect(column('p_delong_holm')).toEqual(holmAdjusted(tests.map(({ p }) => p)));
    expect(column('auroc_before')[1]).toBeCloseTo(was, 12);
    expect(column('auroc_after')[1]).toBeCloseTo(is, 12);
    expect(column('normals_median_before')[0]).toBeCloseTo(quantile(values.slice(0, 20), 0.5), 12);
    expect(column('normals_95_after')[1]).toBeCloseTo(quantile(after.slice(0, 20), 0.95), 12);
    const page = await readFile(report!, 'utf8');
    expect(page).toContain('a later run');
    expect(page).toContain('Scores of the same validation normals');
    expect(page).not.toContain(secret);

    const alone = await residua(['evaluate', '--before', `${run}`, '--catalog', folderOfCatalog!]);
    expect({ code: alone.code, stderr: alone.stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--after') });
  });
});

describe('normals that a run used as reference', () => {
  const runs: Readonly<Record<number, { readonly kind: string; readonly parameters: object }>> = {
    1: { kind: 'project', parameters: {} },
    2: { kind: 'typicality', parameters: { model: 1, normals: 7 } },
    3: { kind: 'combination', parameters: { validation: 8, scores: [{ run: 1, score: 'MSE full' }] } },
    4: { kind: 'combination', parameters: { validation: 9, scores: [{ run: 2, score: 'logit' }] } },
  };
  const cohorts: Readonly<Record<number, readonly number[]>> = { 7: [1, 2, 90], 8: [3], 9: [91] };
  const answers = {
    'images.ids': ({ filter }: { filter: { cohort?: number } }) => ({
      ids: Uint32Array.from(filter.cohort === undefined ? [1, 2, 3, 4] : cohorts[filter.cohort]!),
    }),
    'cohorts.list': () => ({ cohorts: [7, 8, 9].map((id) => ({ id, name: `cohort ${id}` })) }),
    'runs.detail': ({ id }: { id: number }) => ({ run: { kind: runs[id]!.kind }, parameters: runs[id]!.parameters }),
  };
  const call = (method: keyof typeof answers, request: never) => Promise.resolve(answers[method](request));
  const found = (...ids: number[]) => referenceNormals({ call } as unknown as Asked, ids, { kinds: ['normal'] });

  it('are counted among those that are judged, those of combined runs too', async () => {
    expect(await found(1)).toEqual([]);
    expect(await found(1, 2, 3)).toEqual([
      { run: 2, cohort: 'cohort 7', used: 2, judged: 4 },
      { run: 3, cohort: 'cohort 8', used: 1, judged: 4 },
    ]);
    expect(await found(4)).toEqual([{ run: 2, cohort: 'cohort 7', used: 2, judged: 4 }]);
  });

  it('are told in words', () => {
    expect(referenceLine({ run: 2, cohort: 'held-out', used: 30, judged: 120 })).toBe(
      'run 2 used 30 of the 120 normal images evaluated here as reference (cohort held-out): on other images it may do worse',
    );
  });
});

describe('the report', () => {
  it('takes text as text, whatever it holds', () => {
    expect(escaped(`<b a="1">&'`)).toBe('&lt;b a=&quot;1&quot;&gt;&amp;&#39;');
    expect(htmlTable(['<i>'], [['</table>']])).not.toMatch(/<i>|<\/table>.*<\/table>/);
    const [anomalous, normal] = [['<script>', 1] as const, ['n', 0] as const].map(([name, value]) => ({
      name,
      values: [value],
    }));
    expect(rocPlot([{ anomalous: anomalous!, normal: normal! }])).not.toContain('<script>');
  });

  it('draws a perfect score through the upper left corner', () => {
    const plot = rocPlot([{ anomalous: { name: 'a', values: [3, 4] }, normal: { name: 'n', values: [1, 2] } }]);
    expect(plot).toContain('points="0.0,210.0 0.0,105.0 0.0,0.0 105.0,0.0 210.0,0.0"');
  });

  it('says p-values as papers do', () => {
    expect([pText(0.0301), pText(0.00001), pText(null)]).toEqual(['0.030', '<0.001', '-']);
  });
});
