// Every view by keyboard alone, at 125 % and 200 % text, dark and light, in a font as wide as any: nothing cut, axe-core clean.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { writeFeatures } from '../../src-main/catalog/tables/features.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { asWideAsDejaVu, crowdedTools, seriousViolations } from './accessibility.ts';
import { noBrowser, type OpenWindow, openWindow } from './browser.ts';
import { buildWindow } from './build-window.ts';
import { makeSampleArchive } from './sample-archive.ts';
import { addOrigins } from './sample-origins.ts';

const views = [
  ['Alt+1', 'Triage'],
  ['Alt+6', 'Map'],
  ['Alt+2', 'Inspect'],
  ['Alt+7', 'Duplicates'],
  ['Alt+8', 'Readers'],
  ['Alt+3', 'Threshold'],
  ['Alt+5', 'Segmentation'],
  ['Alt+9', 'Over time'],
  ['Alt+4', 'Jobs'],
] as const;
/** Zoomed text leaves so many pixels of 1440 x 900. */
const sizes = [
  ['100 %', 1440, 900],
  ['125 %', 1152, 720],
  ['200 %', 720, 450],
] as const;

describe.skipIf(noBrowser !== null)(`the views ${noBrowser === null ? '' : `(skipped: ${noBrowser})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'residua-views-'));
  let window: OpenWindow;
  let page: Page;
  beforeAll(async () => {
    await buildWindow();
    await makeSampleArchive(folder, 8, 64);
    addOrigins(join(folder, 'catalog'), 4, ['A', 'B']);
    const catalog = openCatalog(join(folder, 'catalog'));
    for (let image = 1; image <= 16; image++)
      writeFeatures(catalog, image, 'features mobilenet', randomFrom(image).gaussians(6));
    catalog.close();
    window = await openWindow(join(folder, 'catalog'));
    page = window.page;
    await page.locator('[role=gridcell] data').first().waitFor();
    await window.workbench.call('runs.queue', { kind: 'map', parameters: {} });
    await page.keyboard.press('Alt+6');
    await page.getByRole('img', { name: /^Map of/ }).waitFor();
  }, 120_000);
  afterAll(async () => {
    await window?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  /** The tabs that lie outside the window or over one another. */
  const cutTabs = () =>
    page.getByRole('navigation', { name: 'Views' }).evaluate((bar) => {
      const around = bar.getBoundingClientRect();
      const tabs = [...bar.querySelectorAll('button')];
      const isInside = (tab: HTMLElement) => {
        const { left, right, top, bottom, width } = tab.getBoundingClientRect();
        const isWhole = left >= around.left && right <= innerWidth && top >= around.top && bottom <= around.bottom + 1;
        return isWhole && tab.scrollWidth <= Math.ceil(width);
      };
      return tabs.filter((tab) => !isInside(tab)).map(({ textContent }) => textContent);
    });

  it.each(['dark', 'light'])(
    'are usable in %s colours at every size of text',
    { timeout: 120_000 },
    async (colours) => {
      if ((await theme()) !== colours) await page.keyboard.press('Shift+L');
      await expect.poll(theme).toBe(colours);
      for (const [text, width, height] of sizes) {
        await page.setViewportSize({ width, height });
        await asWideAsDejaVu(page);
        for (const [key, name] of views) {
          await page.keyboard.press(key);
          await page.getByRole('main', { name }).waitFor();
          await page.waitForLoadState('networkidle');
          const what = `${name}, ${colours}, ${text}`;
          expect(await cutTabs(), what).toEqual([]);
          expect(await crowdedTools(page), what).toEqual([]);
          expect(await seriousViolations(page), what).toEqual([]);
        }
      }
    },
  );

  it('give a key one meaning: P goes to another group of Duplicates, Shift and P ask for a report', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.keyboard.press('Alt+7');
    await page.getByRole('main', { name: 'Duplicates' }).waitFor();
    await page.keyboard.press('p');
    await page.keyboard.press('Alt+1');
    await page.locator('[role=gridcell] data').first().waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+P');
    await page.getByRole('dialog').getByText('Report on 1 image').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('keep pictures on black in light colours, which a reload keeps', async () => {
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.keyboard.press('Alt+2');
    const background = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((element) => getComputedStyle(element).backgroundColor);
    await page.locator('figure').first().waitFor();
    expect(await background('figure')).toBe('rgb(0, 0, 0)');
    expect(await background('body')).toBe('rgb(243, 245, 247)');
    // What is changed is saved half a second later.
    const saved = async () => (await window.workbench.call('settings.get', {})).layout;
    await expect.poll(saved).toMatchObject({ theme: '"light"', view: '"inspect"' });
    await page.reload();
    await page.locator('figure').first().waitFor();
    expect(await theme()).toBe('light');
    await page.getByRole('button', { name: 'Use dark colours' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(theme).toBe('dark');
    expect(await background('body')).toBe('rgb(7, 9, 11)');
    expect(window.complaints).toEqual([]);
  });
});
