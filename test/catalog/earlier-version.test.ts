// A catalog of an earlier version: it opens, its audit log is whole, its scores and maps are there, and the same request resumes its runs.
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { temporaryFolder } from '../cli/residua.ts';
import { Bench, closeBenches } from '../workbench/bench.ts';

const stored = join(import.meta.dirname, '../golden/catalog/before-parameter-sets');
const network = join(import.meta.dirname, '../golden/stylegan2/tiny.pkl');
const order = { by: 'imported', descending: false } as const;

afterEach(closeBenches);

it('made before the parameter set', { timeout: 60_000 }, async () => {
  await using folder = await temporaryFolder();
  const bench = new Bench(join(folder.path, 'catalog'));
  await mkdir(join(bench.catalog, 'score-maps/4'), { recursive: true });
  await mkdir(join(bench.catalog, 'models'));
  await writeFile(join(bench.catalog, 'catalog.sqlite'), gunzipSync(await readFile(join(stored, 'catalog.sqlite.gz'))));
  await copyFile(join(stored, 'audit-heads.txt'), join(bench.catalog, 'audit-heads.txt'));
  await copyFile(join(stored, '1-typicality.npy'), join(bench.catalog, 'score-maps/4/1-typicality.npy'));

  const info = await bench.call('catalog.open', { folder: bench.catalog });
  expect(info.images).toBe(77);
  expect(await bench.call('audit.verify', {})).toMatchObject({ entries: 2, faults: [] });
  const { cohorts } = await bench.call('cohorts.list', {});
  expect(cohorts.map(({ name, images }) => [name, images])).toEqual([
    ['images', 7],
    ['normals', 70],
  ]);
  const rejected = await bench.call('images.ids', { filter: { verdicts: ['reject'] }, order });
  expect([...rejected.ids]).toEqual([1]);

  const { scores } = await bench.call('scores.list', {});
  expect(scores.filter(({ run }) => run === 3)).toHaveLength(6);
  expect(scores.filter(({ run }) => run === 4).map(({ score }) => score)).toContain('feature residual');
  const map = await bench.call('images.map', { id: 1, run: 4, map: 'typicality' });
  expect([map.width, map.height, map.patchSize]).toEqual([4, 4, 8]);

  // The network is the one that was imported, so the same request is the same run, whatever changes the speed only.
  const { models } = await bench.call('models.list', {});
  await copyFile(network, join(bench.catalog, `models/${models[0]!.sha256}.pkl`));
  const images = { filter: { cohort: cohorts[0]!.id, states: ['present' as const] } };
  const projecting = { model: models[0]!.id, normals: cohorts[1]!.id, loss: 'pixel' as const, steps: 3 };
  const again = (more: object) =>
    bench.call('runs.queue', {
      kind: 'project',
      parameters: { images, projecting: { ...projecting, ...more }, scoring: { patchSize: 8 } },
    });
  expect(await again({})).toMatchObject({ id: 3, state: 'done' });
  expect(await again({ batch: 4 })).toMatchObject({ id: 3, state: 'done' });
  // It keeps the settings that it was computed with.
  const { parameters } = await bench.call('runs.detail', { id: 3 });
  expect(parameters).toMatchObject({ projecting: { batch: 1 } });
  const typicality = { images, model: models[0]!.id, normals: cohorts[1]!.id };
  expect(await bench.call('runs.queue', { kind: 'typicality', parameters: typicality })).toMatchObject({
    id: 4,
    state: 'done',
  });
});
