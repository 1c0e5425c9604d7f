// Several readers: own verdicts beside the one in force, work lists, blind reading, agreement, adjudication, times, merging.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src-main/catalog/catalog.ts';
import { readerVerdicts, unsettledImages } from '../../src-main/catalog/tables/reader-verdicts.ts';
import { currentVerdicts, type Decision } from '../../src-main/catalog/tables/verdicts.ts';
import { imagesOfList, workList, workLists } from '../../src-main/catalog/tables/work-lists.ts';
import { verifyAudit } from '../../src-main/curation/audit/verify-audit.ts';
import { differences, readersAgreement } from '../../src-main/curation/readers/agreement.ts';
import { assign, assignSecond, chosenShare, unassign } from '../../src-main/curation/readers/assign.ts';
import { decideBlind } from '../../src-main/curation/readers/decide-blind.ts';
import { formatReaderVerdicts, mergeReaderVerdicts } from '../../src-main/curation/readers/merge-verdicts.ts';
import { decide, redo, undo } from '../../src-main/curation/verdicts/decide.ts';
import { readParquet } from '../../src-main/platform/parquet.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { medianSeconds, secondsPerImage } from '../../src-main/statistics/decision-times.ts';
import { noon, sampleCatalog, temporaryFolder } from '../catalog/sample-catalog.ts';

const clock = (seconds: number) => new Date(Date.parse(noon) + 1000 * seconds).toISOString();
const ownOf = (catalog: Catalog) =>
  readerVerdicts(catalog).map(
    ({ image, reader, decision, blind }) => `${image} ${reader} ${decision}${blind ? ' blind' : ''}`,
  );
const inForce = (catalog: Catalog, image: number) => currentVerdicts(catalog, [image]).get(image)?.decision ?? null;
const given = (reviewer: string, decision: Decision | null, ...images: number[]) => ({
  ...{ reviewer, decision, images, reason: null, at: noon },
});
const everyImage = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('what each reader says', () => {
  it('stays when another reader decides, and follows undo and redo', () => {
    const catalog = sampleCatalog(3);
    decide(catalog, given('Ada', 'keep', 1, 2));
    decide(catalog, given('Bob', 'reject', 1));
    expect(ownOf(catalog)).toEqual(['1 Ada keep', '1 Bob reject', '2 Ada keep']);
    undo(catalog, { reviewer: 'Bob', at: noon });
    expect([ownOf(catalog), inForce(catalog, 1)]).toEqual([['1 Ada keep', '2 Ada keep'], 'keep']);
    redo(catalog, { reviewer: 'Bob', at: noon });
    expect([ownOf(catalog), inForce(catalog, 1)]).toEqual([['1 Ada keep', '1 Bob reject', '2 Ada keep'], 'reject']);
    // Ada's step is undone where it still is in force; on image 1 Bob has decided since.
    expect(undo(catalog, { reviewer: 'Ada', at: noon })).toMatchObject({ images: 1, left: 1 });
    expect(ownOf(catalog)).toEqual(['1 Ada keep', '1 Bob reject']);
    decide(catalog, given('Ada', null, 1));
    expect(ownOf(catalog)).toEqual(['1 Bob reject']);
    expect(verifyAudit(catalog).faults).toEqual([]);
  });

  it('cannot be undone once another reader has decided, which one line says', () => {
    const catalog = sampleCatalog(1);
    const { step } = decide(catalog, given('Ada', 'keep', 1));
    decide(catalog, given('Bob', 'reject', 1));
    expect(() => undo(catalog, { reviewer: 'Ada', at: noon, step: step! })).toThrow(
      'Bob has decided about this image since',
    );
    expect(inForce(catalog, 1)).toBe('reject');
    // Nothing was noted of the attempt: once Bob has undone his, it can be undone.
    undo(catalog, { reviewer: 'Bob', at: noon });
    expect(undo(catalog, { reviewer: 'Ada', at: noon, step: step! })).toMatchObject({ images: 1, left: 0 });
    expect(ownOf(catalog)).toEqual([]);
  });

  it('is audited: a role that was edited is found', () => {
    const catalog = sampleCatalog(1);
    decide(catalog, given('Ada', 'keep', 1));
    catalog.run('DROP TRIGGER verdicts_no_update');
    catalog.run(`UPDATE verdicts SET role = 'blind'`);
    expect(verifyAudit(catalog).faults.join()).toContain('the verdicts of entry 1 were edited');
    catalog.run(`UPDATE verdicts SET role = 'open'`);
    catalog.run(`UPDATE reader_verdicts SET reader = 'Bob'`);
    expect(verifyAudit(catalog).faults).toEqual(["a reader's own verdict on image 1 is not their last"]);
  });
});

