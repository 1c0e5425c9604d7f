// Runs in tasks of this machine give exactly what a run in one engine gives, also when they are stopped on the way.
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { launchNode } from '../../src-main/platform/process.ts';
import { residua, temporaryFolder } from '../cli/residua.ts';
import { Bench, closeBenches } from '../workbench/bench.ts';

const tinyNetwork = fileURLToPath(new URL('../golden/stylegan2/tiny.pkl', import.meta.url));
const inTasks = { cluster: 'local', clusterSettings: ['tasksAtOnce=1', 'pollSeconds=0.2'] } as const;

afterEach(closeBenches);

async function residuaOk(...words: string[]): Promise<void> {
  const { code, stderr } = await residua(words);
  if (code !== 0) throw new Error(stderr);
}

/** Images in `folder/archive` and `folder/normals`. */
async function drawn(folder: string): Promise<void> {
  for (const [name, count, seed] of [
    ['archive', '8', '0'],
    ['normals', '24', '5'],
  ] as const) {
    const size = ['--size', '32', '--normals', count, '--per-kind', '0', '--seed', seed];
    await residuaOk('phantoms', '--outdir', join(folder, name), ...size);
  }
}

/** A catalog of these images: the same images have the same numbers in each. */
async function prepared(folder: string, name: string) {
  const bench = new Bench(join(folder, name), { launch: launchNode });
  await bench.call('catalog.create', { folder: bench.catalog, name: 'test' });
  for (const cohort of ['archive', 'normals']) {
    const sources = [join(folder, cohort, 'images')];
    await bench.run({ kind: 'import', parameters: { sources, cohort } });
  }
  const { cohorts } = await bench.call('cohorts.list', {});
  const id = (cohort: string) => cohorts.find((each) => each.name === cohort)!.id;
  const { ids } = await bench.call('images.ids', {
    filter: { cohort: id('archive') },
    order: { by: 'imported', descending: false },
  });
  return { bench, normals: id('normals'), ids };
}

/** Everything that a run has stored, but for its number and where its files are. */
async function resultsOf(folder: string, run: number) {
  const catalog = openCatalog(folder);
  try {
    const rows = (table: string, columns: string) =>
      catalog.all(`SELECT ${columns} FROM ${table} WHERE run = @run ORDER BY ${columns}`, { run });
    return {
      scores: rows('scores', 'image, score, value, reason'),
      patches: rows('patches', 'image, score, rank, x, y, size, value'),
      reasons: rows('reasons', 'image, reason, place'),
      files: rows('run_files', 'image, role'),
      features: catalog.all('SELECT image, network, hex(vector) AS vector FROM features ORDER BY image, network', {}),
      items: rows('run_items', 'image, state, reason'),
    };
  } finally {
    catalog.close();
  }
}

type Where = typeof inTasks | Record<never, never>;

describe('a run in tasks', { timeout: 180_000 }, () => {
  it('of one-pass scores stores the same, bit by bit', async () => {
    await using folder = await temporaryFolder();
    await drawn(folder.path);
    const results = async (name: string, where: Where) => {
      const { bench, normals, ids } = await prepared(folder.path, name);
      const parameters = { images: { ids }, normals, families: ['features', 'acquisition'], ...where };
      const run = await bench.run({ kind: 'scores', parameters });
      expect(run).toMatchObject({ state: 'done', done: 8, skipped: 0 });
      const map = await bench.call('images.map', { run: run.id, id: ids[0]!, map: 'features' });
      return { bench, run, map, ...(await resultsOf(bench.catalog, run.id)) };
    };
    const { bench: _, run: __, ...here } = await results('here', {});
    const { bench, run, ...tasks } = await results('tasks', inTasks);
    expect(here.scores.length).toBeGreaterThan(8 * 5);
    expect(here.features.length).toBeGreaterThan(0);
    expect(tasks).toEqual(here);
    const { provenance } = await bench.call('runs.detail', { id: run.id });
    const { cluster } = provenance as { cluster: { scheduler: string; processors: Record<string, number> } };
    expect(cluster.scheduler).toBe('local');
    expect(Object.values(cluster.processors)).toEqual([8]);
    const { tasks: listed } = await bench.call('runs.tasks', { id: run.id, lines: 5 });
    expect(listed).toMatchObject([{ share: '00001', state: 'done', done: 8, lines: ['share done'] }]);
  });

  it('of reconstructions stores the same; an image that is gone is skipped with the same reason', async () => {
    await using folder = await temporaryFolder();
    await drawn(folder.path);
    const results = async (name: string, where: Where) => {
      const { bench, ids } = await prepared(folder.path, name);
      const model = await bench.call('models.import', { file: tinyNetwork });
      await rename(join(folder.path, 'archive/images/normal/0000.png'), join(folder.path, 'away.png'));
      const scoring = { distances: ['MSE', 'WD'], regions: ['full', 'patch'], patchSize: 8 } as const;
      const projecting = { model: model.id, steps: 2, loss: 'pixel', batch: 2 } as const;
      const parameters = { images: { ids }, projecting, scoring, ...where };
      const run = await bench.run({ kind: 'project', parameters });
      await rename(join(folder.path, 'away.png'), join(folder.path, 'archive/images/normal/0000.png'));
      expect(run).toMatchObject({ state: 'done', done: 7, skipped: 1 });
      const { reconstruction } = await bench.call('images.reconstruction', { run: run.id, id: ids[1]! });
      return { reconstruction, ...(await resultsOf(bench.catalog, run.id)) };
    };
    const here = await results('here', {});
    expect(here.files).toHaveLength(7 * 4);
    expect(await results('tasks', inTasks)).toEqual(here);
  });

  it('that is interrupted is found again by the next start, and stores every image once', async () => {
    await using folder = await temporaryFolder();
    await drawn(folder.path);
    const { bench, ids } = await prepared(folder.path, 'catalog');
    const model = await bench.call('models.import', { file: tinyNetwork });
    const parameters = {
      images: { ids },
      projecting: { model: model.id, steps: 200, loss: 'pixel' },
      scoring: null,
      ...inTasks,
      clusterSettings: [...inTasks.clusterSettings, 'shardSeconds=1'],
    } as const;
    const { id } = await bench.call('runs.queue', { kind: 'project', parameters });
    const some = Promise.withResolvers<void>();
    bench.onEvent((event) => event === 'catalog.changed' && some.resolve());
    await Promise.race([some.promise, bench.over(id)]);
    await bench.close();
    const again = new Bench(join(folder.path, 'catalog'), { launch: launchNode, resume: true });
    const over = again.over(id);
    await again.call('catalog.open', { folder: again.catalog });
    expect(await over).toMatchObject({ state: 'done', done: 8, skipped: 0 });
    const { items, files } = await resultsOf(again.catalog, id);
    expect(items).toHaveLength(8);
    expect(files).toHaveLength(16);
  });
});
