// The archive that moves: files found again by content, removed with all that belongs to them, missed, watched, browsed.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { launchNode } from '../../src-main/platform/process.ts';
import { startWorkbench } from '../../src-main/workbench/client.ts';
import { Bench, closeBenches } from './bench.ts';

const actor = 'A. Curator';
let folder: string;
let bench: Bench;
const at = (...parts: string[]) => join(folder, ...parts);

/** A PNG whose content is its number's. */
async function write(path: string, number: number): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  const samples = Uint8Array.from({ length: 64 }, (_, index) => (index * 7 + number * 31) % 256);
  await writeFile(path, await encodePng(8, 8, 1, samples));
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'residua-archive-'));
  for (let number = 0; number < 6; number++)
    await write(at('in', number < 3 ? 'normal' : 'needle', `${number}.png`), number);
  bench = new Bench(at('catalog'));
  await bench.call('catalog.create', { folder: at('catalog'), name: 'archive' });
  await bench.run({ kind: 'import', parameters: { sources: [at('in')], cohort: 'all' } });
});
afterEach(async () => {
  await closeBenches();
  await rm(folder, { recursive: true, force: true });
});

const importOf = async (path: string, more: { readonly removed?: boolean } = {}) =>
  (await bench.run({ kind: 'import', parameters: { sources: [path], ...more } })).summary;
const images = async (filter = {}) =>
  Array.from((await bench.call('images.ids', { filter, order: { by: 'imported', descending: false } })).ids);
const decide = (ids: readonly number[], decision: 'keep' | 'reject') =>
  bench.call('verdicts.set', { images: { ids: Uint32Array.from(ids) }, decision, reason: null, reviewer: actor });

describe('a folder that was moved', () => {
  it('is recognised by an import, whatever its files are called by now, and never imported twice', async () => {
    await decide([1, 2], 'keep');
    await rename(at('in'), at('moved'));
    await rename(at('moved', 'needle', '4.png'), at('moved', 'needle', 'renamed.png'));
    await utimes(at('moved', 'needle', '5.png'), 1, 1);
    await write(at('moved', 'normal', 'new.png'), 9);
    expect(await importOf(at('moved'))).toBe('1 image imported, 6 files found at their new places');
    expect(await images()).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await images({ verdicts: ['keep'] })).toEqual([1, 2]);
    expect((await bench.call('archive.sources', {})).sources).toEqual([
      { source: at('moved'), files: 7, images: 7, missing: 0 },
    ]);
    await bench.call('images.frame', { id: 5 });
    expect(await importOf(at('moved'))).toBe('0 images imported, 7 files unchanged');
  });

  it('is no copy of a folder that is still there', async () => {
    await write(at('copy', '0.png'), 0);
    expect(await importOf(at('copy'))).toBe('1 image imported');
    expect(await images()).toHaveLength(7);
  });

  it('gives each of several equal files away once', async () => {
    await write(at('in', 'twin.png'), 0);
    await importOf(at('in'));
    await rename(at('in'), at('moved'));
    expect(await importOf(at('moved'))).toBe('0 images imported, 7 files found at their new places');
    const places = await Promise.all([1, 7].map(async (id) => (await bench.call('images.detail', { id })).row.name));
    expect(places).toEqual(['needle/3.png', 'twin.png']);
  });

  it('is located without importing what is new there', async () => {
    await rename(at('in'), at('moved'));
    await write(at('moved', 'new.png'), 9);
    await rm(at('moved', 'normal', '0.png'));
    const found = await bench.call('archive.relocate', { from: at('in'), to: at('moved'), actor });
    expect(found).toEqual({ files: 5, images: 5, missing: 1 });
    expect(await images()).toHaveLength(6);
    await bench.call('images.frame', { id: 2 });
    expect((await bench.call('audit.verify', {})).faults).toEqual([]);
    await expect(bench.call('archive.relocate', { from: at('nowhere'), to: at('moved'), actor })).rejects.toMatchObject(
      {
        kind: 'missing',
      },
    );
  });

  it('leaves what was imported from the new place before as it is, and finds a zip or tar likewise', async () => {
    execFileSync('tar', ['-cf', at('set.tar'), '-C', at('in'), 'normal']);
    expect(await importOf(at('set.tar'))).toBe('3 images imported');
    await mkdir(at('new'));
    await rename(at('set.tar'), at('new', 'other.tar'));
    const found = await bench.call('archive.relocate', { from: at('set.tar'), to: at('new', 'other.tar'), actor });
    expect(found).toEqual({ files: 3, images: 3, missing: 0 });
    await bench.call('images.frame', { id: 8 });
    await write(at('moved', 'normal', '0.png'), 0);
    expect(await importOf(at('moved'))).toBe('1 image imported');
    await rm(at('in', 'normal', '0.png'));
    const rest = await bench.call('archive.relocate', { from: at('in'), to: at('moved'), actor });
    expect(rest).toEqual({ files: 0, images: 0, missing: 1 });
    expect(await images({ states: ['changed'] })).toEqual([]);
  });

  it('is not taken for another of the same size', async () => {
    await rename(at('in'), at('moved'));
    const name = at('moved', 'needle', '3.png');
    const bytes = await readFile(name);
    bytes[bytes.length - 20]! ^= 1;
    await writeFile(name, bytes);
    expect(await bench.call('archive.relocate', { from: at('in'), to: at('moved'), actor })).toMatchObject({
      files: 5,
      missing: 1,
    });
  });
});

