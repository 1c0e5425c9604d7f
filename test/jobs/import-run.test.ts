// What an import tells besides images: oddities of files and series, what changed or vanished since, what it could not read.
import { link, mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { emptyNiftiHeader, encodeNifti } from '../../src-main/archive/nifti/write-nifti.ts';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { createRun, getRun } from '../../src-main/catalog/tables/runs.ts';
import { importSources } from '../../src-main/jobs/import-run.ts';
import { launchNode } from '../../src-main/platform/process.ts';
import type { Port } from '../../src-main/platform/process-channel.ts';
import { type DicomStyle, dicomStyles, element, part10, smallPixelModule } from '../archive/write-dicom.ts';
import { temporaryFolder, writeGrey } from '../cli/residua.ts';
import { Bench, closeBenches } from '../workbench/bench.ts';

afterEach(closeBenches);

const [style] = dicomStyles as [DicomStyle];

/** A slice of 4 x 4 pixels of a series at a place in the patient. */
function slice(instance: number, position: readonly number[], patient = 'T1', plane = '1\\0\\0\\0\\1\\0'): Buffer {
  return part10(
    style,
    Buffer.concat([
      element(style, 0x0008_0016, 'UI', '1.2.840.10008.5.1.4.1.1.2'),
      element(style, 0x0008_0018, 'UI', `2.25.${instance}`),
      element(style, 0x0008_0060, 'CS', 'CT'),
      element(style, 0x0010_0020, 'LO', patient),
      element(style, 0x0020_000e, 'UI', '2.25.100'),
      element(style, 0x0020_0032, 'DS', position.join('\\')),
      element(style, 0x0020_0037, 'DS', plane),
      element(style, 0x0028_1052, 'DS', '0'),
      element(style, 0x0028_1053, 'DS', '1'),
      ...smallPixelModule(style),
      element(style, 0x0028_1052, 'DS', '-1024'),
      element(style, 0x0028_1053, 'DS', '1'),
      element(style, 0x7fe0_0010, 'OB', Buffer.alloc(16, instance)),
    ]),
  );
}

type More = { readonly maskDir?: string; readonly dropBlack?: boolean };

async function importInto(
  bench: Bench,
  source: string,
  more: More = {},
): Promise<{ readonly noted: string[]; readonly summary: unknown }> {
  const { id } = await bench.run({ kind: 'import', parameters: { sources: [source], ...more } });
  const { lines } = await bench.call('runs.log', { id, after: 0, limit: 100 });
  const { provenance } = await bench.call('runs.detail', { id });
  return {
    noted: lines.filter(({ level }) => level === 'noted').map(({ text }) => text),
    summary: (provenance as { readonly summary: string }).summary,
  };
}

describe('an import', () => {
  it('stops at once, also while a file is being read that takes its time', async () => {
    await using folder = await temporaryFolder();
    const source = join(folder.path, 'a.png');
    await writeFile(source, '');
    const catalog = openCatalog(join(folder.path, 'catalog'), { create: true });
    const stop = new AbortController();
    const launch = (): Port => {
      let end: (reason: string) => void = () => {};
      return {
        // Never ready; stopped as soon as it is asked.
        post: () => stop.abort(),
        listen: (_, onEnd) => {
          end = onEnd;
        },
        close: () => end('killed by SIGKILL'),
      };
    };
    const nothing = () => {};
    const told = { report: nothing, log: nothing, changed: nothing };
    const tools = { ...told, signal: stop.signal, catalog, launch, background: false };
    const at = '2026-01-01T00:00:00.000Z';
    const id = createRun(catalog, { kind: 'import', title: 'import', parameters: {}, provenance: {}, at });
    const run = getRun(catalog, id);
    await expect(importSources(run, { sources: [source] }, tools)).rejects.toMatchObject({ kind: 'cancelled' });
    catalog.close();
  });

  it.skipIf(process.platform === 'win32')(
    'tells of files with names that steer a terminal on one plain line each',
    async () => {
      await using folder = await temporaryFolder();
      const source = join(folder.path, 'archive');
      await mkdir(source);
      await writeFile(join(source, '\u001b[2J\nall is well.png'), '%PDF');
      const clear = { r: 9, g: 9, b: 9, alpha: 0.5 };
      await sharp({ create: { width: 8, height: 8, channels: 4, background: clear } }).toFile(
        join(source, '\u0007.png'),
      );
      const bench = new Bench(join(folder.path, 'catalog'));
      await bench.call('catalog.create', { folder: bench.catalog, name: 'test' });
      const { id } = await bench.run({ kind: 'import', parameters: { sources: [source] } });
      const { lines } = await bench.call('runs.log', { id, after: 0, limit: 100 });
      expect(lines.slice(1, 3).map(({ text }) => text)).toEqual([
        '\\u{7}.png: transparency was dropped',
        'skipped \\u{1b}[2J\\u{a}all is well.png: not a format that Residua reads (PDF document)',
      ]);
    },
  );

  it('tells gaps and tilt of series, and remarks about files, which images keep', async () => {
    await using folder = await temporaryFolder();
    const source = join(folder.path, 'archive');
    await mkdir(join(source, 'ct'), { recursive: true });
    const tilt = Math.tan((15 * Math.PI) / 180);
    for (const [index, z] of [0, 2, 4, 10].entries()) {
      await writeFile(join(source, 'ct', `${index}.dcm`), slice(index, [0, z * tilt, z]));
    }
    const clear = { r: 9, g: 9, b: 9, alpha: 0.5 };
    await sharp({ create: { width: 8, height: 8, channels: 4, background: clear } }).toFile(join(source, 'clear.png'));
    const bench = new Bench(join(folder.path, 'catalog'));
    await bench.call('catalog.create', { folder: bench.catalog, name: 'test' });

    const { noted, summary } = await importInto(bench, source);
    expect(noted).toEqual([
      'clear.png: transparency was dropped',
      'series of 4 slices in ct: the gantry was tilted by 15.0 degrees',
      'series of 4 slices in ct: 6.00 mm behind slice 3, elsewhere 2.00 mm',
    ]);
    expect(summary).toBe('5 images imported, 3 noted');
    const { ids } = await bench.call('images.ids', { filter: {}, order: { by: 'name', descending: false } });
    const details = await Promise.all([...ids].map((id) => bench.call('images.detail', { id })));
    expect(details.map(({ row, warnings }) => [row.name, warnings])).toEqual([
      ['clear.png', ['transparency was dropped']],
      ...[0, 1, 2, 3].map((index) => [`ct/${index}.dcm`, []]),
    ]);

    // The slices that were missing come later: only then is the series read anew, and it has no gap any more.
    await writeFile(join(source, 'ct', '4.dcm'), slice(4, [0, 6 * tilt, 6]));
    await writeFile(join(source, 'ct', '5.dcm'), slice(5, [0, 8 * tilt, 8]));
    const again = await importInto(bench, source);
    expect(again.noted).toEqual(['series of 6 slices in ct: the gantry was tilted by 15.0 degrees']);
    expect(again.summary).toBe('2 images imported, 5 files unchanged, 1 noted');
  });

  it('never makes one scan of two patients, and moves slices that only later show to which stack they belong', async () => {
    await using folder = await temporaryFolder();
    const source = join(folder.path, 'archive');
    await mkdir(source, { recursive: true });
    for (const z of [0, 1, 2]) {
      await writeFile(join(source, `a${z}.dcm`), slice(z, [0, 0, 2 * z], 'T1'));
      await writeFile(join(source, `b${z}.dcm`), slice(10 + z, [0, 0, 2 * z + 1], 'T2'));
    }
    const bench = new Bench(join(folder.path, 'catalog'));
    await bench.call('catalog.create', { folder: bench.catalog, name: 'test' });
    expect((await importInto(bench, source)).noted).toEqual([]);
    const scans = async () => {
      const { ids } = await bench.call('images.ids', { filter: {}, order: { by: 'name', descending: false } });
      const found = await Promise.all([...ids].map((id) => bench.call('images.slices', { id })));
      return found.map(({ slices }) => slices.length);
    };
    expect(await scans()).toEqual([3, 3, 3, 3, 3, 3]);
    // A stack of another plane in the same series, and its second slice with the next import.
    const turned = '1\\0\\0\\0\\0\\-1';
    await writeFile(join(source, 'c0.dcm'), slice(20, [0, 0, 0], 'T1', turned));
    await importInto(bench, source);
    await writeFile(join(source, 'c1.dcm'), slice(21, [0, 2, 0], 'T1', turned));
    await importInto(bench, source);
    expect(await scans()).toEqual([3, 3, 3, 3, 3, 3, 2, 2]);
  });

  it('tells what has changed or vanished since the last one, and what it could not read', async () => {
    await using folder = await temporaryFolder();
    const source = join(folder.path, 'archive');
    for (const name of ['a', 'b', 'c'])
      await writeGrey(join(source, `${name}.png`), 8, 8, (x) => x * name.charCodeAt(0));
    await writeFile(join(source, 'broken.png'), Buffer.from('89504e470d0a1a0a', 'hex'));
    const bench = new Bench(join(folder.path, 'catalog'));
    await bench.call('catalog.create', { folder: bench.catalog, name: 'test' });
    expect((await importInto(bench, source)).summary).toBe('3 images imported, 1 skipped');

    await writeGrey(join(source, 'a.png'), 9, 9, () => 1);
    await rm(join(source, 'b.png'));
    await utimes(join(source, 'c.png'), 1, 1);
    const { noted, summary } = await importInto(bench, source);
    expect(noted).toEqual([
      'a.png: has other content than before, which stays known as changed',
      'b.png: is no longer there',
    ]);
    expect(summary).toBe('1 image imported, 1 file unchanged, 1 file changed, 1 skipped, 1 vanished');
    await writeGrey(join(source, 'broken.png'), 7, 7, () => 3);
    expect((await importInto(bench, source)).summary).toBe('1 image imported, 2 files unchanged');
  });

  it('counts on where it was paused, and knows early how many files there are', async () => {
    await using folder = await temporaryFolder();
    const source = join(folder.path, 'archive');
    await writeGrey(join(source, '0000.png'), 8, 8, () => 1);
    for (let index = 1; index < 600; index++)
      await link(join(source, '0000.png'), join(source, `${index}`.padStart(4, '0').concat('.png')));
    await writeFile(join(source, '0001.txt'), 'no image');
    let described = 0;
    const launch = (program: URL) => {
      const port = launchNode(program);
      const post = (message: unknown) => {
        const call = message as { readonly method?: string; readonly value?: { readonly entries: readonly unknown[] } };
        if (call.method === 'describe') described += call.value!.entries.length;
        port.post(message);
      };
      return { ...port, post };
    };
    const bench = new Bench(join(folder.path, 'catalog'), { launch });
    await bench.call('catalog.create', { folder: bench.catalog, name: 'test' });
    const progressed = Promise.withResolvers<unknown>();
    bench.onEvent((event, value) => {
      if (event === 'run.progress') progressed.resolve((value as { progress: unknown }).progress);
    });
    const { id } = await bench.call('runs.queue', { kind: 'import', parameters: { sources: [source] } });
    expect(await progressed.promise).toEqual({ stage: 'importing', done: 512, total: 601 });
    expect(await bench.call('runs.pause', { id })).toMatchObject({ state: 'paused', skipped: 1, total: 601 });
    const { done } = await bench.call('runs.detail', { id }).then(({ run }) => run);
    described = 0;
    await bench.call('runs.resume', { id });
    expect(await bench.over(id)).toMatchObject({ state: 'done', done: 600, skipped: 1, total: 601 });
    const { provenance } = await bench.call('runs.detail', { id });
    expect(provenance.summary).toBe('600 images imported, 1 skipped');
    expect(described).toBe(600 - done);
  });

  it('takes only slices that a mask touches, and no black ones, without files in between', async () => {
    await using folder = await temporaryFolder();
    const [source, masks] = [join(folder.path, 'archive'), join(folder.path, 'masks')];
    for (const each of [source, masks]) await mkdir(each, { recursive: true });
    /** A volume of 4 x 4 x 5 voxels, each slice of one value. */
    const volume = (slices: readonly number[]) =>
      encodeNifti(emptyNiftiHeader([1, 1, 1]), {
        shape: [4, 4, slices.length],
        voxels: Int16Array.from({ length: 16 * slices.length }, (_, at) => slices[at >> 4]!),
      });
    await writeFile(join(source, 'liver.nii.gz'), volume([0, 5, 0, 7, 9]));
    await writeFile(join(source, 'other.nii.gz'), volume([1, 2, 3, 4, 5]));
    await writeFile(join(source, 'third.nii.gz'), volume([1, 2, 3, 4, 5]));
    await writeFile(join(masks, 'liver.nii.gz'), volume([0, 1, 1, 0, 1]));
    await writeFile(join(masks, 'other.nii.gz'), volume([0, 0, 0, 0, 0]));
    const bench = new Bench(join(folder.path, 'catalog'));
    await bench.call('catalog.create', { folder: bench.catalog, name: 'test' });

    const { noted, summary } = await importInto(bench, source, { maskDir: masks, dropBlack: true });
    expect(noted.filter((line) => line.includes('left out'))).toEqual([
      'liver.nii.gz: 2 of 5 slices, which the mask does not touch, were left out',
      'liver.nii.gz: 1 of 5 frames, which are all black, were left out',
    ]);
    expect(summary).toMatch(/^2 images imported, 2 skipped/);
    const { ids } = await bench.call('images.ids', { filter: {}, order: { by: 'imported', descending: false } });
    const rows = await Promise.all([...ids].map(async (id) => (await bench.call('images.detail', { id })).row));
    expect(rows.map(({ name, frame, frames }) => [name, frame, frames])).toEqual([
      ['liver.nii.gz #2', 1, 5],
      ['liver.nii.gz #5', 4, 5],
    ]);

    // A mask that comes later is enough: what was refused for it is tried again.
    await writeFile(join(masks, 'third.nii.gz'), volume([0, 0, 1, 0, 0]));
    expect((await importInto(bench, source, { maskDir: masks })).summary).toMatch(/^1 image imported/);
  });
});
