// Files, runs, scores, scans, cohorts, models, marks, segmentations: each table does what its functions say.
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src-main/catalog/catalog.ts';
import {
  addToCohort,
  cohortsOf,
  createCohort,
  findCohort,
  listCohorts,
  referenceCohorts,
  removeCohort,
} from '../../src-main/catalog/tables/cohorts.ts';
import {
  importFiles,
  markVanished,
  quarantinedFiles,
  scanOf,
  seenUnchanged,
  setFileState,
} from '../../src-main/catalog/tables/files.ts';
import { imageRecord, slicesOf } from '../../src-main/catalog/tables/images.ts';
import {
  addAnnotation,
  annotationsOf,
  listTags,
  removeAnnotation,
  setTags,
} from '../../src-main/catalog/tables/marks.ts';
import { addModel, getModel } from '../../src-main/catalog/tables/models.ts';
import { countImages, imageIds } from '../../src-main/catalog/tables/pages.ts';
import {
  addRunItems,
  claimRun,
  createRun,
  extendProvenance,
  getRun,
  interruptDeadRuns,
  listRuns,
  nextItems,
  recordResults,
  setRunProgress,
  setRunState,
  skippedItems,
} from '../../src-main/catalog/tables/runs.ts';
import { rankScans, refreshScanScores } from '../../src-main/catalog/tables/scan-scores.ts';
import {
  countAbove,
  patchesOf,
  runFile,
  scoreNamesOf,
  scoresOf,
  scoreValues,
} from '../../src-main/catalog/tables/scores.ts';
import { listDice, masksOf, setDice, setMask } from '../../src-main/catalog/tables/segmentations.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { emptyCatalog, noon, sampleCatalog, sampleFile } from './sample-catalog.ts';

const later = '2026-01-02T00:00:00.000Z';
const newRun = (catalog: Catalog, images: readonly number[]) =>
  createRun(catalog, {
    kind: 'score',
    title: 'scores',
    parameters: { steps: 5 },
    provenance: { seed: 1 },
    images,
    at: noon,
  });

