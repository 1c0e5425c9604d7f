// Benchmark: pages, sorts and filters of a catalog of 112,120 images (the size of ChestX-ray14) with seven scores each.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Catalog, openCatalog } from '../../src-main/catalog/catalog.ts';
import { createCohort } from '../../src-main/catalog/tables/cohorts.ts';
import { importFiles } from '../../src-main/catalog/tables/files.ts';
import type { ImageFilter } from '../../src-main/catalog/tables/image-filter.ts';
import { imageIds, pageImages } from '../../src-main/catalog/tables/pages.ts';
import { createRun, recordResults } from '../../src-main/catalog/tables/runs.ts';
import { scoreHistogram } from '../../src-main/catalog/tables/scores.ts';

import type { Measure } from './measure.ts';

const images = 112_120;
const scores = ['MSE full', 'MSE body', 'MSE patch', 'WD full', 'WD body', 'WD patch', 'logit full'];
const kinds = ['normal', 'pneumonia', 'nodule', 'effusion'];
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
  const ids = Array.from({ length: images }, (_, index) => index + 1);
  for (const batch of batches(ids)) importFiles(catalog, batch.map(syntheticFile), at);
  const runId = createRun(catalog, { kind: 'score', title: 'bench', parameters: {}, provenance: {}, images: ids, at });
  for (const batch of batches(ids)) {
    recordResults(
      catalog,
      runId,
      batch.map((image) => ({
        image,
        scores: scores.map((score, index) => ({ score, value: hashed(image * scores.length + index) })),
      })),
    );
  }
  const half = ids.filter((id) => hashed(id) < 0.5);
  const cohort = createCohort(catalog, { name: 'half', definition: {}, images: half, at });
  const rare = createCohort(catalog, { name: 'rare', definition: {}, images: half.slice(0, 50), at });
  return { runId, cohort, rare };
}

function syntheticFile(id: number) {
  const name = `${String(id).padStart(8, '0')}_000.png`;
  return {
    source: '/archive',
    path: `images/${name}`,
    file: `/archive/images/${name}`,
    inside: [],
    size: id,
    modified: id,
    format: 'PNG',
    sha256: id.toString(16).padStart(64, '0'),
    images: [
      {
        ...{ frame: 0, name, width: 1024, height: 1024, bits: 8, modality: 'DX', bodyPart: 'CHEST' },
        ...{ view: id % 3 === 0 ? 'AP' : 'PA', kind: kinds[id % kinds.length]!, patient: `P${id % 30_805}` },
      },
    ],
  };
}

/** A number in 0..1 that looks random and is the same every time (Weyl sequence). */
function hashed(n: number): number {
  return (n * 0.618_033_988_749_895) % 1;
}

function batches(ids: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(ids.length / 1000) }, (_, batch) =>
    ids.slice(batch * 1000, (batch + 1) * 1000),
  );
}
