// Verdicts: superseded, undone, redone, in bulk and by several reviewers; decisions by CSV.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Catalog } from '../../src-main/catalog/catalog.ts';
import { auditEntries } from '../../src-main/catalog/tables/audit.ts';
import { countImages } from '../../src-main/catalog/tables/pages.ts';
import { currentVerdicts, verdictsOf } from '../../src-main/catalog/tables/verdicts.ts';
import { verifyAudit } from '../../src-main/curation/audit/verify-audit.ts';
import { decide, redo, undo } from '../../src-main/curation/verdicts/decide.ts';
import { formatDecisions, importDecisions } from '../../src-main/curation/verdicts/decisions-csv.ts';
import { readParquet } from '../../src-main/platform/parquet.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { noon, sampleCatalog, temporaryFolder } from '../catalog/sample-catalog.ts';

const ada = { reviewer: 'Ada', at: noon };
const bob = { reviewer: 'Bob', at: noon };
const inForce = (catalog: Catalog, images: readonly number[]) => {
  const verdicts = currentVerdicts(catalog, images);
  return images.map((image) => verdicts.get(image)?.decision ?? null);
};

describe('decide, undo, redo', () => {
  it('goes back and forth through single and bulk steps', () => {
    const catalog = sampleCatalog(4);
    expect(decide(catalog, { ...ada, images: [1], decision: 'keep', reason: null }).images).toBe(1);
    expect(decide(catalog, { ...ada, images: [1, 2, 3, 3], decision: 'reject', reason: 'rotated' }).images).toBe(3);
    expect(decide(catalog, { ...ada, images: [3], decision: null, reason: null }).images).toBe(1);
    const states = [
      [null, null, null],
      ['keep', null, null],
      ['reject', 'reject', 'reject'],
      ['reject', 'reject', null],
    ];
    const look = () => inForce(catalog, [1, 2, 3]);
    expect(look()).toEqual(states[3]);
    expect([undo(catalog, ada).images, look()]).toEqual([1, states[2]]);
    expect([undo(catalog, ada).images, look()]).toEqual([3, states[1]]);
    expect([redo(catalog, ada).images, look()]).toEqual([3, states[2]]);
    expect([undo(catalog, ada).images, look()]).toEqual([3, states[1]]);
    expect([undo(catalog, ada).images, look()]).toEqual([1, states[0]]);
    expect([undo(catalog, ada).images, look()]).toEqual([0, states[0]]);
    expect([redo(catalog, ada).images, redo(catalog, ada).images, redo(catalog, ada).images, look()]).toEqual([
      1,
      3,
      1,
      states[3],
    ]);
    expect(redo(catalog, ada).images).toBe(0);
    expect(countImages(catalog, { verdicts: ['reject'] })).toBe(2);
    expect(verifyAudit(catalog).faults).toEqual([]);
  });

  it('keeps every verdict, the reason and the reviewer', () => {
    const catalog = sampleCatalog(1);
    decide(catalog, { ...ada, images: [1], decision: 'keep', reason: 'sharp' });
    decide(catalog, { ...bob, images: [1], decision: 'unsure', reason: null });
    undo(catalog, bob);
    expect(verdictsOf(catalog, 1).map(({ decision, reason, reviewer }) => [decision, reason, reviewer])).toEqual([
      ['keep', 'sharp', 'Bob'],
      ['unsure', null, 'Bob'],
      ['keep', 'sharp', 'Ada'],
    ]);
    expect(() => catalog.run(`UPDATE verdicts SET decision = 'reject'`)).toThrow('only superseded');
    expect(() => catalog.run('DELETE FROM verdicts')).toThrow('only superseded');
  });

  it('forgets what could be redone after a new decision', () => {
    const catalog = sampleCatalog(2);
    decide(catalog, { ...ada, images: [1], decision: 'keep', reason: null });
    undo(catalog, ada);
    decide(catalog, { ...ada, images: [2], decision: 'keep', reason: null });
    expect(redo(catalog, ada).images).toBe(0);
    expect(inForce(catalog, [1, 2])).toEqual([null, 'keep']);
  });

  it('undoes and redoes the steps of one window, whatever the same reviewer does in another', () => {
    const catalog = sampleCatalog(3);
    const here = decide(catalog, { ...ada, images: [1], decision: 'keep', reason: null });
    decide(catalog, { ...ada, images: [2], decision: 'reject', reason: null });
    const undone = undo(catalog, { ...ada, step: here.step! });
    expect(undone.images).toBe(1);
    expect(inForce(catalog, [1, 2])).toEqual([null, 'reject']);
    // Once is enough, and nobody undoes the steps of another reviewer.
    expect(undo(catalog, { ...ada, step: here.step! })).toEqual({ step: null, images: 0, left: 0 });
    expect(undo(catalog, { ...bob, step: here.step! })).toEqual({ step: null, images: 0, left: 0 });
    decide(catalog, { ...ada, images: [3], decision: 'unsure', reason: null });
    const redone = redo(catalog, { ...ada, step: undone.step! });
    expect([redone.images, inForce(catalog, [1, 2, 3])]).toEqual([1, ['keep', 'reject', 'unsure']]);
    expect([undo(catalog, { ...ada, step: redone.step! }).images, inForce(catalog, [1])]).toEqual([1, [null]]);
    // Without a number it is the last step that still holds.
    expect([undo(catalog, ada).images, inForce(catalog, [1, 2, 3])]).toEqual([1, [null, 'reject', null]]);
    expect([undo(catalog, ada).images, inForce(catalog, [1, 2, 3])]).toEqual([1, [null, null, null]]);
    expect(verifyAudit(catalog).faults).toEqual([]);
  });

  it('leaves alone what somebody else has decided since', () => {
    const catalog = sampleCatalog(2);
    decide(catalog, { ...ada, images: [1, 2], decision: 'keep', reason: null });
    decide(catalog, { ...bob, images: [2], decision: 'reject', reason: null });
    expect(undo(catalog, ada).images).toBe(1);
    expect(inForce(catalog, [1, 2])).toEqual([null, 'reject']);
    expect(undo(catalog, bob).images).toBe(1);
    expect(inForce(catalog, [1, 2])).toEqual([null, 'keep']);
  });

  it('makes no step of nothing, and no verdict on an image that is not there', () => {
    const catalog = sampleCatalog(1);
    expect(decide(catalog, { ...ada, images: [], decision: 'keep', reason: null }).images).toBe(0);
    expect(() => decide(catalog, { ...ada, images: [1, 9], decision: 'keep', reason: null })).toThrow('FOREIGN KEY');
    expect([undo(catalog, ada).images, inForce(catalog, [1])]).toEqual([0, [null]]);
    expect(verifyAudit(catalog)).toMatchObject({ entries: 0, faults: [] });
  });
});

