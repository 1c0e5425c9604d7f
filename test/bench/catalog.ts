// Benchmark: pages, sorts and filters of a catalog of 112,120 images (the size of ChestX-ray14) with seven scores each.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Catalog, openCatalog } from '../../src-main/catalog/catalog.ts';
import { createCohort } from '../../src-main/catalog/tables/cohorts.ts';
import type { ImageFilter } from '../../src-main/catalog/tables/image-filter.ts';
import { imageIds, pageImages } from '../../src-main/catalog/tables/pages.ts';
import { scoreHistogram } from '../../src-main/catalog/tables/scores.ts';
import { fillLargeArchive, hashed, largeArchive as images } from './large-archive.ts';
import type { Measure } from './measure.ts';

const scores = ['MSE full', 'MSE body', 'MSE patch', 'WD full', 'WD body', 'WD patch', 'logit full'];
const at = '2026-01-01T00:00:00.000Z';

/** Fills a catalog and measures: the median of nine pages each, in milliseconds. */
export async function run(): Promise<readonly Measure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'residua-bench-'));
  const catalog = openCatalog(folder, { create: true });
  try {
    const began = performance.now();
    const { runId, cohort, rare } = fill(catalog);
    const filled = (performance.now() - began) / 1000;
    const page =
      (score: string, filter: ImageFilter, offset: number, descending = true) =>
      () =>
        pageImages(catalog, { filter, order: { by: { run: runId, score }, descending }, offset, limit: 200 });
    const deepest = Math.max(...scores.map((score) => median(page(score, {}, images - 200))));
    const sorted = Math.max(
      ...scores.flatMap((score) => [true, false].map((down) => median(page(score, {}, 0, down)))),
    );
    const milliseconds: readonly (readonly [string, number, number])[] = [
      ['first page of 200, slowest of any score', sorted, 10],
      ['last page of 200, slowest of any score', deepest, 50],
      [
        'page 50 of 200 within half of the images',
        median(page('WD patch', { kinds: ['normal', 'nodule'] }, 10_000)),
        50,
      ],
      ['first page of a cohort of half of the images', median(page('MSE full', { cohort }, 0)), 10],
      ['first page of a cohort of 50', median(page('MSE full', { cohort: rare }, 0)), 10],
      ['first page of a text that is rare', median(page('MSE full', { text: '00112' }, 0)), 250],
      [
        'all ids by a score',
        median(() => imageIds(catalog, {}, { by: { run: runId, score: 'WD body' }, descending: true })),
        100,
      ],
      [
        'histogram of two cohorts',
        median(() => scoreHistogram(catalog, { run: runId, score: 'WD full' }, [cohort, rare], 60)),
        150,
      ],
    ];
    return [
      {
        name: `catalog: ${images} images and ${images * scores.length} scores written`,
        value: filled,
        unit: 's',
        target: 60,
      },
      ...milliseconds.map(([name, value, target]) => ({ name: `catalog: ${name}`, value, unit: 'ms', target })),
    ];
  } finally {
    catalog.close();
    await rm(folder, { recursive: true });
  }
}

function median(work: () => unknown): number {
  const times = Array.from({ length: 9 }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return times.toSorted((a, b) => a - b)[4]!;
}

function fill(catalog: Catalog): { readonly runId: number; readonly cohort: number; readonly rare: number } {
  const { runId, ids } = fillLargeArchive(catalog, scores);
  const half = ids.filter((id) => hashed(id) < 0.5);
  const cohort = createCohort(catalog, { name: 'half', definition: {}, images: half, at });
  const rare = createCohort(catalog, { name: 'rare', definition: {}, images: half.slice(0, 50), at });
  return { runId, cohort, rare };
}