describe('importFiles', () => {
  const seen = { counted: false, quarantined: null };

  it('knows a file again and does not read it twice', () => {
    const catalog = emptyCatalog();
    const file = sampleFile(1);
    expect(seenUnchanged(catalog, [file], { at: noon, since: noon })).toEqual([null]);
    expect(importFiles(catalog, [file], noon)).toEqual([{ outcome: 'new', images: [1] }]);
    const places = [file, { ...file, modified: 5 }, { ...file, size: 5 }];
    expect(seenUnchanged(catalog, places, { at: later, since: noon })).toEqual([seen, null, null]);
    expect(seenUnchanged(catalog, places, { at: later, since: noon })).toEqual([
      { ...seen, counted: true },
      null,
      null,
    ]);
    expect(importFiles(catalog, [{ ...file, modified: 5 }], later)).toEqual([{ outcome: 'known', images: [1] }]);
    expect(imageRecord(catalog, 1)).toMatchObject({ modified: 5, state: 'present', importedAt: noon, inside: [] });
  });

  it('keeps the old image when a file has other content', () => {
    const catalog = emptyCatalog();
    importFiles(catalog, [sampleFile(1)], noon);
    expect(importFiles(catalog, [{ ...sampleFile(1), sha256: 'f'.repeat(64) }], later)).toEqual([
      { outcome: 'changed', images: [2] },
    ]);
    expect(imageRecord(catalog, 1)).toMatchObject({ state: 'changed', reason: `other content since ${later}` });
    expect(imageRecord(catalog, 2)).toMatchObject({ state: 'present', sha256: 'f'.repeat(64) });
  });

  it('marks what a new walk has not seen as vanished, and present when it is back', () => {
    const catalog = emptyCatalog();
    importFiles(catalog, [sampleFile(1), sampleFile(2)], noon);
    seenUnchanged(catalog, [sampleFile(2)], { at: later, since: later });
    expect(markVanished(catalog, '/archive', later)).toEqual(['folder/image-0001.png']);
    expect([1, 2].map((id) => imageRecord(catalog, id).state)).toEqual(['vanished', 'present']);
    expect(seenUnchanged(catalog, [sampleFile(1)], { at: later, since: later })).toEqual([seen]);
    expect(imageRecord(catalog, 1).state).toBe('present');
  });

  it('quarantines a file with the reason, and takes it in when it can be read later', () => {
    const catalog = emptyCatalog();
    const broken = { ...sampleFile(1), sha256: undefined, quarantined: 'is cut off', images: [] };
    expect(importFiles(catalog, [broken], noon)).toEqual([{ outcome: 'new', images: [] }]);
    const quarantined = { counted: false, quarantined: 'is cut off' };
    expect(seenUnchanged(catalog, [broken], { at: later, since: noon })).toEqual([quarantined]);
    expect(seenUnchanged(catalog, [broken], { at: later, since: noon })).toEqual([{ ...quarantined, counted: true }]);
    expect(quarantinedFiles(catalog)).toEqual([{ path: 'folder/image-0001.png', reason: 'is cut off', seenAt: later }]);
    expect(importFiles(catalog, [sampleFile(1)], later)).toEqual([{ outcome: 'new', images: [1] }]);
    expect(quarantinedFiles(catalog)).toEqual([]);
    expect(imageRecord(catalog, 1)).toMatchObject({ state: 'present', reason: null, importedAt: later });
  });

  it('tries a file again once after each start of an import where it may not have been its own fault', () => {
    const catalog = emptyCatalog();
    const slow = { ...sampleFile(1), sha256: undefined, quarantined: 'took too long', again: true, images: [] };
    importFiles(catalog, [slow], noon);
    expect(seenUnchanged(catalog, [slow], { at: later, since: noon })).toEqual([null]);
    importFiles(catalog, [slow], later);
    const counted = { counted: true, quarantined: 'took too long' };
    expect(seenUnchanged(catalog, [slow], { at: later, since: noon })).toEqual([counted]);
    expect(seenUnchanged(catalog, [slow], { at: later, since: later })).toEqual([null]);
  });

  it('groups the slices of a scan in their order', () => {
    const catalog = sampleCatalog(4, (n) => (n < 4 ? { scan: 'series-1', position: -n } : {}));
    expect(slicesOf(catalog, 2).map(({ id }) => id)).toEqual([3, 2, 1]);
    expect(slicesOf(catalog, 4)).toEqual([{ id: 4, score: null, verdict: null }]);
    setFileState(catalog, 4, 'changed', 'its size is different');
    expect(imageRecord(catalog, 4)).toMatchObject({ state: 'changed', reason: 'its size is different' });
    expect(() => imageRecord(catalog, 5)).toThrow('missing');
  });
});

