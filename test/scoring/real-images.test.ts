// Scores of real CT slices against scipy and scikit-image; skipped where the team's data folder is absent.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { ZipArchive } from '../../src-main/archive/zip-archive.ts';
import type { GreyImage } from '../../src-main/platform/grey-image.ts';
import type { Distance } from '../../src-main/scoring/distances.ts';
import { scoreImage } from '../../src-main/scoring/score-image.ts';

type Values = Record<'full' | 'body' | 'patch' | 'mapMean', number> & { readonly mask: number | null };
type Case = Record<Distance, Values> & { readonly original: string; readonly reconstruction: string };

const path = resolve(import.meta.dirname, '../../../shared/data/liver-ct-256.zip');
const cases = JSON.parse(
  readFileSync(new URL('../golden/scoring/real-scores.json', import.meta.url), 'utf8'),
) as readonly Case[];

async function readImage(archive: ZipArchive, name: string): Promise<GreyImage> {
  const png = await archive.read(name);
  const { data, info } = await sharp(png).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

it('equals scipy and scikit-image on CT slices', async ({ skip }) => {
  skip(!existsSync(path), `${path} is not on this machine`);
  const archive = await ZipArchive.openFile(path, 'liver-ct-256.zip');
  try {
    for (const expected of cases) {
      const original = await readImage(archive, expected.original);
      const reconstruction = await readImage(archive, expected.reconstruction);
      const segmentation = await readImage(archive, expected.original.replace('images/', 'masks/'));
      const { scores, maps } = scoreImage(original, reconstruction, {
        distances: ['MSE', 'WD'],
        regions: ['full', 'body', 'patch', 'mask'],
        patchSize: 32,
        patchCount: 1,
        segmentation,
      });
      for (const { distance, region, value } of scores)
        expect(value ?? null, `${expected.original} ${distance} ${region}`).toEqual(
          expected[distance][region] === null ? null : expect.closeTo(expected[distance][region], 8),
        );
      for (const distance of ['MSE', 'WD'] as const) {
        const values = maps[distance]!.values;
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        expect(mean / expected[distance].mapMean).toBeCloseTo(1, 6);
      }
    }
  } finally {
    await archive.close();
  }
});
