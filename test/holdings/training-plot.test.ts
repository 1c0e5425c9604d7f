// What a training has written so far, read while it is still writing.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { createRun } from '../../src-main/catalog/tables/runs.ts';
import { readNewestSheet, readTicks } from '../../src-main/holdings/training-plot.ts';
import { temporaryFolder } from '../cli/residua.ts';

describe('the plots of a training', () => {
  it('have a point per tick and the newest sheet, and leave out a torn line', async () => {
    await using folder = await temporaryFolder();
    const catalog = openCatalog(folder.path, { create: true });
    const id = createRun(catalog, {
      kind: 'train',
      title: '',
      parameters: {},
      provenance: {},
      at: '2026-01-01T00:00:00Z',
    });
    expect(await readTicks(catalog, id)).toEqual([]);
    expect(await readNewestSheet(catalog, id)).toBe(null);
    const run = join(folder.path, `trainings/run-${id}`);
    await mkdir(run, { recursive: true });
    const statistic = (mean: number) => ({ num: 2, mean, std: 0.5 });
    const tick = (kimg: number) =>
      JSON.stringify({ 'Loss/G/loss': statistic(kimg / 2), 'Progress/kimg': statistic(kimg), timestamp: 1 });
    await writeFile(join(run, 'stats.jsonl'), `${tick(4)}\n${tick(8)}\n${tick(12).slice(0, 20)}`);
    expect(await readTicks(catalog, id)).toEqual([
      { kimg: 4, values: { 'Loss/G/loss': 2 } },
      { kimg: 8, values: { 'Loss/G/loss': 4 } },
    ]);
    for (const name of ['fakes_init.png', 'fakes000004.png', 'fakes000012.png', 'reals.png']) {
      await writeFile(join(run, name), name);
    }
    expect(Buffer.from((await readNewestSheet(catalog, id))!).toString()).toBe('fakes000012.png');
    catalog.close();
  });
});
