// A score over time: which scanner drifted, the control chart, what has no day, alerts of a run on new images, the report.
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src-main/catalog/catalog.ts';
import { noteOrigin } from '../../src-main/catalog/tables/origins.ts';
import { createRun, getRun, recordResults, setRunState } from '../../src-main/catalog/tables/runs.ts';
import { driftOf } from '../../src-main/evaluation/drift.ts';
import { driftReport } from '../../src-main/evaluation/drift-report.ts';
import { periodOf } from '../../src-main/evaluation/periods.ts';
import { changeSettings } from '../../src-main/holdings/settings.ts';
import { RunQueue } from '../../src-main/jobs/run-queue.ts';
import { alertLine } from '../../src-main/jobs/score-alerts.ts';
import { launchNode } from '../../src-main/platform/process.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { kolmogorovSmirnov } from '../../src-main/statistics/kolmogorov-smirnov.ts';
import { holmAdjusted } from '../../src-main/statistics/multiple-testing.ts';
import { driftRequest } from '../../src-preload/schemas/drift.ts';
import { noon, sampleCatalog } from '../catalog/sample-catalog.ts';

const requestFor = (more: object = {}) => driftRequest.parse({ score: 'anomaly', ...more });

function score(catalog: Catalog, values: ReadonlyMap<number, number>): number {
  const run = createRun(catalog, {
    kind: 'scores',
    title: 's',
    parameters: {},
    provenance: {},
    images: [...values.keys()],
    at: noon,
  });
  recordResults(
    catalog,
    run,
    [...values].map(([image, value]) => ({ image, scores: [{ score: 'anomaly', value }] })),
  );
  setRunState(catalog, run, 'done', null, noon);
  return run;
}

/** 480 images over 12 months by two scanners, of which B scores higher from month 9 on; two more without a day. */
function archive() {
  const catalog = sampleCatalog(482, (n) => ({ kind: n % 3 === 0 ? 'clip' : 'normal' }));
  const { gaussian } = randomFrom(4);
  const values = new Map<number, number>();
  const facts = new Map<number, { readonly month: number; readonly model: string }>();
  for (let image = 1; image <= 480; image++) {
    const month = Math.floor((image - 1) / 40) + 1;
    const model = image % 2 === 0 ? 'A' : 'B';
    noteOrigin(catalog, image, {
      manufacturer: 'Maker',
      model,
      station: `R${image % 4}`,
      acquired: `2025-${`${month}`.padStart(2, '0')}-1${image % 9}`,
    });
    values.set(image, gaussian() + (model === 'B' && month >= 9 ? 3 : 0));
    facts.set(image, { month, model });
  }
  values.set(481, 0).set(482, 0);
  score(catalog, values);
  return { catalog, values, facts };
}