describe('work lists', () => {
  it('keep their images, count what is read, and give a share to a second reader', () => {
    const catalog = sampleCatalog(40);
    const images = everyImage(40);
    const first = assign(catalog, {
      ...{ name: 'chest', reader: 'Ada', by: 'Eve', at: noon, blind: false },
      images,
      definition: {},
    });
    decide(catalog, given('Ada', 'keep', 1, 2, 3));
    decide(catalog, given('Bob', 'keep', 4));
    expect(workList(catalog, first)).toMatchObject({ images: 40, read: 3, blind: false, secondOf: null });
    expect(imagesOfList(catalog, first, true)[0]).toBe(4);
    const second = assignSecond(catalog, {
      name: 'chest again',
      reader: 'Bob',
      by: 'Eve',
      at: noon,
      list: first,
      share: 0.25,
      seed: 3,
    });
    const chosen = imagesOfList(catalog, second);
    expect(chosen).toEqual(chosenShare(images, 0.25, 3));
    expect(chosen).toHaveLength(10);
    expect(chosenShare(images, 0.25, 4)).not.toEqual(chosen);
    // What Bob has decided openly is no blind reading.
    expect(workList(catalog, second)).toMatchObject({ images: 10, read: 0, blind: true, secondOf: first });
    decideBlind(catalog, second, given('Bob', 'reject', chosen[0]!));
    expect(workList(catalog, second).read).toBe(1);
    expect(inForce(catalog, chosen[0]!)).toBe(chosen[0]! <= 3 ? 'keep' : null);
    const refuse = (work: () => unknown) => {
      try {
        work();
        return 'accepted';
      } catch (error) {
        return inWords(error);
      }
    };
    const outside = images.find((image) => !chosen.includes(image))!;
    expect(refuse(() => decideBlind(catalog, second, given('Bob', 'keep', outside)))).toBe(
      '1 of these images are not in the work list chest again',
    );
    expect(refuse(() => decideBlind(catalog, second, given('Ada', 'keep', chosen[0]!)))).toBe(
      'the work list chest again is for Bob, not Ada',
    );
    expect(refuse(() => decideBlind(catalog, first, given('Ada', 'keep', 1)))).toBe(
      'the work list chest is not read blind',
    );
    expect(
      refuse(() =>
        assignSecond(catalog, { name: 'x', reader: 'Ada', by: 'Eve', at: noon, list: first, share: 1, seed: 0 }),
      ),
    ).toContain('another reader');
    expect(refuse(() => chosenShare(images, 0, 1))).toContain('above 0');
    const again = { name: 'chest', reader: 'Ada', by: 'Eve', at: noon, blind: false, images, definition: {} };
    expect(refuse(() => assign(catalog, again))).toBe('there is a work list chest already');
    expect(refuse(() => assign(catalog, { ...again, name: 'none', images: [] }))).toContain('at least one image');
    unassign(catalog, first, { by: 'Eve', at: noon });
    expect(workLists(catalog).map(({ name }) => name)).toEqual(['chest again']);
    expect(refuse(() => workList(catalog, first))).toContain('work list not found');
    assign(catalog, again);
    expect(verifyAudit(catalog).faults).toEqual([]);
  });
});

