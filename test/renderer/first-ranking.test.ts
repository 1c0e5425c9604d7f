// A new user's first ranking in a real browser: an empty catalog, a folder, the normals, the top row.
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { phantom, phantomGrey } from '../../src-main/phantom/phantom.ts';
import { seriousViolations } from './accessibility.ts';
import { noBrowser, openWindow } from './browser.ts';
import { buildWindow } from './build-window.ts';

const side = 64;

describe.skipIf(noBrowser !== null)(`the first ranking ${noBrowser === null ? '' : `(skipped: ${noBrowser})`}`, () => {
  it('takes a folder and a kind that is normal, and shows the others first', { timeout: 180_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'residua-first-'));
    try {
      await buildWindow();
      const write = async (kind: string, index: number, anomaly: 'needle' | undefined) => {
        const grey = phantomGrey(
          phantom({ protocol: 'liver', seed: 3, index, size: side, ...(anomaly && { anomaly }) }),
        );
        await writeFile(join(folder, 'images', kind, `${index}.png`), await encodePng(side, side, 1, grey.data));
      };
      for (const kind of ['normal', 'odd']) await mkdir(join(folder, 'images', kind), { recursive: true });
      for (let index = 0; index < 24; index++) await write('normal', index, undefined);
      for (let index = 24; index < 28; index++) await write('odd', index, 'needle');
      await using window = await openWindow(join(folder, 'catalog'), { create: true });
      const { page } = window;
      await page.getByRole('button', { name: 'Rank a folder' }).click();
      await page.getByLabel('Folder, zip or file of images to look through').fill(join(folder, 'images'));
      expect(await seriousViolations(page)).toEqual([]);
      await page.keyboard.press('Enter');
      // The folder that is called normal is proposed.
      const normals = page.getByLabel('Normal images');
      await normals.waitFor({ timeout: 60_000 });
      expect(await normals.locator('option:checked').textContent()).toBe('the kind normal: 24 images');
      await page.getByText('Only 24 images').waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Rank', exact: true }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached', timeout: 120_000 });
      await page.locator('[role=gridcell] data').nth(3).waitFor({ timeout: 20_000 });
      // The normals are not in the way.
      await expect.poll(() => page.getByRole('status', { name: 'Number of images' }).textContent()).toBe('4 images');
      expect(window.complaints).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
