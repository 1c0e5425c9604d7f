// Image sets in the StyleGAN2-ADA layout: written and read back with labels; the same images give the same bytes.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type DatasetImage, listDataset, writeDatasetZip } from '../../src-main/archive/dataset-zip.ts';
import { openImageFile } from '../../src-main/archive/decode.ts';
import { EntryReader } from '../../src-main/archive/entry-reader.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { levels } from './synthetic.ts';

const folder = mkdtempSync(join(tmpdir(), 'residua-dataset-'));
afterAll(() => rmSync(folder, { recursive: true }));

const images = (count: number, label: (index: number) => number | undefined): DatasetImage[] =>
  Array.from({ length: count }, (_, index) => {
    const one = label(index);
    const image = { width: 8, height: 8, channels: 1 as const, levels: levels(64).map((level) => level ^ index) };
    return one === undefined ? image : { ...image, label: one };
  });

it('writes and reads a labelled set', async () => {
  const path = join(folder, 'labelled.zip');
  const names = await writeDatasetZip(
    path,
    images(12, (index) => index % 3),
    quiet,
  );
  expect(names.slice(0, 2)).toEqual(['00000/img00000000.png', '00000/img00000001.png']);
  const { entries, refused } = await listDataset(path, { ...quiet, listedIn: null });
  expect(refused).toEqual([]);
  expect(entries.map(({ label }) => label)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
  const reader = new EntryReader();
  const file = await openImageFile(await reader.read(entries[5]!.entry));
  expect((await file.frame(0)).samples).toEqual(levels(64).map((level) => level ^ 5));
  await reader.close();
});

it('writes the same bytes for the same images', async () => {
  const paths = ['one.zip', 'two.zip'].map((name) => join(folder, name));
  for (const path of paths)
    await writeDatasetZip(
      path,
      images(5, () => undefined),
      quiet,
    );
  expect(readFileSync(paths[0]!)).toEqual(readFileSync(paths[1]!));
});

it('a set of mixed sizes or half labels leaves no file behind', async () => {
  const odd = [...images(2, () => undefined), { width: 4, height: 4, channels: 1 as const, levels: levels(16) }];
  await expect(writeDatasetZip(join(folder, 'odd.zip'), odd, quiet)).rejects.toMatchObject({ kind: 'mismatch' });
  const half = images(4, (index) => (index < 2 ? 1 : undefined));
  await expect(writeDatasetZip(join(folder, 'half.zip'), half, quiet)).rejects.toMatchObject({ kind: 'mismatch' });
  expect(readdirSync(folder).filter((name) => /odd|half|tmp/.test(name))).toEqual([]);
});
