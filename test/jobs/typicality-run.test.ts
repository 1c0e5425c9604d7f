// A typicality run with a tiny network: odd images score higher than normals, values do not depend on their company.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readNpy } from '../../src-main/archive/numpy-file.ts';
import { launchNode } from '../../src-main/platform/process.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { residua, temporaryFolder, writeGrey } from '../cli/residua.ts';
import { Bench, closeBenches } from '../workbench/bench.ts';

const network = new URL('../golden/stylegan2/tiny.pkl', import.meta.url).pathname;
const order = { by: 'name', descending: false } as const;

/** Smooth discs of varying size and place; the odd ones are stripes. */
async function writeImages(folder: string, prefix: string, count: number, odd: boolean): Promise<void> {
  const random = randomFrom('typicality').fork(prefix);
  for (let index = 0; index < count; index++) {
    const [x0, y0, radius] = [14 + 4 * random.uniform(), 14 + 4 * random.uniform(), 8 + 3 * random.uniform()];
    await writeGrey(join(folder, `${prefix}-${index}.png`), 32, 32, (x, y) =>
      odd ? 255 * (Math.floor(x / 2) % 2) : 220 / (1 + Math.exp(Math.hypot(x - x0, y - y0) - radius)),
    );
  }
}

async function prepared(folder: string, normals: number) {
  await writeImages(join(folder, 'normals'), 'normal', normals, false);
  await writeImages(join(folder, 'archive'), 'usual', 3, false);
  await writeImages(join(folder, 'archive'), 'odd', 2, true);
  const bench = new Bench(join(folder, 'catalog'), { launch: launchNode });
  await bench.call('catalog.create', { folder: bench.catalog, name: 'test' });
  for (const cohort of ['normals', 'archive']) {
    await bench.run({ kind: 'import', parameters: { sources: [join(folder, cohort)], cohort } });
  }
  const { id: model } = await bench.call('models.import', { file: network });
  const { cohorts } = await bench.call('cohorts.list', {});
  const cohort = (name: string) => cohorts.find((each) => each.name === name)!.id;
  const start = (images: object, components = 8) =>
    bench.run({
      kind: 'typicality',
      parameters: { images: images as { filter: object }, model, normals: cohort('normals'), components },
    });
  return { bench, archive: { filter: { cohort: cohort('archive') } }, start };
}

afterEach(closeBenches);

describe('a typicality run', { timeout: 120_000 }, () => {
  it('scores what differs from the normals higher, with a map of where', async () => {
    await using folder = await temporaryFolder();
    const { bench, archive, start } = await prepared(folder.path, 24);
    const run = await start(archive);
    expect(run).toMatchObject({ state: 'done', done: 5, skipped: 0 });
    const { scores, provenance } = await bench.call('runs.detail', { id: run.id });
    expect(provenance).toMatchObject({ normals: 24 });
    expect(scores.map(({ score }) => score)).toEqual([
      'feature Mahalanobis',
      'feature neighbours',
      'feature residual',
      'logit',
    ]);
    const { ids } = await bench.call('images.ids', { filter: archive.filter, order });
    const values = async (id: number) => {
      const detail = await bench.call('images.detail', { id });
      return new Map(detail.scores.map(({ name, value }) => [name.score, value!]));
    };
    const [odd, odd2, ...usual] = await Promise.all(Array.from(ids, values));
    for (const score of ['feature Mahalanobis', 'feature neighbours', 'feature residual']) {
      for (const normal of usual) {
        expect(odd!.get(score)).toBeGreaterThan(3 * normal.get(score)!);
        expect(odd2!.get(score)).toBe(odd!.get(score));
      }
    }
    const map = await readNpy(join(bench.catalog, `score-maps/${run.id}/${ids[0]}-typicality.npy`));
    expect(map.shape).toEqual([4, 4]);
    expect(Math.hypot(...map.data)).toBeCloseTo(odd!.get('feature residual')!, 2);

    const { patches } = await bench.call('images.detail', { id: ids[0]! });
    const [highest] = patches;
    expect(patches).toHaveLength(3);
    expect(highest!.rectangle).toMatchObject({ width: 8, height: 8 });
    const [column, row] = [highest!.rectangle.x / 8, highest!.rectangle.y / 8];
    expect(map.data[4 * row + column]).toBe(Math.max(...map.data));

    const alone = await start({ ids: Uint32Array.of(ids[2]!) }, 7);
    const again = await start({ ids: Uint32Array.of(ids[2]!) });
    expect(alone.id).not.toBe(run.id);
    expect(again.id).not.toBe(alone.id);
    const { scores: stored } = await bench.call('images.detail', { id: ids[2]! });
    const residuals = stored.filter(({ name }) => name.score === 'feature residual' && name.run !== alone.id);
    expect(new Set(residuals.map(({ value }) => value)).size).toBe(1);
  });

  it('fails in words when a bit of the network has changed since its import', async () => {
    await using folder = await temporaryFolder();
    const { bench, archive, start } = await prepared(folder.path, 6);
    const [kept] = await readdir(join(bench.catalog, 'models'));
    const file = join(bench.catalog, 'models', kept!);
    const bytes = await readFile(file);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(file, bytes);
    expect(await start(archive)).toMatchObject({
      state: 'failed',
      reason: `${file}: is damaged: it is not the network that was imported`,
    });
  });

  it('fails in words with fewer normals than components', async () => {
    await using folder = await temporaryFolder();
    const { archive, start } = await prepared(folder.path, 6);
    expect(await start(archive)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('typicality is measured against at least 9 normals; there are 6'),
    });
  });
});

describe('residua run --scores fast', { timeout: 120_000 }, () => {
  it('ranks by typicality alone, with the normals of a folder', async () => {
    await using folder = await temporaryFolder();
    await writeImages(join(folder.path, 'normals'), 'normal', 70, false);
    await writeImages(join(folder.path, 'archive'), 'usual', 3, false);
    await writeImages(join(folder.path, 'archive'), 'odd', 2, true);
    const catalog = join(folder.path, 'catalog');
    const [archive, normals] = [join(folder.path, 'archive'), join(folder.path, 'normals')];
    const run = (...words: string[]) => residua(['run', archive, '--network', network, '--catalog', catalog, ...words]);
    const without = await run('--scores', 'fast');
    expect(without.code).toBe(2);
    expect(without.stderr).toContain('need --normals');
    const { code, stdout } = await run('--scores', 'fast', '--normals', normals);
    expect(code).toBe(0);
    expect(stdout).toMatch(/rank\s+feature residual/);
    expect(stdout.split('\n').find((line) => line.startsWith('   1'))).toContain('odd');
  });
});
