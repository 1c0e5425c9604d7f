// Gives the images of a sample catalog dates and scanners, and a generated score that has drifted on one of them.
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { noteOrigin } from '../../src-main/catalog/tables/origins.ts';
import { createRun, recordResults, setRunState } from '../../src-main/catalog/tables/runs.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { at } from './simulated-scores.ts';

/**
 * Deals the images of the catalog in `folder` to `months` months of 2025 and to the scanners of `models`; the score `noise` is higher on the last
 * scanner in the second half. Nothing computed it.
 */
export function addOrigins(folder: string, months: number, models: readonly string[]): void {
  const catalog = openCatalog(folder);
  const images = catalog.column<number>('SELECT id FROM images ORDER BY id');
  const title = `GENERATED noise of ${images.length} phantoms (nothing was computed)`;
  const run = createRun(catalog, { kind: 'scores', title, parameters: {}, provenance: {}, images, at });
  const { gaussian } = randomFrom(16);
  const results = images.map((image, index) => {
    const month = Math.floor((index * months) / images.length) + 1;
    const place = index % models.length;
    const day = `2025-${`${month}`.padStart(2, '0')}-1${index % 9}`;
    noteOrigin(catalog, image, { manufacturer: 'Maker', model: models[place]!, acquired: day });
    const shift = place === models.length - 1 && month > months / 2 ? 5 : 0;
    return { image, scores: [{ score: 'noise', value: 5 + gaussian() + shift }] };
  });
  recordResults(catalog, run, results);
  setRunState(catalog, run, 'done', null, at);
  catalog.close();
}
