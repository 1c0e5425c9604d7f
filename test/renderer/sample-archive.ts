// A small catalog of 8-bit phantoms for tests and pictures of the window, with simulated scores and two cohorts.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { createCohort } from '../../src-main/catalog/tables/cohorts.ts';
import { pageImages } from '../../src-main/catalog/tables/pages.ts';
import { type AnomalyKind, anomalyKinds } from '../../src-main/phantom/anomaly.ts';
import { phantom, phantomGrey } from '../../src-main/phantom/phantom.ts';
import type { GreyImage } from '../../src-main/platform/grey-image.ts';
import { at, makeCatalog, recordSimulatedScores, smoothed } from './simulated-scores.ts';

const seed = 7;

/**
 * Makes a catalog in `folder` with `count` normal and `count` abnormal phantoms of `size` pixels (a power of two). The
 * reconstruction of each is its own slice without the anomaly, a little smoothed.
 */
export async function makeSampleArchive(folder: string, count: number, size: number): Promise<void> {
  const source = join(folder, 'archive');
  const drawn = new Map<string, GreyImage>();
  for (let index = 0; index < count; index++) {
    const kind = anomalyKinds[index % anomalyKinds.length]!;
    for (const anomaly of [undefined, kind]) await writeImage(source, drawn, index, size, anomaly);
  }
  const parameters = { sources: [source], cohort: 'phantoms' };
  await makeCatalog(join(folder, 'catalog'), 'phantoms, simulated scores', [{ kind: 'import', parameters }]);

  const catalog = openCatalog(join(folder, 'catalog'));
  const order = { by: 'imported', descending: false } as const;
  const rows = pageImages(catalog, { filter: {}, order, offset: 0, limit: 2 * count });
  const pairs = rows.map(({ id, name }) => ({
    image: id,
    original: drawn.get(name)!,
    reconstruction: smoothed(drawn.get(nameOf(Number(/(\d+)\.png$/.exec(name)![1])))!),
  }));
  await recordSimulatedScores(catalog, pairs, { size, recipe: null });
  for (const [name, isNormal] of [
    ['normal', true],
    ['anomalous', false],
  ] as const) {
    const wanted = rows.filter(({ kind }) => (kind === 'normal') === isNormal);
    createCohort(catalog, { name, definition: {}, images: Uint32Array.from(wanted, ({ id }) => id), at });
  }
  catalog.close();
}

/** What the catalog calls an image; its folder is its kind. */
function nameOf(index: number, kind: AnomalyKind | 'normal' = 'normal'): string {
  return `${kind}/${kind}-${String(index).padStart(3, '0')}.png`;
}

async function writeImage(
  source: string,
  drawn: Map<string, GreyImage>,
  index: number,
  size: number,
  anomaly: AnomalyKind | undefined,
): Promise<void> {
  const name = nameOf(index, anomaly);
  const grey = phantomGrey(
    phantom({ protocol: 'liver', seed, index, size, ...(anomaly === undefined ? {} : { anomaly }) }),
  );
  drawn.set(name, grey);
  await mkdir(join(source, name, '..'), { recursive: true });
  await writeFile(join(source, name), await encodePng(size, size, 1, grey.data));
}
