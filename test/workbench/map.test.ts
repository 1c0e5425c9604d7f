// The map of an archive and images that are alike: made of features, kept, extended, coloured, searched, and used as a filter.
import { afterEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { writeFeatures } from '../../src-main/catalog/tables/features.ts';
import { importFiles } from '../../src-main/catalog/tables/files.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { noon, sampleFile, temporaryFolder } from '../catalog/sample-catalog.ts';
import { Bench, closeBenches } from './bench.ts';

afterEach(closeBenches);

const network = 'features mobilenet';
/** Images 1 to 90 in three groups by their features: number modulo 3 says which. */
const features = (image: number) => {
  const vector = randomFrom(image).gaussians(12);
  vector[image % 3]! += 10;
  return vector;
};

async function opened(images: number, featured = images): Promise<Bench> {
  const folder = temporaryFolder();
  const catalog = openCatalog(folder, { create: true });
  const files = Array.from({ length: images }, (_, index) =>
    sampleFile(index + 1, { kind: `group ${(index + 1) % 3}`, patient: `P${(index + 1) % 5}` }),
  );
  importFiles(catalog, files, noon);
  for (let image = 1; image <= featured; image++) writeFeatures(catalog, image, network, features(image));
  catalog.close();
  const bench = new Bench(folder);
  await bench.call('catalog.open', { folder });
  return bench;
}
const addFeatures = (bench: Bench, from: number, to: number) => {
  const catalog = openCatalog(bench.catalog, { create: false });
  for (let image = from; image <= to; image++) writeFeatures(catalog, image, network, features(image));
  catalog.close();
};

describe('the map of an archive', { timeout: 60_000 }, () => {
  it('is made, kept, and takes new images without moving the others', async () => {
    const bench = await opened(90, 80);
    expect(await bench.call('map.points', {})).toMatchObject({ layout: null, unplaced: 80, featureless: 10 });
    expect(await bench.run({ kind: 'map', parameters: {} })).toMatchObject({
      state: 'done',
      summary: '80 images laid out',
    });
    const before = await bench.call('map.points', {});
    expect(before).toMatchObject({ layout: { network }, unplaced: 0, featureless: 10 });
    expect([...before.ids]).toEqual(Array.from({ length: 80 }, (_, index) => index + 1));

    addFeatures(bench, 81, 90);
    expect(await bench.call('map.points', {})).toMatchObject({ unplaced: 10, featureless: 0 });
    expect(await bench.run({ kind: 'map', parameters: {} })).toMatchObject({
      state: 'done',
      summary: '10 images placed',
    });
    const after = await bench.call('map.points', {});
    expect(after.layout).toEqual(before.layout);
    expect(after.points.subarray(0, 160)).toEqual(before.points);
    // A new image lies nearest to one of its own group.
    for (let at = 80; at < 90; at++) {
      const apart = (other: number) =>
        (after.points[2 * at]! - after.points[2 * other]!) ** 2 +
        (after.points[2 * at + 1]! - after.points[2 * other + 1]!) ** 2;
      const nearest = [...before.ids.keys()].sort((a, b) => apart(a) - apart(b))[0]!;
      expect(after.ids[nearest]! % 3).toBe(after.ids[at]! % 3);
    }
    expect(await bench.run({ kind: 'map', parameters: { fresh: true, seed: 0 } })).toMatchObject({ state: 'done' });
    expect((await bench.call('map.points', {})).layout!.id).not.toBe(before.layout!.id);
  });

  it('is the same for the same seed', async () => {
    const points = async (seed: number) => {
      const bench = await opened(60);
      await bench.run({ kind: 'map', parameters: { seed } });
      return (await bench.call('map.points', {})).points;
    };
    const [first, again, other] = [await points(3), await points(3), await points(4)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('is coloured by a fact or a score, and a region of it is a filter', async () => {
    const bench = await opened(90);
    await bench.run({ kind: 'map', parameters: {} });
    const { layout, ids, points } = await bench.call('map.points', {});
    const colours = await bench.call('map.colours', { layout: layout!.id, colouring: { by: 'kind' } });
    expect(colours).toMatchObject({ names: ['group 0', 'group 1', 'group 2'], distinct: 3 });
    if (!('categories' in colours)) throw new Error('kinds are categories');
    expect([...colours.categories].slice(0, 4)).toEqual([1, 2, 0, 1]);
    const patients = await bench.call('map.colours', { layout: layout!.id, colouring: { by: 'patient' } });
    expect(patients).toMatchObject({ names: ['patient 1', 'patient 2', 'patient 3', 'patient 4', 'patient 5'] });

    // A square around the points of one group.
    const own = [...ids.keys()].filter((at) => ids[at]! % 3 === 1);
    const [xs, ys] = [own.map((at) => points[2 * at]!), own.map((at) => points[2 * at + 1]!)];
    const [left, right, low, high] = [
      Math.min(...xs) - 0.01,
      Math.max(...xs) + 0.01,
      Math.min(...ys) - 0.01,
      Math.max(...ys) + 0.01,
    ];
    const polygon: [number, number][] = [
      [left, low],
      [right, low],
      [right, high],
      [left, high],
    ];
    const region = { layout: layout!.id, polygon };
    const list = await bench.call('images.ids', { filter: { region }, order: { by: 'imported', descending: false } });
    expect([...list.ids]).toEqual(own.map((at) => ids[at]!));
    expect(await bench.call('images.count', { filter: { region, kinds: ['group 2'] } })).toEqual({ images: 0 });
    const gone = { ...region, layout: layout!.id + 1 };
    expect(await bench.call('images.count', { filter: { region: gone } })).toEqual({ images: 0 });
  });

  it('finds similar images, within a cohort, and for one that is not on it', async () => {
    const bench = await opened(91, 90);
    const { similar: none } = await bench.call('map.similar', { id: 5, count: 10 });
    expect(none).toBe(null);
    await bench.run({ kind: 'map', parameters: {} });
    const { similar } = await bench.call('map.similar', { id: 5, count: 10 });
    expect(similar).toHaveLength(10);
    expect(similar!.every(({ id }) => id % 3 === 2 && id !== 5)).toBe(true);
    expect(similar!.map(({ distance }) => distance)).toEqual(
      similar!.map(({ distance }) => distance).toSorted((a, b) => a - b),
    );
    const cohort = await bench.call('cohorts.create', { name: 'few', images: { ids: Uint32Array.of(1, 2, 3, 8) } });
    const within = await bench.call('map.similar', { id: 5, count: 2, filter: { cohort: cohort.id } });
    expect(within.similar!.map(({ id }) => id % 3)).toEqual([2, 2]);
    expect((await bench.call('map.similar', { id: 91, count: 2 })).similar).toBe(null);
    addFeatures(bench, 91, 91);
    expect((await bench.call('map.similar', { id: 91, count: 3 })).similar!.every(({ id }) => id % 3 === 1)).toBe(true);
    const filter = { similar: { image: 5, count: 10 } };
    expect(await bench.call('images.count', { filter })).toEqual({ images: 11 });
  });

  it('is refused without features, and with too few', async () => {
    const bench = await opened(4, 0);
    await expect(bench.call('runs.queue', { kind: 'map', parameters: {} })).rejects.toMatchObject({ kind: 'missing' });
    addFeatures(bench, 1, 2);
    expect(await bench.run({ kind: 'map', parameters: {} })).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('3 images'),
    });
  });
});
