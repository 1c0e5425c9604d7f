// What keys do in a list that is longer than the screen: never anything to an image that is not seen; and what windows keep apart.
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { createRun, recordResults, setRunState } from '../../src-main/catalog/tables/runs.ts';
import { goToView, noBrowser, type OpenWindow, openWindow } from './browser.ts';
import { buildWindow } from './build-window.ts';
import { makeSampleArchive } from './sample-archive.ts';
import { at, makeCatalog } from './simulated-scores.ts';

describe.skipIf(noBrowser !== null)(`keys ${noBrowser === null ? '' : `(skipped: ${noBrowser})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'residua-keys-'));
  let window: OpenWindow;
  let page: Page;
  beforeAll(async () => {
    await buildWindow();
    await makeSampleArchive(folder, 30, 32);
    recordPartialRuns(join(folder, 'catalog'));
    window = await openWindow(join(folder, 'catalog'));
    page = window.page;
    await page.setViewportSize({ width: 1100, height: 640 });
    await page.reload();
    await page.locator('[role=gridcell] data').first().waitFor();
  }, 120_000);
  afterAll(async () => {
    await window?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const focused = async (on = page) => (await on.getByRole('grid').getAttribute('aria-activedescendant'))!;
  const ids = async () => (await page.getByRole('gridcell').evaluateAll((cells) => cells.map(({ id }) => id))) ?? [];
  const rejected = async () =>
    [...(await window.workbench.call('images.ids', { filter: { verdicts: ['reject'] }, order: byImport })).ids].map(
      (id) => `image-${id}`,
    );
  /** Whether an image is on the screen, with half of its tile at least. */
  const isSeen = (id: string) =>
    page.evaluate((id) => {
      const tile = document.getElementById(id)?.getBoundingClientRect();
      const grid = document.querySelector('[role=grid]')!.getBoundingClientRect();
      if (tile === undefined) return false;
      return tile.top + tile.height / 2 >= grid.top && tile.bottom - tile.height / 2 <= grid.bottom;
    }, id);

  it('work right after loading, without a click', async () => {
    const [first, second] = await ids();
    expect(await focused()).toBe(first);
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe(second);
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe(first);
  });

  it('begins with the newest complete run, not with a newer one that is partial or was cancelled', async () => {
    const label = page.getByLabel('Sort by').evaluate((menu: HTMLSelectElement) => menu.selectedOptions[0]!.text);
    expect(await label).toBe('WD patch (run 2)');
    const options = await page.getByLabel('Sort by').locator('option').allTextContents();
    expect(options.slice(0, 2)).toEqual(['WD patch (run 4)', 'WD patch (run 3)']);
  });

  it('decide about the image that is seen after a click, End and Home', async () => {
    await page.getByLabel(/^Reviewer/).fill('A. Reviewer');
    await page.keyboard.press('Enter');
    await page.getByRole('gridcell').nth(2).click();
    await page.keyboard.press('End');
    await expect.poll(async () => isSeen(await focused())).toBe(true);
    const last = await focused();
    await page.keyboard.press('Home');
    await expect.poll(() => focused()).not.toBe(last);
    const first = await focused();
    await expect.poll(() => isSeen(first)).toBe(true);
    await page.keyboard.press('r');
    await expect.poll(rejected).toEqual([first]);
    await page.keyboard.press('Control+z');
    await expect.poll(rejected).toEqual([]);
  });

  it('show an image that has scrolled out of view before they decide about it', async () => {
    await page.keyboard.press('Home');
    const first = await focused();
    await page.getByRole('grid').hover();
    await page.mouse.wheel(0, 4000);
    await expect.poll(() => isSeen(first)).toBe(false);
    await page.keyboard.press('r');
    await page.getByText('The selected image was out of view').waitFor();
    await expect.poll(() => isSeen(first)).toBe(true);
    expect([await focused(), await rejected()]).toEqual([first, []]);
    await page.keyboard.press('r');
    await expect.poll(rejected).toEqual([first]);
    await page.keyboard.press('Control+z');
    await expect.poll(rejected).toEqual([]);
    // A key that moves the focus goes on from there, in view.
    const next = await focused();
    await page.mouse.wheel(0, 4000);
    await expect.poll(() => isSeen(next)).toBe(false);
    await page.keyboard.press('ArrowRight');
    await expect.poll(async () => isSeen(await focused())).toBe(true);
  });

  it('find the focused image in view after the order has changed', async () => {
    await page.keyboard.press('End');
    const last = await focused();
    await page.getByLabel('Sort by').selectOption({ label: 'name' });
    await expect.poll(async () => (await ids()).join()).not.toBe('');
    await page.waitForLoadState('networkidle');
    await expect.poll(() => focused()).toBe(last);
    await expect.poll(() => isSeen(last)).toBe(true);
    await page.getByLabel('Sort by').selectOption({ label: 'WD patch (run 2)' });
    await page.waitForLoadState('networkidle');
    await expect.poll(() => isSeen(last)).toBe(true);
  });

  it('undo in one window what was done there, and windows know no name but their own', async () => {
    const other = await page.context().browser()!.newPage();
    await other.goto(window.url);
    await other.locator('[role=gridcell] data').first().waitFor();
    expect(await other.getByLabel(/^Reviewer/).inputValue()).toBe('');
    await page.getByRole('grid').focus();
    await page.keyboard.press('Home');
    const here = await focused();
    await page.keyboard.press('r');
    await expect.poll(rejected).toEqual([here]);
    await other.getByLabel(/^Reviewer/).fill('A. Reviewer');
    await other.keyboard.press('Enter');
    await other.getByRole('grid').focus();
    for (const key of ['Home', 'ArrowDown']) await other.keyboard.press(key);
    const there = await focused(other);
    expect(there).not.toBe(here);
    await other.keyboard.press('r');
    await expect.poll(async () => (await rejected()).toSorted()).toEqual([here, there].toSorted());
    await page.keyboard.press('Control+z');
    await expect.poll(rejected).toEqual([there]);
    await page.keyboard.press('Control+z');
    await page.getByText('Nothing to undo in this window.').waitFor();
    expect(await rejected()).toEqual([there]);
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(async () => (await rejected()).toSorted()).toEqual([here, there].toSorted());
    // A window keeps its name when it is loaded again.
    await other.reload();
    await expect.poll(() => other.getByLabel(/^Reviewer/).inputValue()).toBe('A. Reviewer');
    await other.close();
  });

  it('decide nothing behind a dialog or a menu, wherever the focus is', async () => {
    await page.getByLabel(/^Reviewer/).fill('A. Reviewer');
    await page.keyboard.press('Enter');
    await page.getByRole('grid').focus();
    await page.keyboard.press('Home');
    const [before, first] = [await rejected(), await focused()];
    const openers: readonly (readonly [what: string, open: () => Promise<void>])[] = [
      ['dialog', () => page.getByRole('button', { name: 'Keys', exact: true }).click()],
      ['dialog', () => page.keyboard.press('Shift+O')],
      ['dialog', () => page.getByRole('button', { name: 'Tags of the selection' }).click()],
      ['menu', () => page.locator(`#${first}`).click({ button: 'right' })],
    ];
    for (const [what, open] of openers) {
      await open();
      const cover = page.getByRole(what as 'dialog').last();
      await cover.waitFor();
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      // The key itself brings the focus back into what is open.
      for (const key of ['Delete', 'r', 'Control+z', 'ArrowDown']) await page.keyboard.press(key);
      expect(await page.getByRole(what as 'dialog').count()).toBe(1);
      await page.keyboard.press('Escape');
      await cover.waitFor({ state: 'detached' });
      expect([await rejected(), await focused()]).toEqual([before, first]);
    }
    // And what is behind hears its keys again.
    const verdict = async () =>
      (await window.workbench.call('images.detail', { id: Number(first.slice('image-'.length)) })).row.verdict;
    await page.keyboard.press('k');
    await expect.poll(verdict).toBe('keep');
    await page.keyboard.press('Control+z');
    await expect.poll(verdict).not.toBe('keep');
  });

  it('see a running job in every view', { timeout: 120_000 }, async () => {
    const { id } = await window.workbench.call('runs.queue', { kind: 'demonstration', parameters: {} });
    const line = page.getByRole('region', { name: 'Running jobs' });
    for (const name of ['Triage', 'Inspect', 'Threshold', 'Segmentation']) {
      await goToView(page, name);
      await line.getByText('demonstration').waitFor();
    }
    await expect.poll(() => page.title()).toMatch(/^(\d+ %, )?open the demonstration archive – Residua$/);
    await line.getByRole('button').first().click();
    await page.getByRole('toolbar', { name: 'New job' }).waitFor();
    await window.workbench.call('runs.cancel', { id });
    await line.waitFor({ state: 'detached', timeout: 60_000 });
    expect(await page.title()).toBe('Residua');
    expect(window.complaints).toEqual([]);
  });
});

