// Masks named beside images and volumes, Dice where both are there or from a table, and whether the score finds the failures.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyNiftiHeader, encodeNifti } from '../../src-main/archive/nifti/write-nifti.ts';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { createRun, recordResults, setRunState } from '../../src-main/catalog/tables/runs.ts';
import { refreshScanScores } from '../../src-main/catalog/tables/scan-scores.ts';
import { listDice } from '../../src-main/catalog/tables/segmentations.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { temporaryFolder } from '../cli/residua.ts';
import { Bench, closeBenches } from './bench.ts';

const at = '2026-01-01T00:00:00.000Z';
const side = 8;

/** A volume of three slices of 8 x 8 voxels. */
function volume(voxel: (slice: number, row: number, column: number) => number): Uint8Array {
  const voxels = Uint8Array.from({ length: 3 * side * side }, (_, at) =>
    voxel(Math.floor(at / side ** 2), Math.floor(at / side) % side, at % side),
  );
  return encodeNifti(emptyNiftiHeader([1, 1, 1]), { shape: [side, side, 3], voxels });
}

const png = (pixel: (row: number, column: number) => number) =>
  encodePng(
    side,
    side,
    1,
    Uint8Array.from({ length: side ** 2 }, (_, at) => pixel(Math.floor(at / side), at % side)),
  );