describe('agreement and adjudication', () => {
  it('is told by pair and kind; an adjudicated verdict is in force and settles the difference', () => {
    const catalog = sampleCatalog(8, (n) => ({ kind: n % 2 === 0 ? 'needle' : 'normal' }));
    const images = everyImage(8);
    const list = assign(catalog, {
      name: 'all',
      reader: 'Bob',
      by: 'Eve',
      at: noon,
      blind: true,
      images,
      definition: {},
    });
    decide(catalog, given('Ada', 'keep', 1, 3, 5, 7));
    decide(catalog, given('Ada', 'reject', 2, 4, 6, 8));
    decideBlind(catalog, list, given('Bob', 'keep', 1, 3, 5, 2));
    decideBlind(catalog, list, given('Bob', 'reject', 4, 6, 8, 7));
    const { readers, pairs, differences: count } = readersAgreement(catalog);
    expect(readers.map(({ reader, images, blind, keep }) => [reader, images, blind, keep])).toEqual([
      ['Ada', 8, 0, 4],
      ['Bob', 8, 8, 4],
    ]);
    expect(pairs.map(({ kind, images, blind, observed, kappa }) => [kind, images, blind, observed, kappa])).toEqual([
      [null, 8, 8, 0.75, 0.5],
      ['needle', 4, 4, 0.75, 0],
      ['normal', 4, 4, 0.75, 0],
    ]);
    expect(count).toBe(2);
    // The first reader's verdict is in force until somebody adjudicates.
    expect([inForce(catalog, 2), inForce(catalog, 7)]).toEqual(['reject', 'keep']);
    expect(
      differences(catalog, { limit: 10 }).map(({ image, verdicts }) => [
        image,
        ...verdicts.map(({ decision }) => decision),
      ]),
    ).toEqual([
      [2, 'reject', 'keep'],
      [7, 'keep', 'reject'],
    ]);
    const { step } = decide(catalog, { ...given('Cy', 'keep', 2), role: 'adjudicated' });
    expect([inForce(catalog, 2), unsettledImages(catalog)]).toEqual(['keep', [7]]);
    expect(ownOf(catalog).filter((line) => line.startsWith('2 '))).toEqual(['2 Ada reject', '2 Bob keep blind']);
    undo(catalog, { reviewer: 'Cy', at: noon, step: step! });
    expect([inForce(catalog, 2), unsettledImages(catalog)]).toEqual(['reject', [2, 7]]);
    redo(catalog, { reviewer: 'Cy', at: noon });
    expect(unsettledImages(catalog)).toEqual([7]);
    // Whoever decides otherwise afterwards opens it again.
    decideBlind(catalog, list, given('Bob', 'unsure', 2));
    expect(unsettledImages(catalog)).toEqual([2, 7]);
    expect(verifyAudit(catalog).faults).toEqual([]);
  });

  it('times images one by one, without pauses, bulk steps and imported tables', () => {
    const step = (seconds: number, images = 1) => ({ at: clock(seconds), images });
    const steps = [step(0), step(2), step(6), step(306.001), step(310, 50), step(313), step(313.01), step(321)];
    // 0 begins; 300.001 s is a pause, 50 images are a bulk step, 0.01 s is no look at an image.
    expect(secondsPerImage(steps).map((seconds) => Math.round(seconds * 100) / 100)).toEqual([2, 4, 3, 7.99]);
    expect(medianSeconds(steps)).toBeCloseTo(3.5, 9);
    expect(medianSeconds([step(0)])).toBeNull();
  });
});