describe('drift', () => {
  it('finds the scanner that has changed, by the test and its correction', () => {
    const { catalog, values, facts } = archive();
    const found = driftOf(catalog, requestFor());
    expect(found).toMatchObject({
      images: 480,
      undated: 2,
      others: 0,
      baseline: { from: '2025-01-10', to: '2025-06-18', periods: 6, images: 240 },
    });
    const byName = new Map(found.groups.map((each) => [each.group, each]));
    expect([...byName.keys()].toSorted()).toEqual(['Maker A', 'Maker B']);
    const own = (model: string, after: boolean) =>
      [...facts]
        .filter(([, fact]) => fact.model === model && fact.month > 6 === after)
        .map(([image]) => values.get(image)!);
    const tests = ['A', 'B'].map((model) => kolmogorovSmirnov(own(model, false), own(model, true)));
    const adjusted = holmAdjusted(tests.map(({ p }) => p));
    for (const [index, model] of ['A', 'B'].entries()) {
      expect(byName.get(`Maker ${model}`)!.test).toMatchObject({
        against: 'own',
        ...tests[index],
        adjusted: adjusted[index],
      });
    }
    expect([byName.get('Maker A')!.test!.drifted, byName.get('Maker B')!.test!.drifted]).toEqual([false, true]);
    expect(byName.get('Maker B')!.before).toMatchObject({ images: 120 });
    expect(byName.get('Maker B')!.histogram.after.reduce((sum, count) => sum + count, 0)).toBe(120);
    // A larger distance is asked for than there is.
    expect(driftOf(catalog, requestFor({ distance: 0.9 })).groups.some(({ test }) => test!.drifted)).toBe(false);
  });

  it('draws the chart of periods, and a later baseline as given', () => {
    const { catalog } = archive();
    const { chart } = driftOf(catalog, requestFor({ baselineTo: '2025-08-31' }));
    expect(chart!.points.map(({ from, images }) => [from, images])[11]).toEqual(['2025-12-01', 40]);
    expect(chart!.points.slice(8).every(({ signal }) => signal === 'beyond')).toBe(true);
    expect(chart!.points.slice(0, 8).every(({ signal }) => signal === null)).toBe(true);
    const average = driftOf(catalog, requestFor({ chart: 'ewma', baselineTo: '2025-08-31' })).chart!;
    expect(average.points.at(-1)!.signal).toBe('beyond');
    expect(average.points.at(-1)!.value).not.toBe(average.points.at(-1)!.mean);
    expect(driftOf(catalog, requestFor({ period: 'week' })).chart!.points.length).toBeGreaterThan(12);
    expect(driftOf(catalog, requestFor({ baselineTo: '2024-01-01' }))).toMatchObject({
      baseline: null,
      chart: null,
      groups: [],
    });
    // All were imported on one day: that is one period.
    expect(driftOf(catalog, requestFor({ time: 'imported' }))).toMatchObject({ images: 482, undated: 0, chart: null });
    expect(driftOf(catalog, requestFor({ score: 'none' }))).toMatchObject({ images: 0, chart: null });
    expect(driftOf(catalog, requestFor({ by: 'kind' })).groups.map(({ group }) => group)).toEqual(['normal', 'clip']);
  });

  it('compares a new group with all of the baseline, and the newest value of each image', () => {
    const { catalog, facts } = archive();
    for (const [image, { month, model }] of facts) {
      if (model === 'B' && month >= 9) noteOrigin(catalog, image, { manufacturer: 'New', acquired: '2025-10-10' });
    }
    const { groups } = driftOf(catalog, requestFor());
    expect(groups.find(({ group }) => group === 'New')).toMatchObject({
      before: null,
      test: { against: 'all', drifted: true },
    });
    score(catalog, new Map([...facts.keys()].map((image) => [image, 3])));
    expect(driftOf(catalog, requestFor()).groups.map(({ after }) => after!.median)).toEqual([3, 3, 3]);
  });

  it('is reported without names of images', () => {
    const { catalog } = archive();
    const request = requestFor();
    const page = driftReport(driftOf(catalog, request), request, [{ score: 'anomaly', limit: 2, share: 0.05 }]);
    expect(page).toContain('Maker B');
    expect(page).toContain('>drifted<');
    expect(page).toContain('<svg');
    expect(page).toContain('5.0 %');
    expect(page).not.toContain('image-0');
    expect(page).not.toContain('<script');
  });

  it('knows days, weeks from Monday, and months', () => {
    expect([periodOf('2026-11-29', 'day'), periodOf('2026-11-29', 'week'), periodOf('2026-11-29', 'month')]).toEqual([
      '2026-11-29',
      '2026-11-23',
      '2026-11-01',
    ]);
    expect(periodOf('2026-11-30', 'week')).toBe('2026-11-30');
  });
});

describe('alerts', () => {
  it('say how many new images are beyond the limit, on the abnormal side', () => {
    const alert = { score: 'anomaly', limit: 2, share: 0.25 };
    expect(alertLine(alert, [1, 2, 3, 1], 'high')).toBe(
      'Alert: anomaly is at least 2 on 2 of 4 new images (50 %; the alert allows 25 %)',
    );
    expect(alertLine(alert, [1, 1, 3, 1], 'high')).toBeUndefined();
    expect(alertLine(alert, [], 'high')).toBeUndefined();
    expect(alertLine(alert, [1, 9], 'low')).toContain('at most 2 on 1 of 2');
  });

  it('are raised by a run over new images, and not again over the same', async () => {
    const catalog = sampleCatalog(4);
    changeSettings(catalog, { alerts: [{ score: 'anomaly', limit: 2, share: 0.25 }] });
    const told: string[] = [];
    const program = async (run: { readonly id: number }) => {
      recordResults(
        catalog,
        run.id,
        [1, 2, 3, 4].map((image) => ({ image, scores: [{ score: 'anomaly', value: image }] })),
      );
    };
    const ended = Promise.withResolvers<void>();
    let runs = 2;
    const queue = new RunQueue(catalog, { made: { lane: 'light', load: async () => program } }, launchNode, {
      changed: ({ state }) => state === 'done' && --runs === 0 && ended.resolve(),
      progressed: () => {},
      logged: (_, { level, text }) => level === 'noted' && told.push(text),
      catalogChanged: () => {},
    });
    const ids = [1, 2].map(() =>
      createRun(catalog, { kind: 'made', title: 'm', parameters: {}, provenance: {}, images: [1, 2, 3, 4], at: noon }),
    );
    for (const id of ids) queue.enqueue(id);
    await ended.promise;
    await queue.close();
    expect(told).toEqual(['Alert: anomaly is at least 2 on 3 of 4 new images (75 %; the alert allows 25 %)']);
    expect(getRun(catalog, ids[0]!).provenance.alerts).toEqual(told);
    expect(getRun(catalog, ids[1]!).provenance.alerts).toBeUndefined();
  });
});
