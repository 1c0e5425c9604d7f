// Scores against a second cohort of normals: no image is looked at again, and every number is that of a catalog that kept nothing.
import { readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { launchNode } from '../../src-main/platform/process.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { temporaryFolder, writeGrey } from '../cli/residua.ts';
import { Bench, closeBenches } from '../workbench/bench.ts';

const localiserFile = new URL('../../resources/demo/localiser-64.safetensors', import.meta.url).pathname;
const order = { by: 'name', descending: false } as const;
const long = new Date('2020-01-01T00:00:00Z');

/** Smooth discs of varying size and place with some noise; files of a whole second, so that their time can be set again. */
async function writeImages(folder: string, prefix: string, count: number): Promise<void> {
  const random = randomFrom('kept features').fork(prefix);
  for (let index = 0; index < count; index++) {
    const [x0, y0, radius] = [28 + 8 * random.uniform(), 28 + 8 * random.uniform(), 16 + 6 * random.uniform()];
    const path = join(folder, `${prefix}-${index}.png`);
    await writeGrey(path, 64, 64, (x, y) => {
      const disc = 190 / (1 + Math.exp(Math.hypot(x - x0, y - y0) - radius));
      return Math.min(255, 20 + disc + 12 * random.uniform());
    });
    await utimes(path, long, long);
  }
}

async function prepared(folder: string, name: string) {
  const bench = new Bench(join(folder, name), { launch: launchNode });
  await bench.call('catalog.create', { folder: bench.catalog, name });
  for (const cohort of ['first', 'second', 'archive'])
    await bench.run({ kind: 'import', parameters: { sources: [join(folder, cohort)], cohort } });
  const { id: localiser } = await bench.call('models.import', { file: localiserFile });
  const { cohorts } = await bench.call('cohorts.list', {});
  const cohort = (name: string) => cohorts.find((each) => each.name === name)!.id;
  const imagesOf = (name: string) => ({ filter: { cohort: cohort(name) } });
  const images = imagesOf('archive');
  const request = (normals: string, more: object) => ({
    kind: 'scores' as const,
    parameters: {
      images,
      normals: cohort(normals),
      families: ['localiser', 'features', 'acquisition'],
      localiser,
      settings: { features: { trunkChannels: 20 } },
      ...more,
    },
  });
  /** Every score of every image against a cohort of normals, by name. */
  const score = async (normals: string, more: object = {}) => {
    const run = await bench.run(request(normals, more));
    const { ids } = await bench.call('images.ids', { ...images, order });
    const values: Record<string, number | null> = {};
    for (const id of ids) {
      const { row, scores } = await bench.call('images.detail', { id });
      for (const { name, value } of scores) if (name.run === run.id) values[`${row.name} ${name.score}`] = value;
    }
    return { run, values };
  };
  const space = async (more: object = {}) => (await bench.call('runs.space', request('first', more))).bytes;
  return { bench, score, space, imagesOf };
}

/** Other content of the same size and time: whoever reads it notices. */
async function spoil(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { size } = await stat(path);
    await writeFile(path, new Uint8Array(size));
    await utimes(path, long, long);
  }
}

afterEach(closeBenches);

describe('features that are kept', { timeout: 240_000 }, () => {
  it('serve another cohort of normals without another look, with the numbers of a catalog that kept nothing', async () => {
    await using folder = await temporaryFolder();
    for (const [cohort, count] of [
      ['first', 20],
      ['second', 18],
      ['archive', 5],
    ] as const)
      await writeImages(join(folder.path, cohort), cohort, count);
    const kept = await prepared(folder.path, 'kept');
    const fresh = await prepared(folder.path, 'fresh');
    const expected = (await fresh.score('second', { keepFeatures: false })).values;
    expect(Object.keys(expected)).toHaveLength(5 * 11);
    expect(await readdir(fresh.bench.catalog)).not.toContain('features');
    const first = await kept.score('first');
    // What was told before is enough room, and not much more.
    const names = await readdir(join(kept.bench.catalog, 'features'), { recursive: true });
    const sizes = await Promise.all(names.map((name) => stat(join(kept.bench.catalog, 'features', name))));
    const used = sizes.filter((each) => each.isFile()).reduce((sum, { size }) => sum + size, 0);
    expect(await kept.space()).toBeGreaterThan(used);
    expect(await kept.space()).toBeLessThan(4 * used);
    expect(await kept.space({ keepFeatures: false })).toBeNull();
    // The second cohort is looked at as images of an archive.
    await kept.score('first', { images: kept.imagesOf('second') });
    // From here on whoever reads a file fails.
    for (const cohort of ['first', 'second', 'archive']) await spoil(join(folder.path, cohort));
    const second = await kept.score('second');
    expect(second.run).toMatchObject({ state: 'done', done: 5, skipped: 0 });
    expect(second.values).toEqual(expected);
    expect(second.values).not.toEqual(first.values);
    // A channel choice that nobody has looked with reads the files, and finds that they have changed.
    const unseen = await kept.score('first', { settings: { features: { trunkChannels: 20, trunkSeed: 1 } } });
    expect(unseen.run).toMatchObject({ state: 'failed' });
  });

  it('are never those of another image: a file that changes is skipped until it is imported again, then looked at', async () => {
    await using folder = await temporaryFolder();
    for (const [cohort, count] of [
      ['first', 18],
      ['second', 1],
      ['archive', 3],
    ] as const)
      await writeImages(join(folder.path, cohort), cohort, count);
    const { bench, score: scoreBy } = await prepared(folder.path, 'kept');
    const families = ['features', 'acquisition'];
    const score = (normals: string, more: object = {}) => scoreBy(normals, { families, ...more });
    const before = (await score('first')).values;
    const archive = join(folder.path, 'archive');
    await rm(join(archive, 'archive-1.png'));
    await writeGrey(join(archive, 'archive-0.png'), 64, 64, (x, y) => 120 + 40 * Math.sin(x / 3) * Math.cos(y / 4));
    const changed = await score('first', { settings: { features: { trunkChannels: 10 } } });
    expect(changed.run).toMatchObject({ state: 'done', done: 1, skipped: 2 });
    await bench.run({ kind: 'import', parameters: { sources: [archive], cohort: 'archive' } });
    const after = (await score('first')).values;
    expect(after['archive-2.png sharpness']).toBe(before['archive-2.png sharpness']);
    expect(after['archive-0.png sharpness']).not.toBe(before['archive-0.png sharpness']);
    expect(after['archive-0.png feature PaDiM']).toBeGreaterThan(before['archive-0.png feature PaDiM']! + 1);
  });
});