describe('runs', () => {
  it('go on where they were and count each image once', () => {
    const catalog = sampleCatalog(5);
    const run = newRun(catalog, [1, 2, 3]);
    addRunItems(catalog, run, [3, 4]);
    expect(claimRun(catalog, run, 42, noon)).toBe(true);
    expect(claimRun(catalog, run, 43, noon)).toBe(false);
    expect(nextItems(catalog, run, 2)).toEqual([1, 2]);
    recordResults(catalog, run, [{ image: 1 }, { image: 2, skipped: 'vanished' }]);
    recordResults(catalog, run, [{ image: 1 }, { image: 1 }]);
    expect(nextItems(catalog, run, 9)).toEqual([3, 4]);
    expect(getRun(catalog, run)).toMatchObject({ state: 'running', process: 42, done: 1, skipped: 1, total: 4 });
    expect(skippedItems(catalog, run)).toEqual([{ image: 2, reason: 'vanished' }]);
    recordResults(catalog, run, [{ image: 2 }]);
    expect(getRun(catalog, run)).toMatchObject({ done: 2, skipped: 0 });
    expect(() => recordResults(catalog, run, [{ image: 3 }, { image: 5 }])).toThrow('missing');
    expect(nextItems(catalog, run, 9)).toEqual([3, 4]);
  });

  it('are interrupted when their process is gone, paused, ended, claimed again', () => {
    const catalog = sampleCatalog(1);
    const [alive, dead] = [newRun(catalog, [1]), newRun(catalog, [1])];
    claimRun(catalog, alive, 1, noon);
    claimRun(catalog, dead, 2, noon);
    expect(interruptDeadRuns(catalog, (process) => process === 1)).toEqual([dead]);
    expect(listRuns(catalog).map(({ id, state }) => [id, state])).toEqual([
      [dead, 'interrupted'],
      [alive, 'running'],
    ]);
    setRunState(catalog, dead, 'failed', 'the disk is full', later);
    expect(getRun(catalog, dead)).toMatchObject({
      state: 'failed',
      reason: 'the disk is full',
      endedAt: later,
      startedAt: noon,
    });
    expect(claimRun(catalog, dead, 3, later)).toBe(true);
    expect(getRun(catalog, dead)).toMatchObject({ state: 'running', reason: null, endedAt: null, startedAt: noon });
    setRunProgress(catalog, dead, { stage: 'training', done: 3, skipped: 1, total: 9 });
    extendProvenance(catalog, dead, { device: 'cpu' });
    expect(getRun(catalog, dead)).toMatchObject({ stage: 'training', done: 3, provenance: { seed: 1, device: 'cpu' } });
    setRunState(catalog, dead, 'done', null, later);
    expect(claimRun(catalog, dead, 4, later)).toBe(false);
    expect(() => getRun(catalog, 99)).toThrow('missing');
  });
});