describe('verdicts of another machine', () => {
  /** The same images in another folder: other paths and numbers, the same content. */
  const machine = (order: readonly number[]) => {
    const catalog = sampleCatalog(0);
    const other = sampleCatalog(order.length, (n) => ({
      instance: `1.2.${order[n - 1]}`,
      pixelFingerprint: `${order[n - 1]}`.padStart(32, '0'),
    }));
    catalog.close();
    other.run(
      `UPDATE files SET sha256 = (SELECT printf('%064d', substr(instance, 5)) FROM images WHERE file = files.id)`,
    );
    return other;
  };
  const merge = async (from: Catalog, into: Catalog) => {
    const file = join(temporaryFolder(), 'readers.csv');
    writeFileSync(file, formatReaderVerdicts(from));
    return mergeReaderVerdicts(into, file, { importedBy: 'Eve', at: clock(9999) }, readParquet);
  };

  it('are each added once, and differences are left to adjudicate', async () => {
    const here = machine([1, 2, 3, 4]);
    const there = machine([4, 3, 2, 1, 9]);
    decide(here, { ...given('Ada', 'keep', 1, 2), at: clock(1) });
    // Images 4, 3, 2, 1 there are 1, 2, 3, 4 here.
    decide(there, { ...given('Bob', 'reject', 4, 2), at: clock(2), reason: 'blurred' });
    decide(there, { ...given('Bob', 'keep', 3), at: clock(3) });
    decide(there, { ...given('Bob', 'keep', 5), at: clock(4) });
    expect(await merge(there, here)).toEqual({ added: 3, inForce: 1, known: 0, unmatched: [5], differences: 1 });
    expect(ownOf(here)).toEqual(['1 Ada keep', '1 Bob reject', '2 Ada keep', '2 Bob keep', '3 Bob reject']);
    expect([1, 2, 3, 4].map((image) => inForce(here, image))).toEqual(['keep', 'keep', 'reject', null]);
    expect(unsettledImages(here)).toEqual([1]);
    expect(readerVerdicts(here, { reader: 'Bob' })[0]).toMatchObject({ at: clock(2), reason: 'blurred' });
    // Again, and back again: nothing twice.
    expect(await merge(there, here)).toMatchObject({ added: 0, known: 3, differences: 0 });
    expect(await merge(here, there)).toMatchObject({ added: 2, known: 3, inForce: 0 });
    expect(await merge(here, there)).toMatchObject({ added: 0, known: 5 });
    expect(ownOf(there).filter((line) => line.includes('Ada'))).toEqual(['3 Ada keep', '4 Ada keep']);
    for (const catalog of [here, there]) expect(verifyAudit(catalog).faults).toEqual([]);
  });

  it('follow a later verdict of the same reader, never an earlier one, and stay blind', async () => {
    const here = machine([1, 2]);
    const there = machine([1, 2]);
    decide(here, { ...given('Ada', 'keep', 1), at: clock(1) });
    decide(here, { ...given('Ada', 'keep', 2), at: clock(9) });
    decide(there, { ...given('Ada', 'reject', 1), at: clock(5) });
    decide(there, { ...given('Ada', 'reject', 2), at: clock(5) });
    const list = assign(there, {
      name: 'b',
      reader: 'Bob',
      by: 'Eve',
      at: noon,
      blind: true,
      images: [1],
      definition: {},
    });
    decideBlind(there, list, { ...given('Bob', 'unsure', 1), at: clock(6) });
    expect(await merge(there, here)).toMatchObject({ added: 2, inForce: 1, known: 1, differences: 1 });
    expect(ownOf(here)).toEqual(['1 Ada reject', '1 Bob unsure blind', '2 Ada keep']);
    expect(inForce(here, 1)).toBe('reject');
  });

  it.each([
    ['image,verdict\n1,keep\n', 'has no column reader'],
    [
      'sha256,reader,verdict,time\naa,Ada,perhaps,2026-01-01T00:00:00Z\n',
      'row 2: the verdict is neither keep, reject nor unsure',
    ],
    ['sha256,reader,verdict,time\naa,,keep,2026-01-01T00:00:00Z\n', 'row 2: names no reader'],
    ['sha256,reader,verdict,time\naa,Ada,keep,yesterday\n', 'row 2: its time is not ISO 8601'],
    ['sha256,frame,reader,verdict,time\naa,-1,Ada,keep,2026-01-01T00:00:00Z\n', 'row 2: its frame is not a number'],
  ])('are refused as a whole: %j', async (text, words) => {
    const catalog = sampleCatalog(1);
    const file = join(temporaryFolder(), 'readers.csv');
    writeFileSync(file, text);
    const refused = await mergeReaderVerdicts(catalog, file, { importedBy: 'Eve', at: noon }, readParquet).catch(
      inWords,
    );
    expect(refused).toContain(words);
    expect(readerVerdicts(catalog)).toEqual([]);
  });
});