describe.skipIf(noBrowser !== null)(`tiles ${noBrowser === null ? '' : `(skipped: ${noBrowser})`}`, () => {
  it('hold images of any shape, with the caption on top', { timeout: 180_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'residua-tiles-'));
    await buildWindow();
    const shapes = [
      [48, 64],
      [16, 64],
      [64, 16],
      [64, 64],
      [300, 900],
    ] as const;
    await mkdir(join(folder, 'archive'));
    for (const [width, height] of shapes)
      await writeFile(
        join(folder, 'archive', `${width}x${height}.png`),
        await encodePng(width, height, 1, new Uint8Array(width * height).fill(200)),
      );
    await makeCatalog(join(folder, 'catalog'), 'shapes', [
      { kind: 'import', parameters: { sources: [join(folder, 'archive')] } },
    ]);
    await using window = await openWindow(join(folder, 'catalog'));
    const { page } = window;
    const tiles = page.getByRole('gridcell');
    await expect.poll(() => tiles.locator('img').count()).toBe(shapes.length);
    await page.waitForFunction(() =>
      [...document.images].every(({ complete, naturalWidth }) => complete && naturalWidth > 0),
    );
    const found = await tiles.evaluateAll((cells) =>
      cells.map((cell) => {
        const [picture, caption] = [cell.children[0]!, cell.children[1]!].map((part) => part.getBoundingClientRect());
        const image = cell.querySelector('img')!.getBoundingClientRect();
        const hit = document.elementFromPoint(caption!.left + 40, caption!.top + 12);
        return {
          inside: image.height <= picture!.height + 0.5 && image.width <= picture!.width + 0.5,
          aboveCaption: image.bottom <= caption!.top + 2.5,
          caption: cell.children[1]!.contains(hit),
        };
      }),
    );
    expect(found).toEqual(shapes.map(() => ({ inside: true, aboveCaption: true, caption: true })));
    rmSync(folder, { recursive: true, force: true });
  });
});

const byImport = { by: 'imported', descending: false } as const;

/** Newer runs than the complete one: over one image, and over some before it was cancelled. */
function recordPartialRuns(path: string): void {
  const catalog = openCatalog(path);
  for (const [images, state] of [
    [[1], 'done'],
    [[1, 2, 3], 'cancelled'],
  ] as const) {
    const run = createRun(catalog, {
      kind: 'project',
      title: 'partial',
      parameters: {},
      provenance: {},
      model: 1,
      images,
      at,
    });
    const scores = [{ score: 'WD patch', value: 1 }];
    recordResults(
      catalog,
      run,
      images.map((image) => ({ image, scores })),
    );
    setRunState(catalog, run, state, null, at);
  }
  catalog.close();
}
