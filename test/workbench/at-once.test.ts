// Two windows and a command on one catalog at once: nothing is lost, and each window undoes its own.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { importFiles } from '../../src-main/catalog/tables/files.ts';
import { nodeLauncher } from '../../src-main/engine/start-engine.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { startWorkbench } from '../../src-main/workbench/client.ts';
import { noon, sampleFile } from '../catalog/sample-catalog.ts';
import { residua } from '../cli/residua.ts';

it('two windows and a command', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'residua-at-once-'));
  try {
    const made = openCatalog(join(folder, 'catalog'), { create: true });
    importFiles(
      made,
      Array.from({ length: 40 }, (_, index) => sampleFile(index + 1)),
      noon,
    );
    made.close();
    await using here = startWorkbench(nodeLauncher, { resume: false });
    await using there = startWorkbench(nodeLauncher, { resume: false });
    for (const window of [here, there]) await window.call('catalog.open', { folder: join(folder, 'catalog') });
    const rows = Array.from(
      { length: 20 },
      (_, index) => `${(index + 1).toString(16).padStart(64, '0')},0,Cy,unsure,no,2026-02-01T10:00:${10 + index}Z`,
    );
    writeFileSync(join(folder, 'cy.csv'), ['sha256,frame,reader,verdict,blind,time', ...rows].join('\n'));
    const decide = async (window: typeof here, reviewer: string, images: readonly number[]) => {
      const steps = [];
      for (const image of images) {
        const decision = (image + reviewer.length) % 2 === 0 ? 'keep' : 'reject';
        const request = { images: { ids: Uint32Array.of(image) }, decision, reason: null, reviewer } as const;
        steps.push((await window.call('verdicts.set', request)).step!);
      }
      return steps;
    };
    const places = Array.from({ length: 40 }, (_, index) => index + 1);
    const [ada, bob, merged] = await Promise.all([
      decide(here, 'Ada', places.slice(0, 30)),
      decide(there, 'Bobby', places.slice(10)),
      residua(['readers', 'merge', join(folder, 'cy.csv'), '--catalog', join(folder, 'catalog')]),
    ]);
    expect(merged).toMatchObject({ code: 0, stdout: expect.stringContaining('20 verdicts added') });
    expect(new Set([...ada, ...bob]).size).toBe(60);
    const { readers } = await here.call('readers.agreement', {});
    expect(readers.map(({ reader, images }) => [reader, images])).toEqual([
      ['Ada', 30],
      ['Bobby', 30],
      ['Cy', 20],
    ]);
    expect((await there.call('audit.verify', {})).faults).toEqual([]);
    // Ada and another window of hers: each undoes its own step, and never what Bob has decided since.
    const last = (
      await here.call('verdicts.set', {
        images: { ids: Uint32Array.of(1) },
        decision: 'unsure',
        reason: null,
        reviewer: 'Ada',
      })
    ).step!;
    await there.call('verdicts.set', {
      images: { ids: Uint32Array.of(2) },
      decision: 'unsure',
      reason: null,
      reviewer: 'Ada',
    });
    expect(await here.call('verdicts.undo', { reviewer: 'Ada', step: last })).toMatchObject({ images: 1, left: 0 });
    expect((await here.call('images.detail', { id: 2 })).row.verdict).toBe('unsure');
    await there.call('verdicts.set', {
      images: { ids: Uint32Array.of(3) },
      decision: 'unsure',
      reason: null,
      reviewer: 'Bobby',
    });
    const refused = await here.call('verdicts.undo', { reviewer: 'Ada', step: ada[2]! }).catch(inWords);
    expect(refused).toBe('not undone: Bobby has decided about this image since');
    expect((await here.call('audit.verify', {})).faults).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
