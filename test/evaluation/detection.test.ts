// Detection and localisation of a run's scores: groups by filter, patients, annotations brought into model space.
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { createCohort } from '../../src-main/catalog/tables/cohorts.ts';
import { importFiles } from '../../src-main/catalog/tables/files.ts';
import { addAnnotation } from '../../src-main/catalog/tables/marks.ts';
import { addModel } from '../../src-main/catalog/tables/models.ts';
import { createRun, recordResults } from '../../src-main/catalog/tables/runs.ts';
import { cohortsApart, inModelSpace } from '../../src-main/evaluation/detection.ts';
import { temporaryFolder } from '../cli/residua.ts';
import { Bench, closeBenches } from '../workbench/bench.ts';

afterEach(closeBenches);
const at = '2026-01-01T00:00:00.000Z';

/** Six images of 40x20; needles score higher except one; two needles are annotated, one patch of which hits. */
async function scoredCatalog(folder: string) {
  const catalog = openCatalog(folder, { create: true });
  const outcomes = importFiles(
    catalog,
    ['normal', 'normal', 'normal', 'needle', 'needle', 'needle'].map((kind, i) => ({
      ...{ source: '/a', path: `${kind}/${i}.png`, file: `/a/${i}.png`, inside: [], size: i, modified: i },
      images: [{ frame: 0, name: `${i}.png`, width: 40, height: 20, bits: 8, kind, patient: `P${i % 5}` }],
    })),
    at,
  );
  const ids = outcomes.flatMap(({ images }) => images);
  const construction = { resolution: 16, channels: 1, classes: 0, discriminator: true };
  const model = addModel(catalog, {
    ...{ name: 'm', file: 'models/m', sha256: 'm', constructorArguments: construction, provenance: {}, importedAt: at },
    recipe: { intensity: { type: 'as-is' }, fit: 'crop', filter: 'lanczos', channels: 1, resolution: 16 },
  });
  const run = createRun(catalog, {
    kind: 'project',
    title: 'x',
    parameters: {},
    provenance: {},
    model,
    images: ids,
    at,
  });
  const values = [1, 2, 5, 3, 6, 7];
  recordResults(
    catalog,
    run,
    ids.map((image, i) => ({
      image,
      scores: [{ score: 'WD patch', value: values[i]! }],
      patches: [{ score: 'WD patch', patches: [{ x: 0, y: 0, size: 4, value: values[i]! }] }],
    })),
  );
  const annotation = { image: 0, width: 5, height: 5, label: 'needle', reviewer: 'R', at };
  // The crop keeps columns 10 to 29 of 40: this one is at the left edge of what the network saw, that one at the right.
  addAnnotation(catalog, { ...annotation, image: ids[3]!, x: 8, y: 0 });
  addAnnotation(catalog, { ...annotation, image: ids[4]!, x: 24, y: 10 });
  catalog.close();
  const bench = new Bench(folder);
  await bench.call('catalog.open', { folder });
  return { bench, run };
}

it('images of a normal and a compared cohort count as normal, and are counted', async () => {
  await using folder = await temporaryFolder();
  const { run } = await scoredCatalog(folder.path);
  const catalog = openCatalog(folder.path, { create: false });
  const cohort = (name: string, images: readonly number[]) =>
    createCohort(catalog, { name, definition: {}, images, at });
  const [normal, anomalous] = [cohort('normal', [1, 2, 3]), [cohort('a', [3, 4, 5]), cohort('b', [2, 3, 6])]];
  const apart = cohortsApart(catalog, { score: { run, score: 'WD patch' }, normal, anomalous });
  expect(apart).toMatchObject({ shared: 2, normal: { scores: [1, 2, 5] }, anomalous: { scores: [3, 6, 7] } });
  catalog.close();
});

describe('the statistics of detection', { timeout: 120_000 }, () => {
  it('tell AUROC with interval and sensitivity for each group', async () => {
    await using folder = await temporaryFolder();
    const { bench, run } = await scoredCatalog(join(folder.path, 'catalog'));
    const score = { run, score: 'WD patch' };
    const groups = [{ anomalous: { kinds: ['needle'] }, normal: { kinds: ['normal'] } }];
    const { detections } = await bench.call('statistics.detection', { scores: [score], groups });
    const [[detection]] = detections as [[(typeof detections)[0][0]]];
    // 8 of 9 pairs are in order.
    expect(detection).toMatchObject({ auroc: 8 / 9, sensitivity: 2 / 3, anomalous: 3, normal: 3 });
    expect(detection!.lower).toBeLessThan(8 / 9);
    expect(detection!.upper).toBeGreaterThan(8 / 9);
  });

  it('tell whether patches lie on annotated anomalies, in what the network saw', async () => {
    await using folder = await temporaryFolder();
    const { bench, run } = await scoredCatalog(join(folder.path, 'catalog'));
    const score = { run, score: 'WD patch' };
    const { images, summary } = await bench.call('statistics.localisation', { score, filter: {} });
    expect(images).toBe(2);
    expect(summary!.overlap).toMatchObject({ share: 0.5 });
    const none = await bench.call('statistics.localisation', { score, filter: { kinds: ['normal'] } });
    expect(none).toEqual({ images: 0, summary: null });
  });

  it('bring rectangles into model space as the recipe brings images there', () => {
    const rectangle = { x: 10, y: 4, width: 8, height: 2 };
    const image = { width: 32, height: 16 };
    const to = (fit: 'crop' | 'pad' | 'squash') => inModelSpace(rectangle, image, { fit, resolution: 16 });
    expect(to('crop')).toEqual({ x: 2, y: 4, width: 8, height: 2 });
    expect(to('pad')).toEqual({ x: 5, y: 6, width: 4, height: 1 });
    expect(to('squash')).toEqual({ x: 5, y: 4, width: 4, height: 2 });
  });
});