describe('scores', () => {
  it('are replaced by a rerun, never doubled', () => {
    const catalog = sampleCatalog(2);
    const run = newRun(catalog, [1, 2]);
    const patches = [
      {
        score: 'WD patch',
        patches: [
          { x: 1, y: 2, size: 32, value: 9 },
          { x: 40, y: 2, size: 32, value: 8 },
        ],
      },
    ];
    const files = [{ role: 'reconstruction', path: 'reconstructions/1/1.png' }];
    for (const value of [1, 2.5]) {
      recordResults(catalog, run, [
        {
          image: 1,
          scores: [
            { score: 'WD patch', value },
            { score: 'MSE body', reason: 'empty body mask' },
            { score: 'bad', value: Number.NaN },
          ],
          patches,
          files,
        },
      ]);
    }
    expect(scoresOf(catalog, 1)).toEqual([
      { run, score: 'MSE body', value: null, reason: 'empty body mask' },
      { run, score: 'WD patch', value: 2.5, reason: null },
      { run, score: 'bad', value: null, reason: 'is not a finite number' },
    ]);
    expect(scoreNamesOf(catalog, run)).toEqual(['MSE body', 'WD patch', 'bad']);
    expect(scoreNamesOf(catalog, 99)).toEqual([]);
    expect(patchesOf(catalog, 1, { run, score: 'WD patch' })).toEqual([
      { rank: 1, x: 1, y: 2, size: 32, value: 9 },
      { rank: 2, x: 40, y: 2, size: 32, value: 8 },
    ]);
    expect(runFile(catalog, 1, run, 'reconstruction')).toBe('reconstructions/1/1.png');
    expect(runFile(catalog, 2, run, 'reconstruction')).toBeUndefined();
  });

  it('are listed and counted by cohort', () => {
    const catalog = sampleCatalog(4, (n) => ({ patient: `P${n}` }));
    const run = newRun(catalog, [1, 2, 3, 4]);
    recordResults(
      catalog,
      run,
      [1, 2, 3].map((image) => ({ image, scores: [{ score: 'MSE full', value: image / 2 }] })),
    );
    const cohort = createCohort(catalog, { name: 'c', definition: {}, images: [2, 3, 4], at: noon });
    const name = { run, score: 'MSE full' };
    expect(scoreValues(catalog, name, cohort)).toEqual([
      { image: 2, value: 1, patient: 'P2' },
      { image: 3, value: 1.5, patient: 'P3' },
    ]);
    expect(scoreValues(catalog, name)).toHaveLength(3);
    expect(countAbove(catalog, name, cohort, 1.5)).toEqual({ above: 1, total: 2 });
    expect(countAbove(catalog, name, 99, 0)).toEqual({ above: 0, total: 0 });
  });

  it('of a scan are maximum, mean and 95th percentile of its slices', () => {
    const catalog = sampleCatalog(12, (n) => (n <= 10 ? { scan: 'A', position: n } : { scan: 'B', position: n }));
    const run = newRun(
      catalog,
      Array.from({ length: 12 }, (_, index) => index + 1),
    );
    const value = (image: number) => (image <= 10 ? image * image : 60);
    recordResults(
      catalog,
      run,
      Array.from({ length: 12 }, (_, index) => ({
        image: index + 1,
        scores: [{ score: 'MSE full', value: value(index + 1) }],
      })),
    );
    refreshScanScores(catalog, run);
    refreshScanScores(catalog, run);
    // numpy.percentile([1, 4, ..., 100], 95) = 91.45
    const ranked = rankScans(catalog, { run, score: 'MSE full' }, 'maximum');
    expect(ranked.map(({ key, slices, maximum, mean }) => [key, slices, maximum, mean])).toEqual([
      ['A', 10, 100, 38.5],
      ['B', 2, 60, 60],
    ]);
    expect(ranked[0]!.percentile95).toBeCloseTo(91.45, 10);
    expect(rankScans(catalog, { run, score: 'MSE full' }, 'mean').map(({ key }) => key)).toEqual(['B', 'A']);
    expect(rankScans(catalog, { run, score: 'MSE full' }, 'percentile95').map(({ key }) => key)).toEqual(['A', 'B']);
  });
});

describe('cohorts', () => {
  it('are made once of a name, grow, and go without their images', () => {
    const catalog = sampleCatalog(3);
    const id = createCohort(catalog, { name: 'normals', definition: { seed: 7 }, images: [1, 2], at: noon });
    expect(() => createCohort(catalog, { name: 'normals', definition: {}, images: [], at: noon })).toThrow('already');
    expect(addToCohort(catalog, id, [2, 3])).toBe(1);
    expect(listCohorts(catalog)).toEqual([
      { id, name: 'normals', definition: { seed: 7 }, images: 3, createdAt: noon },
    ]);
    expect(cohortsOf(catalog, 3)).toEqual([{ id, name: 'normals' }]);
    expect(() => addToCohort(catalog, id, [77])).toThrow('FOREIGN KEY');
    expect(countImages(catalog, { outsideCohorts: [id] })).toBe(0);
    removeCohort(catalog, id);
    expect([findCohort(catalog, 'normals'), countImages(catalog, {})]).toEqual([undefined, 3]);
    expect(() => removeCohort(catalog, id)).toThrow('missing');
  });
});