describe('files that are gone', () => {
  it('are marked by a check, and present again once they are back', async () => {
    await rename(at('in', 'normal'), at('elsewhere'));
    expect(await bench.call('archive.check', {})).toEqual({ files: 6, missing: 3 });
    expect(await images({ states: ['vanished'] })).toHaveLength(3);
    expect((await bench.call('archive.sources', {})).sources[0]).toMatchObject({ missing: 3 });
    await rename(at('elsewhere'), at('in', 'normal'));
    expect(await bench.call('archive.check', {})).toEqual({ files: 6, missing: 0 });
    expect(await images({ states: ['vanished'] })).toEqual([]);
  });

  it('end an export that needs them, by name and with nothing written, unless they are left out', async () => {
    await rm(at('in', 'normal', '1.png'));
    const parameters = { target: at('out'), images: { filter: {} }, reviewer: actor };
    const failed = await bench.run({ kind: 'export', parameters });
    expect(failed).toMatchObject({ state: 'failed' });
    expect(failed.reason).toBe(
      'the file of 6 images to be exported not found: normal/1.png; locate their folder (residua relocate), or export without them (--without-missing)',
    );
    await expect(readFile(at('out', 'manifest.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    const without = await bench.run({ kind: 'export', parameters: { ...parameters, withoutMissing: true } });
    expect(without).toMatchObject({ state: 'done', done: 5, skipped: 1 });
  });
});

describe('a removal', () => {
  it('says before what goes, removes it, and leaves an audit log that can be checked', async () => {
    await decide([1, 2, 3, 4], 'reject');
    await decide([2], 'keep');
    await decide([6], 'keep');
    const rectangle = { x: 1, y: 1, width: 2, height: 2 };
    for (const image of [1, 6])
      await bench.call('annotations.add', { image, rectangle, label: 'needle', reviewer: actor });
    await bench.call('tags.set', { images: { ids: Uint32Array.of(1) }, add: ['odd'], remove: [], reviewer: actor });
    const chosen = { images: { ids: Uint32Array.of(1, 2, 6) } };
    const counts = {
      ...{ images: 3, files: 3, verdicts: { keep: 2, reject: 1, unsure: 0 }, history: 4, annotations: 2, tags: 1 },
      ...{ scores: 0, masks: 0, cohorts: [{ name: 'all', images: 3 }], runs: [] },
    };
    expect(await bench.call('archive.removal', chosen)).toEqual(counts);
    expect(await bench.call('archive.remove', { ...chosen, actor })).toMatchObject(counts);
    expect(await images()).toEqual([3, 4, 5]);
    expect(await images({ verdicts: ['reject'] })).toEqual([3, 4]);
    expect((await bench.call('audit.verify', {})).faults).toEqual([]);
    // The bulk step of which a part is left can still be undone.
    await bench.call('verdicts.undo', { reviewer: actor, step: 1 });
    expect(await images({ verdicts: ['reject'] })).toEqual([]);
    expect((await bench.call('audit.verify', {})).faults).toEqual([]);
    await expect(bench.call('archive.remove', { ...chosen, actor })).rejects.toMatchObject({ kind: 'usage' });
  });

  it('does not hide who deletes verdicts of other images', async () => {
    await decide([1, 2, 3], 'reject');
    await bench.call('archive.remove', { images: { ids: Uint32Array.of(1) }, actor });
    await bench.close();
    const catalog = openCatalog(at('catalog'));
    expect(() => catalog.run('DELETE FROM verdicts WHERE image = 2')).toThrow('verdicts are only superseded');
    catalog.run('INSERT INTO removed_images (image, removal) VALUES (2, 1)');
    catalog.run('DELETE FROM current_verdicts WHERE image = 2');
    catalog.run('DELETE FROM reader_verdicts WHERE image = 2');
    catalog.run('DELETE FROM verdicts WHERE image = 2');
    catalog.close();
    await bench.call('catalog.open', { folder: at('catalog') });
    expect((await bench.call('audit.verify', {})).faults).toEqual([
      expect.stringMatching(/^the verdicts of entry \d+ were edited or deleted$/),
    ]);
  });

  it('of an import is not undone by the next one, unless that is asked for', async () => {
    await bench.call('archive.remove', { images: { filter: { sources: [at('in')] } }, actor });
    expect(await images()).toEqual([]);
    expect(await importOf(at('in'))).toBe('0 images imported, 6 left out, removed from the catalog earlier');
    expect(await importOf(at('in'), { removed: true })).toBe('6 images imported');
    expect(await images()).toEqual([7, 8, 9, 10, 11, 12]);
    expect(await importOf(at('in'))).toBe('0 images imported, 6 files unchanged');
  });

  it('follows its content to another folder, by an import and by a relocation, and a twin that stayed is not mistaken for it', async () => {
    await write(at('in', 'normal', 'twin.png'), 0);
    await importOf(at('in'));
    const [twin] = (await images()).filter((id) => id === 7);
    const names = await Promise.all(
      (await images()).map(async (id) => (await bench.call('images.detail', { id })).row),
    );
    const original = names.find(({ name }) => name === 'normal/0.png')!.id;
    await bench.call('archive.remove', { images: { ids: Uint32Array.of(original) }, actor });
    await rename(at('in'), at('moved'));
    expect(await importOf(at('moved'))).toBe(
      '0 images imported, 6 files found at their new places, 1 left out, removed from the catalog earlier',
    );
    expect((await bench.call('images.detail', { id: twin! })).row.name).toBe('normal/twin.png');
    await rename(at('moved'), at('again'));
    expect(await bench.call('archive.relocate', { from: at('moved'), to: at('again'), actor })).toMatchObject({
      files: 6,
      missing: 0,
    });
    await bench.call('settings.set', { watchedFolders: [at('again')] });
    await bench.call('archive.check', {});
    expect((await bench.call('archive.news', {})).folders).toMatchObject([{ images: 0 }]);
    expect(await importOf(at('again'))).toBe(
      '0 images imported, 6 files unchanged, 1 left out, removed from the catalog earlier',
    );
    await rename(at('again'), at('last'));
    expect(await importOf(at('last'), { removed: true })).toBe('1 image imported, 6 files found at their new places');
    expect(await importOf(at('last'))).toBe('0 images imported, 7 files unchanged');
  });

  it('is refused while a job needs the images', async () => {
    const catalog = openCatalog(at('catalog'));
    catalog.run(`INSERT INTO runs (kind, title, parameters, provenance, state, created_at)
      VALUES ('score', 'score 6 images', '{}', '{}', 'paused', '2026-01-01T00:00:00.000Z')`);
    catalog.run('INSERT INTO run_items (run, image) SELECT max(id), 1 FROM runs');
    catalog.close();
    const removal = bench.call('archive.remove', { images: { ids: Uint32Array.of(1, 2) }, actor });
    await expect(removal).rejects.toMatchObject({ kind: 'usage', message: expect.stringContaining('score 6 images') });
  });
});

describe('a watched folder', () => {
  it('says how many new images are there, of which none is imported by itself', async () => {
    await bench.call('settings.set', { watchedFolders: [at('in'), at('inbox')] });
    await write(at('in', 'normal', 'new.png'), 9);
    await writeFile(at('in', 'notes.txt'), 'no image');
    await bench.call('archive.check', {});
    expect((await bench.call('archive.news', {})).folders).toEqual([
      { folder: at('in'), images: 1, problem: null },
      { folder: at('inbox'), images: null, problem: expect.stringContaining('is not there at present') },
    ]);
    expect(await images()).toHaveLength(6);
  });

  it('is heard of while a window is open, and quiet again after the import', async () => {
    await bench.close();
    const window = new Bench(at('catalog'), { resume: true });
    await window.call('catalog.open', { folder: at('catalog') });
    await window.call('settings.set', { watchedFolders: [at('in')] });
    await window.call('archive.check', {});
    const news = async () => (await window.call('archive.news', {})).folders[0]!.images;
    expect(await news()).toBe(0);
    await write(at('in', 'normal', 'new.png'), 9);
    await expect.poll(news, { timeout: 15_000 }).toBe(1);
    await window.run({ kind: 'import', parameters: { sources: [at('in')] } });
    await expect.poll(news, { timeout: 15_000 }).toBe(0);
  });
});

describe('the folders of this machine', () => {
  it('are only those that an installer has named, where that was done', async () => {
    await using workbench = startWorkbench(launchNode, { resume: false, browse: [at('in', 'needle')] });
    await workbench.call('catalog.open', { folder: at('catalog') });
    const { entries } = await workbench.call('folders.list', { folder: null });
    expect(entries.map(({ path }) => path)).toEqual([at('in', 'needle')]);
    const listed = await workbench.call('folders.list', { folder: at('in', 'needle') });
    expect(listed.entries.map(({ name, kind }) => [name, kind])).toEqual([
      ['3.png', 'file'],
      ['4.png', 'file'],
      ['5.png', 'file'],
    ]);
    await expect(workbench.call('folders.list', { folder: at('in', 'normal') })).rejects.toMatchObject({
      kind: 'missing',
    });
  });

  it('are listed by name below those that may be seen, and nowhere else', async () => {
    const { entries, parent } = await bench.call('folders.list', { folder: at('in') });
    expect(entries.map(({ name, kind }) => [name, kind])).toEqual([
      ['needle', 'folder'],
      ['normal', 'folder'],
    ]);
    expect(parent).toBeNull();
    const outermost = await bench.call('folders.list', { folder: null });
    expect(outermost.entries.map(({ path }) => path)).toContain(at('in'));
    await symlink('/etc', at('in', 'normal', 'link'));
    for (const hidden of ['/etc', at('in', '..'), at('in', 'normal', 'link'), at('in', 'nowhere')])
      await expect(bench.call('folders.list', { folder: hidden }), hidden).rejects.toMatchObject({ kind: 'missing' });
  });
});
