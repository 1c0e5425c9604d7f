// Catalogs of phantoms for tests and pictures of the window: imports by the program itself, and scores that nothing computed.
import { mkdir, writeFile } from 'node:fs/promises';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import type { Recipe } from '../../src-main/archive/recipe.ts';
import type { Catalog } from '../../src-main/catalog/catalog.ts';
import { addModel } from '../../src-main/catalog/tables/models.ts';
import { createRun, recordResults, setRunState } from '../../src-main/catalog/tables/runs.ts';
import { refreshScanScores } from '../../src-main/catalog/tables/scan-scores.ts';
import { nodeLauncher } from '../../src-main/engine/start-engine.ts';
import { scoresForCatalog } from '../../src-main/holdings/image-results.ts';
import type { GreyImage } from '../../src-main/platform/grey-image.ts';
import { scoreImage } from '../../src-main/scoring/score-image.ts';
import { startWorkbench } from '../../src-main/workbench/client.ts';
import type { Request } from '../../src-preload/contract.ts';

export const at = '2026-01-01T12:00:00.000Z';

/** Makes a catalog in `folder` and has the runs done in it, one after the other. */
export async function makeCatalog(
  folder: string,
  name: string,
  requests: readonly Request<'runs.queue'>[],
): Promise<void> {
  await using workbench = startWorkbench(nodeLauncher, { resume: false });
  await workbench.call('catalog.create', { folder, name });
  let ended = Promise.withResolvers<void>();
  workbench.on('run.changed', ({ state, reason }) => {
    if (state === 'done') ended.resolve();
    if (state === 'failed') ended.reject(new Error(reason ?? 'failed'));
  });
  workbench.onDeath((reason) => ended.reject(new Error(`the workbench ended: ${reason}`)));
  for (const request of requests) {
    ended = Promise.withResolvers();
    await workbench.call('runs.queue', request);
    await ended.promise;
  }
}

/** An image of the catalog in 8-bit grey, and what stands for its reconstruction. */
export interface SimulatedPair {
  readonly image: number;
  readonly original: GreyImage;
  readonly reconstruction: GreyImage;
}

/**
 * Records a run with these reconstructions and their scores by the program's own code. No network draws so well, so such scores
 * say nothing about the method; the run is named as simulated. `recipe`: null for 8-bit images of the network's size.
 */
export async function recordSimulatedScores(
  catalog: Catalog,
  pairs: readonly SimulatedPair[],
  { size, recipe }: { readonly size: number; readonly recipe: Recipe | null },
): Promise<void> {
  const model = addModel(catalog, {
    name: 'no network: simulated',
    file: 'models/none.safetensors',
    sha256: '0'.repeat(64),
    constructorArguments: { resolution: size, channels: 1, classes: 0, discriminator: true },
    recipe,
    provenance: {},
    importedAt: at,
  });
  const scoring = {
    distances: ['MSE', 'WD'],
    regions: ['full', 'body', 'patch'],
    patchSize: Math.min(32, size / 4),
    patchCount: 5,
  } as const;
  const projecting = {
    ...{ model, normals: null, loss: null, space: 'w', steps: 1000, seed: 303, batch: 1 },
    ...{ renderNoise: 'stored', device: 'cpu' },
  };
  const run = createRun(catalog, {
    kind: 'project',
    title: `SIMULATED reconstructions of ${pairs.length} phantoms (no network was run)`,
    parameters: { projecting, scoring: { ...scoring, keepMaps: false, published: false } },
    provenance: {},
    model,
    ...(recipe === null ? {} : { recipe }),
    images: pairs.map(({ image }) => image),
    at,
  });
  await mkdir(catalog.path('reconstructions'), { recursive: true });
  for (const { image, original, reconstruction } of pairs) {
    const path = `reconstructions/${image}.png`;
    await writeFile(catalog.path(path), await encodePng(size, size, 1, reconstruction.data));
    const scores = scoresForCatalog(scoreImage(original, reconstruction, scoring));
    recordResults(catalog, run, [{ image, files: [{ role: 'reconstruction', path }], ...scores }]);
  }
  refreshScanScores(catalog, run);
  setRunState(catalog, run, 'done', null, at);
}

/** Every pixel the mean of the 3 x 3 around it; the edge stays. */
export function smoothed({ width, height, data }: GreyImage): GreyImage {
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
