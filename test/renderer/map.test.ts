// The map, similar images, comparison, measurements, columns and the context menu in a real browser, by keyboard where there is a key.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { writeColumn } from '../../src-main/catalog/tables/columns.ts';
import { writeFeatures } from '../../src-main/catalog/tables/features.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { asWideAsDejaVu, crowdedTools, seriousViolations } from './accessibility.ts';
import { goToView, noBrowser, type OpenWindow, openWindow } from './browser.ts';
import { buildWindow } from './build-window.ts';
import { makeSampleArchive } from './sample-archive.ts';

describe.skipIf(noBrowser !== null)(`the map ${noBrowser === null ? '' : `(skipped: ${noBrowser})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'residua-map-'));
  let window: OpenWindow;
  let page: Page;
  beforeAll(async () => {
    await buildWindow();
    await makeSampleArchive(folder, 8, 64);
    const catalog = openCatalog(join(folder, 'catalog'));
    for (let image = 1; image <= 16; image++) {
      const vector = randomFrom(image).gaussians(6);
      vector[image % 2]! += 20;
      writeFeatures(catalog, image, 'features mobilenet', vector);
    }
    const makers = Array.from({ length: 16 }, (_, index) => [index + 1, index < 4 ? 'Acme' : 'Beta'] as const);
    writeColumn(catalog, { name: 'Manufacturer', tag: '00080070' }, makers, '2026-01-01T00:00:00.000Z');
    writeColumn(
      catalog,
      { name: 'dose', tag: null },
      makers.map(([image]) => [image, String(image / 10)]),
      '2026-01-01T00:00:00.000Z',
    );
    catalog.close();
    window = await openWindow(join(folder, 'catalog'));
    page = window.page;
    await page.locator('[role=gridcell] data').first().waitFor();
    await page.getByLabel(/^Reviewer/).fill('Ada');
    await page.keyboard.press('Enter');
  }, 120_000);
  afterAll(async () => {
    await window?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  const status = () => page.getByRole('main').getByRole('status', { name: 'Number of images' }).textContent();
  const picture = () => page.getByRole('img', { name: /^Map of/ });
  const verdictOf = async (id: number) => (await window.workbench.call('images.detail', { id })).row.verdict;

  it('is made from its own view, and shows every image with features', async () => {
    await goToView(page, 'Map');
    await page.getByRole('button', { name: 'Make the map' }).click();
    await picture().waitFor();
    expect(await status()).toBe('16 images on the map');
    expect(await picture().getAttribute('aria-label')).toBe('Map of 16 images');
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('is coloured by a kind or a number, with its legend', async () => {
    const colour = page.getByLabel('Colour by');
    await colour.selectOption({ label: 'kind' });
    const legend = page.getByRole('region', { name: 'Colours: kind' });
    await expect.poll(() => legend.getByRole('listitem').count()).toBe(5);
    await colour.selectOption({ label: 'dose' });
    await expect.poll(() => page.getByRole('region', { name: 'Colours: dose' }).textContent()).toBe('dose0.1001.60');
    await colour.selectOption({ label: 'Manufacturer' });
    await expect
      .poll(() => page.getByRole('region', { name: 'Colours: Manufacturer' }).textContent())
      .toContain('Beta');
  });

  it('takes a lasso as the list of Triage, and clears it again', async () => {
    const { points, ids } = await window.workbench.call('map.points', {});
    // The first group lies wholly on one side of the map: a lasso around the left or the right half.
    const xs = [...ids.keys()].filter((at) => ids[at]! % 2 === 0).map((at) => points[2 * at]!);
    const others = [...ids.keys()].filter((at) => ids[at]! % 2 === 1).map((at) => points[2 * at]!);
    const isApart = Math.max(...xs) < Math.min(...others) || Math.max(...others) < Math.min(...xs);
    const box = (await picture().boundingBox())!;
    await page.getByText('Lasso', { exact: true }).click();
    const half = box.x + box.width / 2;
    const corners = [
      [box.x + 2, box.y + 2],
      [half, box.y + 2],
      [half, box.y + box.height - 2],
      [box.x + 2, box.y + box.height - 2],
    ] as const;
    await page.mouse.move(...corners[0]!);
    await page.mouse.down();
    for (const corner of corners.slice(1)) await page.mouse.move(...corner, { steps: 8 });
    await page.mouse.up();
    await expect.poll(status).not.toMatch(/^16 images/);
    const found = Number(/^\d+/.exec((await status())!)![0]);
    expect(found).toBeGreaterThan(0);
    expect(found).toBeLessThan(16);
    if (isApart) expect(found).toBe(8);
    await page.keyboard.press('Escape');
    await expect.poll(status).toBe(`${found} images`);
    const tag = page.getByText('region of the map');
    await tag.waitFor();
    await goToView(page, 'Map');
    await page.keyboard.press('Backspace');
    await expect.poll(status).toBe('16 images on the map');
    // By keyboard alone: what is in sight becomes the region.
    await page.keyboard.press('+');
    await page.keyboard.press('a');
    await expect.poll(status).toMatch(/in the region$/);
    await page.keyboard.press('Backspace');
    await page.keyboard.press('0');
    await expect.poll(status).toBe('16 images on the map');
  });

  it('shows the image under the pointer, and leads to it', async () => {
    const box = (await picture().boundingBox())!;
    const { points } = await window.workbench.call('map.points', {});
    await page.getByText('Move', { exact: true }).click();
    const [left, right] = [0, 1].map((axis) => points.filter((_, at) => at % 2 === axis));
    const [minX, maxX, minY, maxY] = [Math.min(...left!), Math.max(...left!), Math.min(...right!), Math.max(...right!)];
    const scale = Math.min((box.width - 72) / (maxX - minX), (box.height - 72) / (maxY - minY));
    const x = box.x + box.width / 2 + (points[0]! - (minX + maxX) / 2) * scale;
    const y = box.y + box.height / 2 + (points[1]! - (minY + maxY) / 2) * scale;
    await page.mouse.move(x, y);
    await page.locator('figure img').waitFor();
    await page.mouse.dblclick(x, y);
    await page.getByRole('toolbar', { name: 'Viewer' }).waitFor();
  });

  it('finds similar images on S in every view, and decides about all of them with one key', async () => {
    await goToView(page, 'Triage');
    await page.locator('[role=gridcell] data').first().waitFor();
    const focused = Number((await page.locator('[role=grid]').getAttribute('aria-activedescendant'))!.slice(6));
    await page.keyboard.press('s');
    const list = page.getByRole('list', { name: 'Similar images' });
    await list.getByRole('listitem').nth(3).waitFor();
    expect(await list.getByRole('listitem').count()).toBe(16);
    await page.getByLabel('How many').selectOption({ label: '12 nearest' });
    await expect.poll(() => list.getByRole('listitem').count()).toBe(13);
    expect(await seriousViolations(page)).toEqual([]);
    const { similar } = await window.workbench.call('map.similar', { id: focused, count: 12 });
    // The nearest is left out.
    await list.getByRole('button').first().click();
    await list.getByRole('button').first().press('r');
    await expect.poll(() => verdictOf(similar![1]!.id)).toBe('reject');
    expect(await verdictOf(similar![0]!.id)).toBe(null);
    // Neither the image itself nor the selection behind the dialog.
    expect(await verdictOf(focused)).toBe(null);
    await page.keyboard.press('Control+z');
    await expect.poll(() => verdictOf(similar![1]!.id)).toBe(null);
    await page.keyboard.press('s');
    await page.getByRole('button', { name: 'List in Triage' }).click();
    await page.getByText(/most like image/).waitFor();
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await expect.poll(status).toBe('16 images');
  });

  it('compares selected images, and one with its nearest normals', async () => {
    await page.locator('[role=gridcell]').first().click();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('v');
    const bar = page.getByRole('toolbar', { name: 'Comparison' });
    await bar.getByText('3 images side by side').waitFor();
    await expect.poll(() => page.getByRole('main').locator('figure').count()).toBe(3);
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('2');
    await page.keyboard.press('x');
    await bar.getByText('2 images side by side').waitFor();
    await page.keyboard.press('k');
    await page.getByRole('main').locator('[data-verdict=keep]').waitFor();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Escape');
    await page.locator('[role=gridcell]').first().click();
    await page.keyboard.press('Enter');
    await page.getByRole('toolbar', { name: 'Viewer' }).waitFor();
    await page.keyboard.press('v');
    await page.getByText('No normal image is known to compare with.').waitFor();
  });

  it('measures lengths and regions by dragging', async () => {
    const canvas = page.getByRole('img', { name: 'Original' });
    const { x, y, width, height } = (await canvas.boundingBox())!;
    const draw = async (tool: string) => {
      await page.getByRole('button', { name: tool }).click();
      await page.mouse.move(x + width / 2 - 40, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(x + width / 2 + 40, y + height / 2 + 30, { steps: 4 });
      await page.mouse.up();
    };
    await draw('Measure lengths');
    await draw('Measure regions');
    const list = page.getByRole('region', { name: 'Measurements' }).getByRole('listitem');
    await expect
      .poll(() => list.allTextContents())
      .toEqual([
        expect.stringMatching(/^1\. [\d.]+ px$/),
        expect.stringMatching(/^2\. mean [\d.]+ ± [\d.]+, \d+ to \d+, \d+ px$/),
      ]);
    await page.getByRole('button', { name: 'Remove measurement 1' }).click();
    await expect.poll(() => list.count()).toBe(1);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => list.count()).toBe(0);
  });

  it('shows, sorts and filters by columns of metadata', async () => {
    await goToView(page, 'Triage');
    await page.locator('[role=gridcell] data').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.getByRole('dialog').getByText('Manufacturer').click();
    await page.getByRole('dialog').getByText('dose').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Show' }).click();
    await page.getByRole('columnheader', { name: 'dose' }).getByRole('button').click();
    const doses = async () => {
      const texts = await page.getByRole('row').allTextContents();
      return texts.slice(1).map((text) => Number(/([\d.]+)$/.exec(text)?.[1]));
    };
    await expect.poll(async () => (await doses()).slice(0, 3)).toEqual([0.1, 0.2, 0.3]);
    await page.getByLabel('Filters').getByText('Acme').click();
    await expect.poll(status).toBe('4 images');
    await page.getByLabel('dose from').fill('0.3');
    await page.keyboard.press('Enter');
    await expect.poll(status).toBe('2 images');
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await expect.poll(status).toBe('16 images');
    await page.keyboard.press('g');
  });

  it('leaves letters to a menu that has the focus', async () => {
    const order = page.getByLabel('Sort by');
    await order.focus();
    await page.keyboard.press('k');
    await page.keyboard.press('s');
    expect(await page.getByRole('dialog').count()).toBe(0);
    expect(await page.locator('[data-verdict=keep]').count()).toBe(0);
  });

  it('opens a context menu with the mouse and with the menu key', async () => {
    await page.locator('[role=gridcell]').nth(2).click({ button: 'right' });
    const menu = page.getByRole('menu');
    await menu.getByRole('menuitem', { name: 'Reject' }).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('[role=gridcell]').nth(2).locator('[data-verdict=reject]').waitFor();
    await page.keyboard.press('Control+z');
    await page.keyboard.press('ContextMenu');
    await menu.waitFor();
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
  });

  it('reports on the selected images, saved or printed by the window itself', async () => {
    await page.locator('[role=gridcell]').first().click();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+P');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Report on 2 images').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByLabel('Remark').fill('two of a kind');
    await page.evaluate(() => {
      globalThis.print = () => {
        const tree = document.querySelector('.residua-printed')!.shadowRoot!;
        const pictures = [...tree.querySelectorAll('img')].filter(({ naturalWidth }) => naturalWidth > 0).length;
        Object.assign(globalThis, { printed: [document.title, pictures, tree.textContent!.includes('two of a kind')] });
      };
    });
    await dialog.getByRole('button', { name: 'Print or save as PDF' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await page.evaluate(() => (globalThis as unknown as { printed: unknown }).printed)).toEqual([
      'residua-report',
      expect.any(Number),
      true,
    ]);
    expect(await page.locator('.residua-printed').count()).toBe(0);
    await page.keyboard.press('Shift+P');
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Save as HTML' }).click(),
    ]);
    expect(saved.suggestedFilename()).toBe('residua-report.html');
  });

  it('has room for its tools on a small screen, in a font as wide as any', async () => {
    await goToView(page, 'Map');
    await picture().waitFor();
    await page.setViewportSize({ width: 1280, height: 800 });
    await asWideAsDejaVu(page);
    expect(await crowdedTools(page)).toEqual([]);
    expect(window.complaints).toEqual([]);
  });
});
