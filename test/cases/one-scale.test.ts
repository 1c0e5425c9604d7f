// Kind C: original and reconstruction are on one scale, so that a reconstruction of twice the values is not perfect.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FolderScoring, scoreFolder } from '../../src-main/folder-tools/folder-scoring.ts';
import { parseCsv } from '../../src-main/platform/csv.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { caseFolder, emptyFolder } from './cases.ts';

interface Changes {
  readonly distance?: 'MSE' | 'WD';
  readonly masks?: boolean;
  readonly published?: boolean;
}

async function scored(slug: string, { distance = 'MSE', masks = false, published = false }: Changes = {}) {
  const folder = await caseFolder(slug);
  const csv = join(emptyFolder(), 'scores.csv');
  const skipped: string[] = [];
  const options = {
    originals: join(folder, 'orig'),
    reconstructions: join(folder, 'recon'),
    masks: masks ? join(folder, 'mask') : undefined,
    ...{ csv, distance, region: masks ? ('mask' as const) : ('full' as const), published },
    ...{ patchSize: 32, patchCount: 1, patchFolder: undefined, mapFolder: undefined },
  };
  const outcome: FolderScoring = await scoreFolder(options, quiet, ({ error }) => skipped.push(inWords(error)));
  const rows = parseCsv(await readFile(csv, 'utf8'), csv, {
    filename: 'text',
    dist: 'optional-number',
    scale: 'optional-text',
  });
  return { ...outcome, rows, reasons: skipped };
}

describe('one scale', () => {
  it.each([
    // The original is the ramp 0 to 255, the reconstruction twice that, cut at 255.
    ['14', '0 to 30000'],
    ['15', '0 to 1'],
  ])('a reconstruction of twice the values scores (%s)', async (slug, scale) => {
    const mse = await scored(slug);
    expect(mse.rows).toMatchObject([{ scale }]);
    expect(mse.rows[0]!.dist).toBeCloseTo(5417.50488, 4);
    const wd = await scored(slug, { distance: 'WD' });
    expect(wd.rows[0]!.dist).toBeCloseTo(63.7333984, 6);
    expect(mse.scaled).toBe(1);
  });

  it('the published procedure stretches each image by itself, and says so (14)', async () => {
    const { rows } = await scored('14', { published: true });
    expect(rows).toMatchObject([{ dist: 0, scale: 'each image by itself' }]);
  });

  it('8-bit levels stay as they are (17)', async () => {
    expect((await scored('17')).rows).toMatchObject([{ dist: expect.closeTo(3333.94775, 4), scale: 'levels' }]);
    expect((await scored('17', { distance: 'WD' })).rows).toMatchObject([{ dist: 50 }]);
  });

  it('every label of a mask is inside (46)', async () => {
    expect((await scored('46', { masks: true })).rows).toMatchObject([{ dist: 10_000 }]);
  });

  it('NaN and infinite samples get no score, and the reason (72)', async () => {
    const { rows, reasons } = await scored('72');
    expect(rows).toMatchObject([{ filename: 'clean.tif', dist: 0 }]);
    expect(reasons).toEqual(
      ['inf.tif', 'nan.tif'].map((name) => `${name}: 1 samples are NaN or infinite: it gets no score`),
    );
  });
});