describe('reference cohorts', () => {
  it('are those that a run trained on, balanced its loss on or compared images with; the archive is what lies outside', () => {
    const catalog = sampleCatalog(5);
    const names = ['trained', 'balanced', 'compared', 'scored'];
    const [trained, balanced, compared, scored] = names.map((name, index) =>
      createCohort(catalog, { name, definition: {}, images: [index + 1], at: noon }),
    );
    const record = (kind: string, parameters: Readonly<Record<string, unknown>>) =>
      createRun(catalog, { kind, title: kind, parameters, provenance: {}, at: noon });
    record('train', { cohort: trained });
    record('project', { projecting: { normals: balanced } });
    record('project', { projecting: { normals: null } });
    record('typicality', { normals: compared });
    record('import', { cohort: 'scored' });
    expect([...referenceCohorts(catalog)].toSorted()).toEqual([trained, balanced, compared]);
    const outside = { outsideCohorts: [...referenceCohorts(catalog)] };
    expect(imageIds(catalog, outside, { by: 'imported', descending: false })).toEqual(Uint32Array.of(4, 5));
    expect(countImages(catalog, { ...outside, cohort: scored })).toBe(1);
    // Normals that are scored themselves belong to the archive.
    createRun(catalog, { kind: 'scores', title: 'scores', parameters: {}, provenance: {}, images: [3], at: noon });
    expect([...referenceCohorts(catalog)].toSorted()).toEqual([trained, balanced]);
  });
});

describe('models', () => {
  it('are the same when their file is', () => {
    const catalog = emptyCatalog();
    const model = {
      name: 'cxr64',
      file: 'models/a.safetensors',
      sha256: 'ab',
      constructorArguments: { img_resolution: 64 },
      recipe: null,
      provenance: { kimg: 48 },
      importedAt: noon,
    };
    const id = addModel(catalog, model);
    expect(addModel(catalog, { ...model, name: 'again' })).toBe(id);
    expect(getModel(catalog, id)).toEqual({ ...model, id });
    expect(() => getModel(catalog, 9)).toThrow('missing');
  });
});

describe('marks and segmentations', () => {
  it('tags are given and taken', () => {
    const catalog = sampleCatalog(3);
    expect(setTags(catalog, [1, 2], ['device', 'odd'], [])).toBe(4);
    expect(setTags(catalog, [1, 2, 3], ['odd'], ['device'])).toBe(3);
    expect(listTags(catalog)).toEqual(['odd']);
  });

  it('annotations are added and removed', () => {
    const catalog = sampleCatalog(2);
    const rectangle = { image: 2, x: 1, y: 2.5, width: 3, height: 4, label: 'needle', reviewer: 'Ada', at: noon };
    const id = addAnnotation(catalog, rectangle);
    expect(annotationsOf(catalog, [1, 2])).toEqual([{ id, ...rectangle }]);
    removeAnnotation(catalog, id);
    expect(annotationsOf(catalog, [2])).toEqual([]);
    expect(() => removeAnnotation(catalog, id)).toThrow('missing');
  });

  it('masks and Dice values are replaced by newer ones', () => {
    const catalog = sampleCatalog(2, () => ({ scan: 'S' }));
    setMask(catalog, 1, { role: 'region', file: '/m.nii', inside: ['a.zip'], frame: 3 });
    setMask(catalog, 1, { role: 'region', file: '/m2.nii', inside: [], frame: 4 });
    expect(masksOf(catalog, 1)).toEqual([{ role: 'region', file: '/m2.nii', inside: [], frame: 4 }]);
    const scan = scanOf(catalog, 'S');
    setDice(catalog, [
      { image: 1, structure: 'liver', value: 0.9, source: 'a.csv' },
      { scan, structure: 'liver', value: 0.5, source: 'a.csv' },
      { image: 2, structure: 'liver', value: 0.2, source: 'a.csv' },
    ]);
    setDice(catalog, [{ image: 1, structure: 'liver', value: 0.1, source: 'b.csv' }]);
    expect(listDice(catalog, 'image', 'liver')).toEqual([
      { subject: 1, value: 0.1 },
      { subject: 2, value: 0.2 },
    ]);
    expect(listDice(catalog, 'scan', 'liver')).toEqual([{ subject: scan, value: 0.5 }]);
    const wrong = () => setDice(catalog, [{ image: 1, structure: 'liver', value: 1.1, source: 'c' }]);
    expect(wrong).toThrow('usage');
    try {
      wrong();
    } catch (error) {
      expect(inWords(error)).toBe('a Dice coefficient lies between 0 and 1');
    }
  });
});