describe('decisions by CSV', () => {
  const hash = (n: number) => n.toString(16).padStart(64, 'a');
  const make = () => sampleCatalog(4, (n) => ({ pixelFingerprint: hash(n) }));
  const write = (text: string) => {
    const file = join(temporaryFolder(), 'decisions.csv');
    writeFileSync(file, text);
    return file;
  };

  it('go out and come back the same', async () => {
    const from = make();
    decide(from, { ...ada, images: [1, 3], decision: 'reject', reason: '=metal' });
    decide(from, { ...bob, images: [2], decision: 'keep', reason: null });
    const text = formatDecisions(from, {});
    expect(text.split('\n')[1]).toBe(`1,${hash(1)},reject,"'=metal",Ada,${noon}`);
    const to = make();
    const file = write(text);
    expect(await importDecisions(to, file, { reviewer: 'Eve', at: noon }, readParquet)).toBe(3);
    expect(formatDecisions(to, {})).toBe(text);
    expect(await importDecisions(to, file, { reviewer: 'Eve', at: noon }, readParquet)).toBe(0);
    expect(verifyAudit(to).faults).toEqual([]);
    // Whose decision it was, and who brought it in.
    expect(auditEntries(to).map(({ actor, details }) => [actor, details.reviewer])).toEqual([
      ['Eve', 'Ada'],
      ['Eve', 'Bob'],
    ]);
  });

  it.each([
    ['a number and a verdict', 'image,verdict\n1,reject\n', ['reject', null, null]],
    ['pixels and a verdict', `verdict,pixel_fingerprint\nkeep,${hash(2)}\n`, [null, 'keep', null]],
  ])('need no other columns than %s', async (_, text, verdicts) => {
    const catalog = make();
    expect(await importDecisions(catalog, write(text), { reviewer: 'Eve', at: noon }, readParquet)).toBe(1);
    expect(inForce(catalog, [1, 2, 3])).toEqual(verdicts);
  });

  it.each(['utf-16le', 'utf-16be'])('are read in %s with a byte order mark', async (encoding) => {
    const catalog = make();
    const file = write('');
    const bytes = Buffer.from('\ufeffimage\tverdict\treason\n1\tkeep\tgrün\n', 'utf16le');
    writeFileSync(file, encoding === 'utf-16le' ? bytes : bytes.swap16());
    expect(await importDecisions(catalog, file, { reviewer: 'Eve', at: noon }, readParquet)).toBe(1);
    expect(formatDecisions(catalog, {})).toContain(',keep,grün,Eve,');
    writeFileSync(file, Buffer.from('image,verdict\n1,keep\n', 'utf16le'));
    await expect(importDecisions(catalog, file, { reviewer: 'Eve', at: noon }, readParquet)).rejects.toMatchObject({
      kind: 'content',
      values: { reason: 'is not UTF-8 text: save it as CSV in UTF-8' },
    });
  });

  it.each([
    ['image,reason\n1,blurred\n', 'has no column verdict'],
    ['verdict\nkeep\n', 'row 2: names no image'],
    [`pixel_fingerprint,verdict\n${hash(77)},keep\n`, 'row 2: the catalog has no such image'],
  ])('without what they need are refused: %j', async (text, reason) => {
    const [catalog, file] = [make(), write(text)];
    const refused = await importDecisions(catalog, file, { reviewer: 'Eve', at: noon }, readParquet).catch(inWords);
    expect(refused).toBe(`${file}: ${reason}`);
  });

  it.each([
    ['image,verdict\n9,keep\n', 'row 2: the catalog has no such image'],
    ['image,verdict\n1,keep\n1,keep\n', 'row 3: the image has a row already'],
    ['image,verdict\n1,perhaps\n', 'row 2: the verdict is neither keep, reject nor unsure'],
    [`image,verdict,pixel_fingerprint\n1,keep,${hash(2)}\n`, 'row 2: these are not its pixels'],
  ])('are refused as a whole: %j', async (text, reason) => {
    const catalog = make();
    const file = write(
      text
        .replace(/^image,verdict(,pixel_fingerprint)?/, 'image,verdict,pixel_fingerprint,reason,reviewer')
        .replace(/\n(\d),(\w+)(,\w+)?/g, (_, image, verdict, pixels) => `\n${image},${verdict}${pixels ?? ','},,`),
    );
    const error = await importDecisions(catalog, file, { reviewer: 'Eve', at: noon }, readParquet).catch(
      (caught: unknown) => caught,
    );
    expect(inWords(error)).toBe(`${file}: ${reason}`);
    expect(inForce(catalog, [1])).toEqual([null]);
  });
});
