// A window that reads blind: what the service tells it, refuses it and notes of it; other windows see everything meanwhile.
import { afterEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { createCohort } from '../../src-main/catalog/tables/cohorts.ts';
import { importedKind } from '../../src-main/catalog/tables/imported-scores.ts';
import { addAnnotation, setTags } from '../../src-main/catalog/tables/marks.ts';
import { createRun, recordResults, setRunState } from '../../src-main/catalog/tables/runs.ts';
import { assign } from '../../src-main/curation/readers/assign.ts';
import { decide } from '../../src-main/curation/verdicts/decide.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { blindRules } from '../../src-main/workbench/blind-rules.ts';
import { blindSessions } from '../../src-main/workbench/blind-sessions.ts';
import type { MethodName, Workbench } from '../../src-preload/contract.ts';
import { noon, sampleCatalog, temporaryFolder } from '../catalog/sample-catalog.ts';
import { Bench, closeBenches } from './bench.ts';

afterEach(closeBenches);

const order = { by: 'verdict', descending: true } as const;
const page = { filter: { verdicts: ['reject'] as ['reject'] }, order, offset: 0, limit: 10 };
const imagesOf = [1, 2, 3, 4, 5, 6];

/** Six images that Ada has judged and marked; a list of four of them for Bob; a run of scores, and one learned from verdicts. */
async function opened() {
  const catalog = sampleCatalog(6);
  for (const kind of ['scores', 'learn']) {
    const run = createRun(catalog, {
      kind,
      title: kind,
      parameters: { images: { filter: {} }, steps: 1 },
      images: imagesOf,
      provenance: {},
      at: noon,
    });
    recordResults(
      catalog,
      run,
      imagesOf.map((image) => ({ image, scores: [{ score: kind, value: image }] })),
    );
    setRunState(catalog, run, 'done', null, noon);
  }
  decide(catalog, { images: [1, 2, 3], decision: 'reject', reason: 'a clip', reviewer: 'Ada', at: noon });
  decide(catalog, { images: [4, 5, 6], decision: 'keep', reason: null, reviewer: 'Ada', at: noon });
  addAnnotation(catalog, { image: 1, x: 1, y: 2, width: 3, height: 4, label: 'clip', reviewer: 'Ada', at: noon });
  setTags(catalog, [1], ['metal'], []);
  createCohort(catalog, { name: 'rejected', definition: {}, images: [1, 2, 3], at: noon });
  const given = { by: 'Eve', at: noon, images: [1, 2, 4, 5], definition: {} };
  const list = assign(catalog, { ...given, name: 'blind', reader: 'Bob', blind: true });
  assign(catalog, { ...given, name: 'open', reader: 'Bob', blind: false });
  const { folder } = catalog;
  catalog.close();
  const bench = new Bench(folder);
  await bench.call('catalog.open', { folder });
  const workbench: Workbench = { call: (method, request) => bench.call(method, request), on: () => () => {} };
  const sessions = blindSessions(workbench);
  return { sessions, list, bob: sessions.as('bob'), ada: sessions.as('ada'), catalog: folder };
}

describe('a blind window', () => {
  it('gets its list, its own verdicts, and no verdict, mark, cohort, count or ranking of others', async () => {
    const { bob, ada, list } = await opened();
    await bob.call('readings.begin', { list, reader: 'Bob' });
    expect((await bob.call('readings.current', {})).list).toMatchObject({ name: 'blind', read: 0, images: 4 });
    const seen = await bob.call('images.page', page);
    expect(seen.rows.map(({ id, verdict, tags }) => [id, verdict, tags])).toEqual(
      [1, 2, 4, 5].map((id) => [id, null, []]),
    );
    expect([...(await bob.call('images.ids', { filter: {}, order })).ids]).toEqual([1, 2, 4, 5]);
    expect(await bob.call('images.count', { filter: { verdicts: ['keep'] } })).toEqual({ images: 4 });
    const detail = await bob.call('images.detail', { id: 1 });
    expect(detail).toMatchObject({ verdicts: [], annotations: [], cohorts: [], row: { verdict: null, tags: [] } });
    expect(detail.scores.map(({ name }) => name.score)).toEqual(['scores']);
    expect((await bob.call('scores.list', {})).scores).toEqual([{ run: 1, score: 'scores' }]);
    expect((await bob.call('runs.list', {})).runs.map(({ kind }) => kind)).toEqual(['scores']);
    expect((await bob.call('runs.detail', { id: 1 })).parameters).toEqual({ steps: 1 });
    expect(await bob.call('runs.detail', { id: 2 }).catch(inWords)).toContain('not found');
    const learned = await bob.call('images.page', { ...page, score: { run: 2, score: 'learn' } });
    expect(learned.rows.map(({ score }) => score)).toEqual([null, null, null, null]);
    expect(await bob.call('images.facets', { filter: {} })).toMatchObject({ verdicts: [], tags: [] });
    expect(await bob.call('cohorts.list', {})).toEqual({ cohorts: [] });
    expect(await bob.call('tags.list', {})).toEqual({ tags: [] });
    expect((await bob.call('readers.lists', {})).lists.map(({ name }) => name)).toEqual(['blind']);

    const { step } = await bob.call('verdicts.set', {
      images: { ids: Uint32Array.of(1) },
      decision: 'keep',
      reason: null,
      reviewer: 'Bob',
    });
    expect((await bob.call('images.page', page)).rows[0]).toMatchObject({ id: 1, verdict: 'keep' });
    expect((await bob.call('images.detail', { id: 1 })).verdicts).toMatchObject([
      { decision: 'keep', reviewer: 'Bob', role: 'blind' },
    ]);
    // Whoever does not read blind sees all of it, and what is in force is as it was.
    const all = await ada.call('images.detail', { id: 1 });
    expect(all.row.verdict).toBe('reject');
    expect(all.verdicts.map(({ reviewer, role }) => [reviewer, role])).toEqual([
      ['Bob', 'blind'],
      ['Ada', 'open'],
    ]);
    expect((await ada.call('readings.current', {})).list).toBeNull();
    expect(await bob.call('verdicts.undo', { reviewer: 'Bob' }).catch(inWords)).toContain('steps of its own window');
    expect(await bob.call('verdicts.undo', { reviewer: 'Bob', step: step! })).toMatchObject({ images: 1 });
    expect((await bob.call('images.page', page)).rows[0]).toMatchObject({ id: 1, verdict: null });

    await bob.call('readings.end', {});
    expect((await bob.call('images.detail', { id: 1 })).row.verdict).toBe('reject');
  });

  it('is refused everything else, decisions outside its list and under another name', async () => {
    const { bob, list, sessions } = await opened();
    await bob.call('readings.begin', { list, reader: 'Bob' });
    const own: readonly MethodName[] = ['readings.begin', 'readings.end', 'readings.current'];
    const refused = (Object.keys(blindRules) as MethodName[]).filter(
      (name) => blindRules[name] === 'refused' && !own.includes(name),
    );
    expect(refused).toEqual(
      expect.arrayContaining(['verdicts.export', 'statistics.report', 'readers.differences', 'catalog.backup']),
    );
    for (const name of refused) {
      expect(await bob.call(name, {} as never).catch(inWords)).toBe('this is not shown during a blind reading');
    }
    const verdict = { decision: 'keep', reason: null } as const;
    const outside = { ...verdict, images: { ids: Uint32Array.of(3) }, reviewer: 'Bob' };
    expect(await bob.call('verdicts.set', outside).catch(inWords)).toContain('not in the work list blind');
    const asAda = { ...verdict, images: { ids: Uint32Array.of(1) }, reviewer: 'Ada' };
    expect(await bob.call('verdicts.set', asAda).catch(inWords)).toBe('the work list blind is for Bob, not Ada');
    expect(await bob.call('readings.begin', { list: list + 1, reader: 'Bob' }).catch(inWords)).toContain(
      'another list blind',
    );
    const nobody = sessions.as(null);
    expect(await nobody.call('readings.begin', { list, reader: 'Bob' }).catch(inWords)).toBe(
      'only a window reads blind',
    );
    const other = sessions.as('other');
    expect(await other.call('readings.begin', { list, reader: 'Ada' }).catch(inWords)).toContain('is for Bob, not Ada');
    expect(await other.call('readings.begin', { list: list + 1, reader: 'Bob' }).catch(inWords)).toContain(
      'is not read blind',
    );
  });

  it('marks and undoes nothing but what its reader has done in it', async () => {
    const { bob, ada, list } = await opened();
    const verdict = { images: { ids: Uint32Array.of(1) }, reason: null, reviewer: 'Bob' };
    const { step: open } = await ada.call('verdicts.set', { ...verdict, decision: 'unsure' });
    await bob.call('readings.begin', { list, reader: 'Bob' });
    const drawn = { image: 1, rectangle: { x: 1, y: 1, width: 2, height: 2 }, label: 'clip' };
    const forged = bob.call('annotations.add', { ...drawn, reviewer: 'Ada' });
    expect(await forged.catch(inWords)).toBe('the work list blind is for Bob, not Ada');
    expect(await bob.call('annotations.remove', { id: 1, reviewer: 'Bob' }).catch(inWords)).toBe(
      'annotation not found: 1',
    );
    const { id } = await bob.call('annotations.add', { ...drawn, reviewer: 'Bob' });
    await bob.call('annotations.remove', { id, reviewer: 'Bob' });
    expect((await ada.call('images.detail', { id: 1 })).annotations.map(({ reviewer }) => reviewer)).toEqual(['Ada']);
    // In the open he was told who has decided since; blind, the step is none of this window's.
    for (const step of [open!, 1, 999])
      expect(await bob.call('verdicts.undo', { reviewer: 'Bob', step }).catch(inWords)).toContain('its own window');
    const { step } = await bob.call('verdicts.set', { ...verdict, decision: 'keep' });
    const undone = await bob.call('verdicts.undo', { reviewer: 'Bob', step: step! });
    expect(undone).toMatchObject({ images: 1, left: 0 });
    expect(await bob.call('verdicts.redo', { reviewer: 'Bob', step: undone.step! })).toMatchObject({ images: 1 });
  });

  it('sees neither which images a training has left out nor scores from a table', async () => {
    const { bob, ada, list, catalog } = await opened();
    const edited = openCatalog(catalog);
    edited.run(`UPDATE runs SET provenance = '{"leftOut": [1, 2], "device": "cpu"}' WHERE id = 1`);
    edited.run(`UPDATE runs SET kind = @importedKind WHERE id = 2`, { importedKind });
    edited.close();
    await bob.call('readings.begin', { list, reader: 'Bob' });
    expect((await bob.call('runs.detail', { id: 1 })).provenance).toEqual({ device: 'cpu' });
    expect((await bob.call('scores.list', {})).scores.map(({ run }) => run)).toEqual([1]);
    expect((await ada.call('scores.list', {})).scores.map(({ run }) => run)).toEqual([2, 1]);
  });

  it('stays blind when another window opens another catalog and comes back', async () => {
    const { bob, ada, list, catalog } = await opened();
    await bob.call('readings.begin', { list, reader: 'Bob' });
    await ada.call('catalog.open', { folder: catalog });
    expect((await bob.call('images.detail', { id: 1 })).row.verdict).toBeNull();
    await ada.call('catalog.create', { folder: temporaryFolder(), name: 'other' });
    expect((await bob.call('readings.current', {})).list).toBeNull();
    expect((await bob.call('images.count', { filter: {} })).images).toBe(0);
    await ada.call('catalog.open', { folder: catalog });
    expect((await bob.call('images.detail', { id: 1 })).row.verdict).toBeNull();
    await bob.call('readings.end', {});
    expect((await bob.call('images.detail', { id: 1 })).row.verdict).toBe('reject');
  });

  it('hears that the catalog has changed, and nothing of runs that are made of verdicts', async () => {
    const { bob, list, sessions } = await opened();
    await bob.call('readings.begin', { list, reader: 'Bob' });
    const run = {
      id: 1,
      kind: 'learn',
      state: 'done',
      title: 'from 120 verdicts',
      createdAt: noon,
      startedAt: null,
      endedAt: null,
    } as const;
    const ended = { ...run, reason: null, done: 0, skipped: 0, total: 0, summary: null, alerts: [] };
    expect(sessions.hears('bob', 'run.changed', ended)).toBe(false);
    expect(sessions.hears('bob', 'run.changed', { ...ended, kind: 'scores' })).toBe(true);
    expect(sessions.hears('bob', 'run.progress', { id: 1, progress: { stage: '', done: 1, total: 2 } })).toBe(false);
    expect(sessions.hears('bob', 'catalog.changed', { parts: ['verdicts'] })).toBe(true);
    expect(sessions.hears('ada', 'run.changed', ended)).toBe(true);
  });
});
