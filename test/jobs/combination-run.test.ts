// A combination run: values equal to the statistics, images that lack a score skipped, the keep-set as a cohort.
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { createCohort } from '../../src-main/catalog/tables/cohorts.ts';
import { importFiles } from '../../src-main/catalog/tables/files.ts';
import { createRun, recordResults } from '../../src-main/catalog/tables/runs.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { combineScores, fitCombination } from '../../src-main/statistics/conformal.ts';
import { residua, temporaryFolder } from '../cli/residua.ts';
import { Bench, closeBenches } from '../workbench/bench.ts';

afterEach(closeBenches);
const at = '2026-01-01T00:00:00.000Z';
const [normals, tested, odd] = [60, 10, 3];

/** Two scores of 60 validation normals and 10 images, the last three of which are odd in both; one image lacks the second. */
function fill(folder: string) {
  const catalog = openCatalog(folder, { create: true });
  const count = normals + tested + 1;
  const outcomes = importFiles(
    catalog,
    Array.from({ length: count }, (_, i) => ({
      ...{ source: '/a', path: `${i}.png`, file: `/a/${i}.png`, inside: [], size: i, modified: i },
      images: [{ frame: 0, name: `${i}.png`, width: 8, height: 8, bits: 8, kind: i < normals ? 'normal' : 'tested' }],
    })),
    at,
  );
  const images = outcomes.flatMap((outcome) => outcome.images);
  const random = randomFrom('combination');
  const values = images.map((_, i) => {
    const shift = i >= normals + tested - odd && i < normals + tested ? 6 : 0;
    return [shift + random.gaussian(), shift + random.gaussian()] as const;
  });
  const runOf = (score: string, place: 0 | 1, members: readonly number[]) => {
    const order = { title: score, parameters: {}, provenance: {}, images: members, at };
    const run = createRun(catalog, { kind: 'score', ...order });
    recordResults(
      catalog,
      run,
      members.map((image) => ({ image, scores: [{ score, value: values[images.indexOf(image)]![place] }] })),
    );
    return { run, score };
  };
  const scores = [runOf('one', 0, images), runOf('two', 1, images.slice(0, -1))];
  const validation = createCohort(catalog, {
    ...{ name: 'held-out', definition: {}, at },
    images: images.slice(0, normals),
  });
  catalog.close();
  return { scores, validation, images, values };
}

describe('a combination run', { timeout: 120_000 }, () => {
  it('stores what the statistics say, and skips images that lack a score', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'catalog');
    const { scores, validation, images, values } = fill(path);
    const bench = new Bench(path);
    await bench.call('catalog.open', { folder: path });
    const run = await bench.run({ kind: 'combination', parameters: { images: { filter: {} }, scores, validation } });
    expect(run).toMatchObject({ state: 'done', done: normals + tested, skipped: 1 });
    const fitted = fitCombination([0, 1].map((place) => values.slice(0, normals).map((pair) => pair[place]!)));
    for (const i of [0, normals, normals + tested - 1]) {
      const { scores: stored } = await bench.call('images.detail', { id: images[i]! });
      const expected = combineScores(fitted, values[i]!);
      const found = new Map(stored.map(({ name, value }) => [name.score, value]));
      expect([found.get('combined'), found.get('conformal p')]).toEqual([expected.score, expected.p]);
    }
    const few = await bench.call('cohorts.create', {
      name: 'few',
      images: { ids: Uint32Array.from(images.slice(0, 9)) },
    });
    const refused = await bench.run({
      kind: 'combination',
      parameters: { images: { filter: {} }, scores, validation: few.id },
    });
    expect(refused).toMatchObject({ state: 'failed', reason: expect.stringContaining('at least 10 are needed') });
  });

  it('keeps what is not flagged at a false discovery rate, from the command line', async () => {
    await using folder = await temporaryFolder();
    const catalog = join(folder.path, 'catalog');
    fill(catalog);
    const words = ['combine', '--score', 'one', '--score', 'TWO', '--validation', 'held-out', '--catalog', catalog];
    const { code, stdout } = await residua([...words, '--fdr', '0.1', '--keep', 'kept']);
    expect(code).toBe(0);
    expect(stdout).toContain('3 of 10 images flagged at a false discovery rate of 0.1');
    expect(stdout).toContain('cohort kept: 7 images');
    expect((await residua([...words, '--score', 'three'])).code).toBe(1);
    expect((await residua([...words, '--fdr', '2'])).code).toBe(2);
  });
});
