// A small catalog of phantoms for tests and pictures of the window: imported by the program, scored by its own code.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { createCohort } from '../../src-main/catalog/tables/cohorts.ts';
import { addModel } from '../../src-main/catalog/tables/models.ts';
import { imageIds, pageImages } from '../../src-main/catalog/tables/pages.ts';
import { createRun, recordResults, setRunState } from '../../src-main/catalog/tables/runs.ts';
import { type AnomalyKind, anomalyKinds } from '../../src-main/phantom/anomaly.ts';
import { phantom, phantomGrey } from '../../src-main/phantom/phantom.ts';
import type { GreyImage } from '../../src-main/platform/grey-image.ts';
import { scoreImage } from '../../src-main/scoring/score-image.ts';
import { startWorkbench } from '../../src-main/workbench/client.ts';
import { nodeLauncher } from '../../src-main/workbench/engine.ts';
import { scoresForCatalog } from '../../src-main/workbench/image-results.ts';

const seed = 7;
const at = '2026-01-01T12:00:00.000Z';

/**
 * Makes a catalog in `folder` with `count` normal and `count` abnormal phantoms of `size` pixels (a power of two). The
 * reconstruction of each is its own slice without the anomaly, a little smoothed: no network draws so well, so scores of this
 * archive say nothing about the method, and its run and catalog are named as simulated.
 */
export async function makeSampleArchive(folder: string, count: number, size: number): Promise<void> {
  const source = join(folder, 'archive');
  const normals = Array.from({ length: count }, (_, index) =>
    phantomGrey(phantom({ protocol: 'liver', seed, index, size })),
  );
  for (const [index, normal] of normals.entries()) {
    const kind = anomalyKinds[index % anomalyKinds.length]!;
    await writeImage(join(source, 'normal'), index, normal);
    await writeImage(
      join(source, kind),
      index,
      phantomGrey(phantom({ protocol: 'liver', seed, index, size, anomaly: kind })),
    );
  }
  await importAll(join(folder, 'catalog'), source);
  await scoreAll(join(folder, 'catalog'), normals.map(smoothed), size);
}

async function writeImage(folder: string, index: number, { width, height, data }: GreyImage): Promise<void> {
  await mkdir(folder, { recursive: true });
  const name = `${folder.split('/').at(-1)}-${String(index).padStart(3, '0')}.png`;
  await writeFile(join(folder, name), await encodePng(width, height, 1, data));
}

async function importAll(folder: string, source: string): Promise<void> {
  await using workbench = startWorkbench(nodeLauncher, { resume: false });
  await workbench.call('catalog.create', { folder, name: 'phantoms, simulated scores' });
  const done = Promise.withResolvers<void>();
  workbench.on('run.changed', (run) => {
    if (run.state === 'done') done.resolve();
    if (run.state === 'failed') done.reject(new Error(run.reason ?? 'failed'));
  });
  workbench.onDeath((reason) => done.reject(new Error(`the workbench ended: ${reason}`)));
  await workbench.call('runs.queue', { kind: 'import', parameters: { sources: [source], cohort: 'phantoms' } });
  await done.promise;
}

async function scoreAll(folder: string, reconstructions: readonly GreyImage[], size: number): Promise<void> {
  const catalog = openCatalog(folder);
  const ids = imageIds(catalog, {}, { by: 'imported', descending: false });
  const model = addModel(catalog, {
    name: 'no network: simulated',
    file: 'models/none.safetensors',
    sha256: '0'.repeat(64),
    constructorArguments: { resolution: size, channels: 1, classes: 0, discriminator: true },
    recipe: null,
    provenance: {},
    importedAt: at,
  });
  const scoring = {
    distances: ['MSE', 'WD'],
    regions: ['full', 'body', 'patch'],
    patchSize: 32,
    patchCount: 5,
  } as const;
  const run = createRun(catalog, {
    kind: 'project',
    title: `SIMULATED reconstructions of ${ids.length} phantoms (no network was run)`,
    parameters: {
      projecting: {
        model,
        normals: null,
        loss: null,
        space: 'w',
        steps: 1000,
        seed: 303,
        batch: 1,
        renderNoise: 'stored',
        device: 'cpu',
      },
      scoring: { ...scoring, keepMaps: false, published: false },
    },
    provenance: {},
    model,
    images: ids,
    at,
  });
  await mkdir(catalog.path('reconstructions'), { recursive: true });
  const rows = pageImages(catalog, {
    filter: {},
    order: { by: 'imported', descending: false },
    offset: 0,
    limit: ids.length,
  });
  for (const { id, name, kind } of rows) {
    const index = Number(/(\d+)\.png$/.exec(name)![1]);
    const reconstruction = reconstructions[index]!;
    const anomaly = kind === 'normal' ? {} : { anomaly: kind as AnomalyKind };
    const original = phantomGrey(phantom({ protocol: 'liver', seed, index, size, ...anomaly }));
    const path = `reconstructions/${id}.png`;
    await writeFile(catalog.path(path), await encodePng(size, size, 1, reconstruction.data));
    const scores = scoresForCatalog(scoreImage(original, reconstruction, scoring));
    recordResults(catalog, run, [{ image: id, files: [{ role: 'reconstruction', path }], ...scores }]);
  }
  setRunState(catalog, run, 'done', null, at);
  for (const [name, isNormal] of [
    ['normal', true],
    ['anomalous', false],
  ] as const) {
    const images = Uint32Array.from(
      rows.filter(({ kind }) => (kind === 'normal') === isNormal),
      ({ id }) => id,
    );
    createCohort(catalog, { name, definition: {}, images, at });
  }
  catalog.close();
}

/** Every pixel the mean of the 3 x 3 around it; the edge stays. */
function smoothed({ width, height, data }: GreyImage): GreyImage {
  const result = Uint8Array.from(data);
  for (let row = 1; row < height - 1; row++) {
    for (let column = 1; column < width - 1; column++) {
      let sum = 0;
      for (const down of [-width, 0, width]) {
        for (const right of [-1, 0, 1]) sum += data[row * width + column + down + right]!;
      }
      result[row * width + column] = Math.round(sum / 9);
    }
  }
  return { width, height, data: result };
}