describe('segmentations', { timeout: 120_000 }, () => {
  let bench: Bench;
  let root: string;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  const put = (path: string, bytes: Uint8Array | string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), bytes);
    return join(root, path);
  };
  const masks = async (folder: string, role: 'predicted' | 'reference') => {
    const run = await bench.run({ kind: 'masks', parameters: { source: join(root, folder), role } });
    const { lines } = await bench.call('runs.log', { id: run.id, after: 0, limit: 100 });
    return { run, skipped: lines.filter(({ level }) => level === 'skipped').map(({ text }) => text) };
  };
  const structureOf = async (name: string) =>
    (await bench.call('segmentation.structures', {})).structures.find((each) => each.name === name);

  beforeAll(async () => {
    folder = await temporaryFolder();
    root = folder.path;
    put(
      'images/case_1.nii.gz',
      volume((slice, row) => slice * 10 + row),
    );
    put('images/a/film.png', await png((row) => row));
    put('images/b/film.png', await png((_, column) => column));
    bench = new Bench(join(root, 'catalog'));
    await bench.call('catalog.create', { folder: join(root, 'catalog'), name: 'test' });
    await bench.run({ kind: 'import', parameters: { sources: [join(root, 'images')] } });
  });
  afterAll(async () => {
    await closeBenches();
    await folder[Symbol.asyncDispose]();
  });

  it('are named beside the image of the same name; folders decide between several', async () => {
    // The left half is predicted; the truth is one column wider, and label 2 in the third slice.
    put(
      'predicted/case_1_mask.nii.gz',
      volume((slice, _, column) => (slice > 0 && column < 4 ? slice : 0)),
    );
    put(
      'reference/case_1.nii.gz',
      volume((slice, _, column) => (slice > 0 && column < 5 ? slice : 0)),
    );
    put('predicted/a/film_pred.png', await png((_, column) => (column < 2 ? 255 : 0)));
    put('reference/a/film.png', await png((_, column) => (column < 4 ? 1 : 0)));
    put('predicted/film.png', await png(() => 0));
    put('predicted/nobody.png', await png(() => 0));
    put('predicted/b/film.png', await encodePng(4, 4, 1, new Uint8Array(16)));
    const { run, skipped } = await masks('predicted', 'predicted');
    expect(run).toMatchObject({ state: 'done', done: 2, skipped: 3 });
    expect(skipped.toSorted()).toEqual([
      expect.stringMatching(/b\/film\.png: segmentation: expected 8 x 8 as the image is, found 4 x 4/),
      'skipped film.png: several images do',
      'skipped nobody.png: no image has this name',
    ]);
    expect((await bench.call('segmentation.structures', {})).structures).toEqual([]);
  });

  it('give the Dice of each image and scan once prediction and truth are there', async () => {
    expect((await masks('reference', 'reference')).skipped).toEqual([]);
    const catalog = openCatalog(bench.catalog);
    const dice = (subject: 'image' | 'scan', structure: string) =>
      listDice(catalog, subject, structure).map(({ value }) => value);
    // 2 * 4 / (4 + 5) in both slices that have any; 2 * 2 / (2 + 4) of the film. Empty in both: no value.
    expect(dice('image', 'foreground')).toEqual([2 / 3, 8 / 9, 8 / 9].map((value) => expect.closeTo(value, 12)));
    expect(dice('scan', 'foreground')).toEqual([expect.closeTo(8 / 9, 12)]);
    expect(dice('scan', 'label 2')).toEqual([expect.closeTo(8 / 9, 12)]);
    catalog.close();
  });

  it('come to the viewer with their labels, in the geometry of the image', async () => {
    const { ids } = await bench.call('images.ids', {
      filter: { text: 'case_1' },
      order: { by: 'name', descending: false },
    });
    const { masks: both } = await bench.call('images.masks', { id: ids[2]! });
    expect(both.map(({ role, width, height }) => [role, width, height])).toEqual([
      ['predicted', side, side],
      ['reference', side, side],
    ]);
    expect(both.map(({ samples }) => new Set(samples))).toEqual([new Set([0, 2]), new Set([0, 2])]);
  });

  it('take Dice values from a table, all rows or none', async () => {
    const good = put(
      'dice.csv',
      'name,structure,dice\ncase_1.nii.gz,liver,0.5\nb/film.png,liver,0.9\ncase_1.nii.gz #2,liver,0.4\n',
    );
    expect(await bench.call('segmentation.dice', { file: good })).toEqual({ images: 2, scans: 1 });
    expect(await structureOf('liver')).toEqual({ name: 'liver', images: 2, scans: 1 });
    const refused = async (row: string) => {
      const file = put('bad.csv', `name,structure,dice\ncase_1,spleen,0.5\n${row}\n`);
      return inWords(await bench.call('segmentation.dice', { file }).catch((error) => error));
    };
    expect(await refused('other.png,spleen,0.5')).toContain('row 3: the catalog has no such image');
    expect(await refused('film.png,spleen,0.5')).toContain('row 3: several images have this name');
    expect(await refused('case_1 #9,spleen,0.5')).toContain('row 3: the file has no such slice');
    expect(await refused('case_1,spleen,1.5')).toContain('row 3: a Dice coefficient lies between 0 and 1');
    expect(await structureOf('spleen')).toBeUndefined();
  });

  it('list scans by score with their Dice; the score finds those below a limit', async () => {
    const catalog = openCatalog(bench.catalog);
    const { ids } = await bench.call('images.ids', { filter: {}, order: { by: 'name', descending: false } });
    const run = createRun(catalog, { kind: 'project', title: 'x', parameters: {}, provenance: {}, images: ids, at });
    const nameOf = new Map(
      (
        await bench.call('images.page', { filter: {}, order: { by: 'name', descending: false }, offset: 0, limit: 9 })
      ).rows.map(({ id, name }) => [id, name]),
    );
    const values: Record<string, number> = {
      'case_1.nii.gz #1': 1,
      'case_1.nii.gz #2': 3,
      'case_1.nii.gz #3': 2,
      'a/film.png': 9,
      'b/film.png': 5,
    };
    recordResults(
      catalog,
      run,
      Array.from(ids, (image) => ({ image, scores: [{ score: 'MSE full', value: values[nameOf.get(image)!]! }] })),
    );
    refreshScanScores(catalog, run);
    setRunState(catalog, run, 'done', null, at);
    catalog.close();
    const comparison = { score: { run, score: 'MSE full' }, by: 'mean', structure: 'foreground' } as const;
    const { cases } = await bench.call('segmentation.cases', comparison);
    expect(cases.map(({ name, slices, score, dice }) => [name, slices, score, Math.round(dice * 100)])).toEqual([
      ['a/film.png', 1, 9, 67],
      ['case_1.nii.gz', 3, 2, 89],
    ]);
    // The slice that a scan is opened at is its worst one.
    expect(nameOf.get(cases[1]!.image)).toBe('case_1.nii.gz #2');
    const { detection } = await bench.call('segmentation.detection', { ...comparison, below: 0.7 });
    expect(detection).toMatchObject({ auroc: 1, anomalous: 1, normal: 1 });
    expect(await bench.call('segmentation.detection', { ...comparison, below: 0.1 })).toEqual({ detection: null });
  });
});
