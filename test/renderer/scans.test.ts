// The viewer and the segmentation view in a real browser, on volumes in Hounsfield units with masks.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seriousViolations } from './accessibility.ts';
import { goToView, noBrowser, type OpenWindow, openWindow } from './browser.ts';
import { buildWindow } from './build-window.ts';
import { makeSampleScans, slicesOfScan } from './sample-scans.ts';

const scans = 6;

describe.skipIf(noBrowser !== null)(
  `scans in the window ${noBrowser === null ? '' : `(skipped: ${noBrowser})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'residua-scans-'));
    let window: OpenWindow;
    let page: Page;
    beforeAll(async () => {
      await buildWindow();
      await makeSampleScans(folder, scans, 64);
      window = await openWindow(join(folder, 'catalog'));
      page = window.page;
      await page.locator('[role=gridcell] data').first().waitFor();
    }, 120_000);
    afterAll(async () => {
      await window?.[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    });

    const pane = (name: string | RegExp) => page.getByRole('img', { name, exact: true });
    const reading = (title: string) =>
      page.getByRole('figure').filter({ hasText: title }).getByRole('status').textContent();
    const imageName = () => page.getByRole('toolbar', { name: 'Image' }).getByRole('heading').textContent();
    const windowReading = () => page.getByRole('status', { name: 'Current window and level' }).textContent();
    const slice = () =>
      page.getByRole('region', { name: 'Slices' }).locator('[aria-current=true]').getAttribute('aria-label');
    /** The masks were runs 2 and 3. */
    const reconstruction = 'Reconstruction (run 4)';
    /** The picture of a pane as it is drawn now. */
    const drawn = (title: string) =>
      pane(title).evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL('image/png'));

    it('opens the most suspicious slice in its full depth, with the value under the pointer in Hounsfield units', async () => {
      await page.locator('[role=grid]').focus();
      await page.keyboard.press('Home');
      await page.keyboard.press('Enter');
      await page.getByRole('region', { name: 'Highest-scoring patches' }).getByRole('button').first().waitFor();
      await expect.poll(windowReading).toMatch(/^W \d{3,4} L -?\d+$/);
      await pane('Original').hover();
      await expect.poll(() => reading('Original')).toMatch(/^\(\d+, \d+\) -?\d+ HU/);
      await expect.poll(() => reading('Residual')).toMatch(/^[\d.]+ of 255$/);
      await expect.poll(() => reading('Score map')).toMatch(/^patch [\d.]+$/);
    });

    it('offers the windows of CT by key, and inverts', async () => {
      await page.keyboard.press('1');
      await expect.poll(windowReading).toBe('W 400 L 40');
      const before = await drawn('Original');
      await page.keyboard.press('2');
      await expect.poll(windowReading).toBe('W 1500 L -600');
      await expect.poll(() => drawn('Original')).not.toBe(before);
      await page.keyboard.press('1');
      await expect.poll(() => drawn('Original')).toBe(before);
      await page.keyboard.press('i');
      await expect.poll(() => drawn('Original')).not.toBe(before);
      await page.keyboard.press('i');
      await expect.poll(() => drawn('Original')).toBe(before);
    });

    it('flips to the reconstruction in place while a key is held', async () => {
      const before = await drawn('Original');
      await page.keyboard.down('f');
      await pane('Reconstruction (flipped)').waitFor();
      expect(await drawn('Reconstruction (flipped)')).not.toBe(before);
      await page.keyboard.up('f');
      await pane('Original').waitFor();
      await expect.poll(() => drawn('Original')).toBe(before);
    });

    it('zooms with Ctrl and the wheel and pans with Shift, all pictures together; a key shows the whole again', async () => {
      const [original, map] = [await drawn('Original'), await drawn(reconstruction)];
      const box = (await pane('Original').boundingBox())!;
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, -600);
      await page.keyboard.up('Control');
      await expect.poll(() => drawn('Original')).not.toBe(original);
      await expect.poll(() => drawn(reconstruction)).not.toBe(map);
      const zoomed = await drawn('Original');
      await page.keyboard.down('Shift');
      await page.mouse.down();
      await page.mouse.move(box.x + box.width / 2 + 60, box.y + box.height / 2 + 20, { steps: 3 });
      await page.mouse.up();
      await page.keyboard.up('Shift');
      await expect.poll(() => drawn('Original')).not.toBe(zoomed);
      await page.keyboard.press('w');
      await page.mouse.move(2, 2);
      await expect.poll(() => drawn('Original')).toBe(original);
    });

    it('goes through the slices of the scan by key, wheel and click, each with its score', async () => {
      const strip = page.getByRole('region', { name: 'Slices' }).getByRole('button');
      expect(await strip.count()).toBe(slicesOfScan);
      const labels = await strip.evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')!));
      expect(labels.every((label) => /^slice \d+, score [\d.]+/.test(label))).toBe(true);
      const shown = labels.indexOf((await slice())!);
      // The anomaly lies in the middle slices.
      expect(Math.abs(shown - (slicesOfScan >> 1))).toBeLessThanOrEqual(1);
      await page.keyboard.press('ArrowDown');
      await expect.poll(slice).toBe(labels[shown + 1]);
      await pane('Original').hover();
      await page.mouse.wheel(0, -100);
      await expect.poll(slice).toBe(labels[shown]);
      await strip.first().click();
      await expect.poll(slice).toBe(labels[0]);
      await expect.poll(windowReading).toBe('W 400 L 40');
    });

    it('lays the masks over the picture, as opaque as is set', async () => {
      const predicted = page.getByRole('checkbox', { name: 'predicted' });
      await predicted.waitFor();
      // The picture of the slice before and its masks are gone.
      await page.locator('figure[aria-busy=true]').first().waitFor({ state: 'detached' });
      await page.waitForLoadState('networkidle');
      const both = await drawn('Original');
      await predicted.uncheck({ force: true });
      await expect.poll(() => drawn('Original')).not.toBe(both);
      await predicted.check({ force: true });
      await expect.poll(() => drawn('Original')).toBe(both);
      await page.getByRole('slider', { name: 'opacity of the masks' }).press('ArrowLeft');
      await expect.poll(() => drawn('Original')).not.toBe(both);
    });

    it('decides about the whole scan at once when asked to', async () => {
      await page.getByLabel('Reviewer: the name recorded with your decisions').fill('A. Reviewer');
      await page.keyboard.press('Enter');
      await page.getByText(`all ${slicesOfScan} slices`, { exact: true }).click();
      const count = async () =>
        (await window.workbench.call('images.count', { filter: { verdicts: ['reject'] } })).images;
      await page.keyboard.press('r');
      await expect.poll(count).toBe(slicesOfScan);
      await page.keyboard.press('Control+z');
      await expect.poll(count).toBe(0);
    });

    it('lists scans by score and by Dice, plots both, and says how well the score finds failures', async () => {
      await goToView(page, 'Segmentation');
      const lines = page.getByRole('table', { name: 'Scans' }).locator('tbody tr');
      await expect.poll(() => lines.count()).toBe(scans);
      const column = async (place: number) =>
        (await lines.locator(`td:nth-of-type(${place})`).allTextContents()).map(Number);
      const byScore = await column(2);
      expect(byScore).toEqual(byScore.toSorted((a, b) => b - a));
      await page.getByRole('button', { name: 'dice', exact: true }).click();
      await expect.poll(async () => (await column(3)).join()).toBe((await column(3)).toSorted((a, b) => a - b).join());
      // New Dice values show without a click: in the table, and in the AUROC, which takes longer to compute.
      const judged = page.getByRole('region', { name: 'Score against Dice' }).getByRole('status');
      await judged.getByText('AUROC').waitFor();
      const before = await judged.textContent();
      const file = join(folder, 'dice.csv');
      const structure = await page.getByLabel('Structure').inputValue();
      const best = await lines.last().getByRole('button').textContent();
      writeFileSync(file, `name,structure,dice\n${best},${structure},0.123\n`);
      await window.workbench.call('segmentation.dice', { file });
      await expect.poll(async () => (await column(3))[0]).toBe(0.123);
      await expect.poll(() => judged.textContent()).not.toBe(before);
      const limit = page.getByRole('slider', { name: 'Dice below which a segmentation has failed' });
      await limit.fill('0.93');
      await page.getByText(/^AUROC of the score for Dice below 0\.93: [01]\.\d\d \(/).waitFor();
      await page.getByRole('img', { name: `WD patch, highest slice against Dice of ${scans} scans` }).waitFor();
      expect(await seriousViolations(page)).toEqual([]);
      await lines.first().getByRole('button').click();
      await page.getByRole('img', { name: 'Original', exact: true }).waitFor();
      await expect.poll(imageName).toContain('scan-');
      expect(await seriousViolations(page)).toEqual([]);
      expect(window.complaints).toEqual([]);
    });
  },
);
