// The window in a real browser on a real catalog: open, sort, filter, decide with keys, undo, inspect, threshold, export.
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asWideAsDejaVu, crowdedTools, cutTexts, seriousViolations, wrappedToolBars } from './accessibility.ts';
import { goToView, noBrowser, type OpenWindow, openWindow } from './browser.ts';
import { buildWindow } from './build-window.ts';
import { makeSampleArchive } from './sample-archive.ts';

describe.skipIf(noBrowser !== null)(`the window ${noBrowser === null ? '' : `(skipped: ${noBrowser})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'residua-window-'));
  let window: OpenWindow;
  let page: Page;
  beforeAll(async () => {
    await buildWindow();
    await makeSampleArchive(folder, 8, 128);
    window = await openWindow(join(folder, 'catalog'));
    page = window.page;
    await page.locator('[role=gridcell] data').first().waitFor();
  }, 120_000);
  afterAll(async () => {
    await window?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const tiles = () => page.locator('[role=gridcell]');
  const scores = async () => (await page.locator('[role=gridcell] data').allTextContents()).map(Number);
  const verdictOf = (id: string) => page.locator(`#${id} [data-verdict]`);
  const focused = async () => (await page.locator('[role=grid]').getAttribute('aria-activedescendant'))!;
  const imageName = () => page.getByRole('toolbar', { name: 'Image' }).getByRole('heading').textContent();
  const count = () => page.getByRole('status', { name: 'Number of images' }).textContent();
  /** What the catalog knows of the image that is inspected. */
  const inspectedDetail = async () => {
    const text = (await imageName())!;
    const [row] = (
      await window.workbench.call('images.page', {
        filter: { text },
        order: { by: 'name', descending: false },
        offset: 0,
        limit: 1,
      })
    ).rows;
    return window.workbench.call('images.detail', { id: row!.id });
  };

  it('lists the archive with the most suspicious first, each with its score', async () => {
    expect(await tiles().count()).toBe(16);
    const shown = await scores();
    expect(shown).toEqual(shown.toSorted((a, b) => b - a));
    const picture = page.locator('[role=gridcell] img').first();
    await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(128);
  });

  it('sorts by any score in both directions', async () => {
    const order = page.getByLabel('Sort by');
    await order.selectOption({ label: 'MSE full (run 2)' });
    await page.getByRole('button', { name: 'highest first' }).click();
    await page.getByRole('button', { name: 'lowest first' }).waitFor();
    await expect.poll(async () => (await scores()).length).toBe(16);
    await expect
      .poll(async () => {
        const shown = await scores();
        return shown.every((score, index) => index === 0 || shown[index - 1]! <= score);
      })
      .toBe(true);
    await page.getByRole('button', { name: 'lowest first' }).click();
  });

  it('filters by kind and by text', async () => {
    await page.getByRole('checkbox', { name: /^normal/ }).check({ force: true });
    await expect.poll(count).toBe('8 images');
    await page.getByLabel('Text in name, series or tag').fill('003');
    await expect.poll(count).toBe('1 image');
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await expect.poll(count).toBe('16 images');
  });

  it('asks who reviews before the first decision', async () => {
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('k');
    await page.getByText('Enter your name first').waitFor();
    await page.keyboard.type('A. Reviewer');
    await page.keyboard.press('Enter');
    await expect.poll(async () => (await window.workbench.call('settings.get', {})).reviewer).toBe('A. Reviewer');
  });

  it('decides with one key, goes on to the next image, and undoes', async () => {
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('Home');
    const first = await focused();
    await page.keyboard.press('k');
    await expect.poll(() => verdictOf(first).textContent()).toContain('keep');
    const second = await focused();
    expect(second).not.toBe(first);
    await page.keyboard.press('r');
    await expect.poll(() => verdictOf(second).textContent()).toContain('reject');
    await page.keyboard.press('Control+z');
    await expect.poll(() => verdictOf(second).count()).toBe(0);
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(() => verdictOf(second).textContent()).toContain('reject');
    const { images } = await window.workbench.call('images.count', { filter: { verdicts: ['keep', 'reject'] } });
    expect(images).toBe(2);
  });

  it('keeps a decision in sight while answers come that were asked for before', async () => {
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('End');
    const last = await focused();
    const asked = Promise.withResolvers<void>();
    const may = Promise.withResolvers<void>();
    await page.route('**/call/images.page', async (route) => {
      const response = await route.fetch();
      asked.resolve();
      await may.promise;
      await route.fulfill({ response }).catch(() => {});
    });
    // As an import does, somebody else changes the list.
    const tag = { images: { filter: {} }, reviewer: 'somebody' };
    await window.workbench.call('tags.set', { ...tag, add: ['new'], remove: [] });
    await asked.promise;
    await page.keyboard.press('u');
    await verdictOf(last).waitFor();
    await page.evaluate((id) => {
      const watched = { gone: 0 };
      new MutationObserver(() => {
        if (document.querySelector(`#${id} [data-verdict]`) === null) watched.gone++;
      }).observe(document.querySelector('[role=grid]')!, { subtree: true, childList: true });
      Object.assign(globalThis, { watched });
    }, last);
    may.resolve();
    await page.waitForLoadState('networkidle');
    await page.waitForTimeout(300);
    expect(await page.evaluate(() => (globalThis as unknown as { watched: { gone: number } }).watched.gone)).toBe(0);
    await page.unroute('**/call/images.page');
    await window.workbench.call('tags.set', { ...tag, add: [], remove: ['new'] });
    await page.keyboard.press('Control+z');
    await expect.poll(() => verdictOf(last).count()).toBe(0);
  });

  it('decides on everything selected at once, and undoes that as one step', async () => {
    const before = await window.workbench.call('images.count', { filter: { verdicts: ['unsure'] } });
    expect(before.images).toBe(0);
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('Control+a');
    await expect.poll(count).toContain('16 selected');
    await page.keyboard.press('u');
    await expect.poll(() => page.locator('[role=gridcell] [data-verdict=unsure]').count()).toBe(16);
    await page.keyboard.press('Control+z');
    await expect.poll(() => page.locator('[role=gridcell] [data-verdict=unsure]').count()).toBe(0);
    await expect.poll(() => page.locator('[role=gridcell] [data-verdict]').count()).toBe(2);
  });

  it('chooses a range with Shift and single images with Ctrl', async () => {
    await tiles().nth(1).click();
    await tiles()
      .nth(4)
      .click({ modifiers: ['Shift'] });
    await expect.poll(() => page.locator('[aria-selected=true]').count()).toBe(4);
    await tiles()
      .nth(2)
      .click({ modifiers: ['Control'] });
    await expect.poll(() => page.locator('[aria-selected=true]').count()).toBe(3);
  });

  it('tags what is selected, and finds it by its tag', async () => {
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('t');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Add', { exact: true }).fill('second look');
    await page.keyboard.press('Enter');
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Apply' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('checkbox', { name: /^second look/ }).check({ force: true });
    await expect.poll(count).toBe('3 images, 3 selected');
  });

  it('keeps a filter as a named view, and comes back to it', async () => {
    await page.getByRole('button', { name: 'Save this view' }).click();
    await page.getByLabel('Name of the view').fill('looked at twice');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove the view looked at twice' }).waitFor();
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await expect.poll(count).toContain('16 images');
    await page.getByLabel('Saved views').selectOption({ label: 'looked at twice' });
    await expect.poll(count).toContain('3 images');
    const { views } = await window.workbench.call('views.list', {});
    expect(views).toMatchObject([{ name: 'looked at twice', filter: { tags: ['second look'] } }]);
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await expect.poll(count).toContain('16 images');
  });

  it('decides with a reason', async () => {
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('End');
    const last = await focused();
    await page.keyboard.press('Shift+R');
    await page.getByRole('textbox', { name: 'Reason' }).fill('motion');
    await page.keyboard.press('Enter');
    await expect.poll(() => verdictOf(last).textContent()).toContain('reject');
    const { verdicts } = await window.workbench.call('images.detail', { id: Number(last.split('-')[1]) });
    expect(verdicts[0]).toMatchObject({ decision: 'reject', reason: 'motion', reviewer: 'A. Reviewer' });
  });

  it('lists the same as a table, sorted by its heads', async () => {
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('g');
    const lines = page.locator('[role=row][aria-selected]');
    await expect.poll(() => lines.count()).toBe(16);
    await page.getByTitle('Sort by name').click();
    await expect.poll(() => lines.first().textContent()).toContain(' ');
    await expect.poll(() => page.locator('[aria-sort]').textContent()).toContain('name');
    const names = () => lines.locator('[title]').allTextContents();
    await expect.poll(async () => (await names()).join()).toBe((await names()).toSorted().join());
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel('Sort by').selectOption({ label: 'MSE full (run 2)' });
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('g');
    await expect.poll(() => tiles().count()).toBe(16);
  });

  it('shows all keys on a question mark', async () => {
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('Shift+Slash');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Withdraw the verdict').waitFor();
    expect(await dialog.getByText('Undo').count()).toBe(1);
    expect(await dialog.getByText('Select the whole list').count()).toBe(1);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('has no serious accessibility violation in triage', async () => expect(await seriousViolations(page)).toEqual([]));

  it('inspects: original, reconstruction, residual and score map; the next image by key', async () => {
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: 'Score map: MSE (run 2)' }).waitFor();
    await page.getByRole('region', { name: 'Highest-scoring patches' }).getByRole('button').first().waitFor();
    expect(
      await page.getByRole('region', { name: 'Highest-scoring patches' }).getByRole('button').count(),
    ).toBeGreaterThan(1);
    for (const pane of ['Original', 'Reconstruction (run 2)', 'Residual', 'Score map: MSE (run 2)']) {
      const canvas = page.getByRole('img', { name: pane, exact: true });
      await expect.poll(() => canvas.evaluate(brightPixels), { message: pane }).toBeGreaterThan(100);
    }
    const name = await imageName();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => imageName()).not.toBe(name);
  });

  it('changes window and level by dragging, and keeps them for the next image', async () => {
    const original = page.getByRole('img', { name: 'Original', exact: true });
    const before = await page.getByRole('status', { name: 'Current window and level' }).textContent();
    await original.hover({ position: { x: 100, y: 100 } });
    await page.mouse.down();
    await page.mouse.move(400, 300, { steps: 3 });
    await page.mouse.up();
    const dragged = await page.getByRole('status', { name: 'Current window and level' }).textContent();
    expect(dragged).not.toBe(before);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => page.getByRole('status', { name: 'Current window and level' }).textContent()).toBe(dragged);
    await page.keyboard.press('0');
    await expect.poll(() => page.getByRole('status', { name: 'Current window and level' }).textContent()).toBe(before);
  });

  it('shows another score map, and marks an anomaly by dragging', async () => {
    await page.getByLabel('Score map', { exact: true }).selectOption({ label: 'WD (run 2)' });
    await page.getByRole('img', { name: 'Score map: WD (run 2)' }).waitFor();
    await page.keyboard.press('a');
    await page.getByRole('img', { name: 'Original', exact: true }).hover({ position: { x: 250, y: 150 } });
    await page.mouse.down();
    await page.mouse.move(350, 330, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Remove anomaly' }).waitFor();
    await page.keyboard.press('Control+z');
    await page.getByText('None. Press A and drag').waitFor();
    await page.keyboard.press('a');
  });

  it('annotates with keys alone: begins, moves, resizes, keeps, leaves, chooses and takes away', async () => {
    const said = page.getByRole('status', { name: 'Annotation by keyboard' });
    const { annotations, row } = await inspectedDetail();
    expect(annotations).toEqual([]);
    const [width, height] = [row.width, row.height];
    const side = Math.round(height * 0.2);
    await page.keyboard.press('n');
    await expect.poll(() => said.textContent()).toMatch(/^New rectangle, .*Enter saves it, Escape discards it/);
    const shown = await imageName();
    await page.keyboard.press('Escape');
    await expect.poll(() => said.textContent()).toBe('Rectangle discarded.');
    await page.keyboard.press('n');
    for (const key of ['Control+ArrowRight', 'Control+ArrowRight', 'Control+ArrowUp', 'Control+Shift+ArrowDown'])
      await page.keyboard.press(key);
    const [x, y] = [Math.round((width - side) / 2) + 2, Math.round((height - side) / 2) - 1];
    const words = `${side} by ${side + 1} pixels at ${x}, ${y}`;
    await expect.poll(() => said.textContent()).toBe(`Rectangle, ${words}.`);
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowRight');
    // The arrows were the rectangle's: the same image is shown.
    expect(await imageName()).toBe(shown);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Remove anomaly' }).waitFor();
    expect(await said.textContent()).toBe(`Annotation saved, ${words}.`);
    expect((await inspectedDetail()).annotations).toMatchObject([
      { label: 'anomaly', reviewer: 'A. Reviewer', rectangle: { x, y, width: side, height: side + 1 } },
    ]);
    await page.keyboard.press('e');
    await expect
      .poll(() => said.textContent())
      .toBe(`Annotation 1 of 1: anomaly, by A. Reviewer, ${words}. Delete removes it.`);
    await page.keyboard.press('Delete');
    await page.getByText('None. Press A and drag').waitFor();
    await page.keyboard.press('Control+z');
    await page.getByRole('button', { name: 'Remove anomaly' }).waitFor();
    await page.keyboard.press('Control+Shift+z');
    await page.getByText('None. Press A and drag').waitFor();
    await page.keyboard.press('e');
    await expect.poll(() => said.textContent()).toBe('This image has no annotation.');
    await page.keyboard.press('Shift+Slash');
    await page.getByText('Placing a rectangle').waitFor();
    await page.getByText('New rectangle, placed by keys').waitFor();
    await page.keyboard.press('Escape');
    await page.getByText('Placing a rectangle').waitFor({ state: 'hidden' });
    await page.keyboard.press('a');
  });

  it('has no serious accessibility violation in inspect', async () =>
    expect(await seriousViolations(page)).toEqual([]));

  it('counts what a threshold would keep while it is moved', async () => {
    await goToView(page, 'Threshold');
    await page
      .getByRole('img', { name: /^Histogram/ })
      .first()
      .waitFor();
    const slider = page.getByRole('slider', { name: 'Threshold' });
    await slider.press('Home');
    await expect
      .poll(() =>
        page.getByRole('list', { name: 'At or above the threshold' }).getByRole('listitem').first().textContent(),
      )
      .toContain('8 of 8');
    await slider.press('End');
    await expect
      .poll(() =>
        page.getByRole('list', { name: 'At or above the threshold' }).getByRole('listitem').first().textContent(),
      )
      .toMatch(/: [01] of 8/);
    await page.getByText(/ROC: area [01]\.\d{3}/).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  /** How many images lie beyond the threshold, once that is known of where it is now. */
  async function countedBeyond(): Promise<number> {
    // The last movement of a pointer may be heard but not yet drawn.
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    await expect.poll(() => page.getByRole('button', { name: 'Export these' }).isEnabled()).toBe(true);
    return Number(
      (await page.getByRole('status', { name: 'Images beyond the threshold' }).textContent())!.split(' ')[0],
    );
  }

  it('drags the threshold in the histogram, and makes what lies beyond a cohort', async () => {
    const overlay = page.getByRole('img', { name: /^Histogram/ }).locator('.u-over');
    const box = (await overlay.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.9, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.3, box.y + 20, { steps: 4 });
    await page.mouse.up();
    await expect
      .poll(() => page.getByRole('status', { name: 'Images beyond the threshold' }).textContent())
      .toMatch(/^([2-9]|1\d) images/);
    const beyond = await countedBeyond();
    await page.getByRole('button', { name: 'Create cohort' }).click();
    await expect
      .poll(async () => (await window.workbench.call('cohorts.list', {})).cohorts.map(({ images }) => images))
      .toContain(beyond);
  });

  it('exports what lies beyond the threshold: files, manifest and checksums are there', async () => {
    const target = join(folder, 'exported');
    const beyond = await countedBeyond();
    await page.getByRole('button', { name: 'Export these' }).click();
    const dialog = page.getByRole('dialog');
    const selected = (await dialog.locator('option:checked').first().textContent())!;
    expect(Number(/: (\d+) images?$/.exec(selected)![1])).toBe(beyond);
    await dialog.getByLabel('New folder').fill(target);
    await dialog.getByLabel('Name of the data set').fill('Needles');
    await dialog.getByLabel('Licence').fill('CC0-1.0');
    await dialog.getByText('More options').click();
    expect(await cutTexts(dialog)).toEqual([]);
    expect(await seriousViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await expect.poll(() => existsSync(join(target, 'manifest.csv')), { timeout: 20_000 }).toBe(true);
    const manifest = readFileSync(join(target, 'manifest.csv'), 'utf8').trim().split('\n');
    expect(manifest).toHaveLength(1 + beyond);
    const files = readdirSync(target, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.filter(({ name }) => name.endsWith('.png'))).toHaveLength(beyond);
    expect(files.map(({ name }) => name)).toContain('SHA256SUMS');
    expect(readFileSync(join(target, 'data-card.md'), 'utf8')).toMatch(/^# Needles\n[\s\S]*\n## Licence\n\nCC0-1\.0\n/);
  });

  it('lists jobs with their logs', async () => {
    await goToView(page, 'Jobs');
    await page.getByRole('button', { name: 'Log' }).last().click();
    await page
      .getByRole('log')
      .getByText(/imported|images/)
      .first()
      .waitFor();
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('asks for every kind of job in a dialog that is accessible', async () => {
    const names = [
      'Import images',
      'From a PACS',
      'Train',
      'Train encoder',
      'Train localiser',
      'Import network',
      'Score',
      'Import scores',
      'Typicality',
      'Rescore',
      'Combine',
      'Learn',
      'Evaluate',
      'Masks',
    ];
    for (const name of names) {
      await page.getByRole('toolbar', { name: 'New job' }).getByRole('button', { name, exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Close' }).first().waitFor();
      expect(await seriousViolations(page), name).toEqual([]);
      expect(await cutTexts(page.getByRole('dialog')), name).toEqual([]);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
  });

  it('has room for its tools and choices on a small screen, in a font as wide as any', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await asWideAsDejaVu(page);
    for (const view of ['Triage', 'Inspect', 'Readers', 'Threshold', 'Over time', 'Jobs']) {
      await goToView(page, view);
      await page.getByRole('main', { name: view }).getByRole('toolbar').first().waitFor();
      await page.waitForLoadState('networkidle');
      expect(await crowdedTools(page), `${view}`).toEqual([]);
      expect(await wrappedToolBars(page), `${view}`).toEqual([]);
      expect(await cutTexts(page.getByRole('main')), `${view}`).toEqual([]);
    }
    // The button of the notices has no text and opens nothing.
    const starters = page.getByRole('toolbar', { name: 'New job' }).getByRole('button').filter({ hasText: /\S/ });
    for (let starter = 0; starter < (await starters.count()); starter++) {
      const name = await starters.nth(starter).textContent();
      await starters.nth(starter).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Close' }).first().waitFor();
      const more = dialog.getByText('More options');
      if ((await more.count()) > 0) await more.click();
      expect(await cutTexts(dialog), `${name}`).toEqual([]);
      const [inside, around] = [await dialog.boundingBox(), page.viewportSize()!];
      expect(inside!.width, `${name}`).toBeLessThanOrEqual(around.width);
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
    for (const width of [1440, 1680, 1920]) {
      await page.setViewportSize({ width, height: 900 });
      await asWideAsDejaVu(page);
      expect(await crowdedTools(page), `${width}`).toEqual([]);
      expect(await wrappedToolBars(page), `${width}`).toEqual([]);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.reload();
    await page.getByRole('toolbar', { name: 'New job' }).waitFor();
  });

  it('is left as it was: view and order come back', async () => {
    await expect.poll(async () => (await window.workbench.call('settings.get', {})).layout?.view).toBe('"jobs"');
    await page.reload();
    await page.getByRole('list', { name: 'Jobs' }).getByRole('listitem').first().waitFor();
    await goToView(page, 'Triage');
    await expect
      .poll(() => page.getByLabel('Sort by').evaluate((menu: HTMLSelectElement) => menu.selectedOptions[0]!.text))
      .toBe('MSE full (run 2)');
  });

  it('shows an image whose file is gone as missing, and finds it by that', async () => {
    const [id] = (
      await window.workbench.call('images.ids', { filter: {}, order: { by: 'imported', descending: false } })
    ).ids;
    const { row } = await window.workbench.call('images.detail', { id: id! });
    const file = join(folder, 'archive', row.name);
    renameSync(file, `${file}.away`);
    await window.workbench.call('images.frame', { id: id! }).catch(() => {});
    await page.getByRole('gridcell').getByText('missing', { exact: true }).waitFor();
    await page.getByRole('checkbox', { name: /^missing ?1$/ }).check({ force: true });
    await expect.poll(count).toContain('1 image');
    renameSync(`${file}.away`, file);
    await page.getByRole('button', { name: 'Clear filter' }).click();
  });

  it('makes a cohort of what is listed', async () => {
    await page.getByRole('checkbox', { name: /^needle/ }).check({ force: true });
    await expect.poll(count).toBe('2 images');
    await page.getByLabel('Name of a new cohort of the current list').fill('needles');
    await page.keyboard.press('Enter');
    await page.getByText('Cohort "needles": 2 images').waitFor();
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await page.getByLabel('Cohort', { exact: true }).selectOption({ label: 'needles (2)' });
    await expect.poll(count).toBe('2 images');
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Clear filter' }).click();
  });

  it('never complained: no error, no breach of the content security policy', () => {
    expect(window.complaints).toEqual([]);
  });

  it('says why the hours of a job cannot be measured and why it failed, with its log one click away', async () => {
    await goToView(page, 'Jobs');
    await page.getByRole('button', { name: 'Reconstruct and score' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/^The duration cannot be measured: .*none\.safetensors/).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    expect(await cutTexts(dialog)).toEqual([]);
    // What cannot be measured is refused here, not after it has started.
    await expect.poll(() => dialog.getByRole('button', { name: 'Start' }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    const { models } = await window.workbench.call('models.list', {});
    await window.workbench.call('runs.queue', {
      kind: 'project',
      parameters: { images: { filter: {} }, projecting: { model: models[0]!.id }, scoring: {} },
    });
    const card = page.getByRole('list', { name: 'Jobs' }).getByRole('listitem').first();
    await card.getByText('none.safetensors').first().waitFor();
    await card.getByText('failed', { exact: true }).waitFor();
    await card.getByRole('button', { name: 'Log' }).click();
    await card
      .getByRole('log')
      .getByText(/failed: /)
      .waitFor();
    expect(await card.getByRole('button', { name: 'Resume' }).count()).toBe(1);
  });

  it('refuses numbers that are out of bounds before a job starts', async () => {
    await page.getByRole('button', { name: 'Rescore' }).click();
    const dialog = page.getByRole('dialog');
    const start = dialog.getByRole('button', { name: 'Score', exact: true });
    expect(await start.isEnabled()).toBe(true);
    await dialog.getByText('More options').click();
    const patches = dialog.getByLabel('Patches kept');
    for (const wrong of ['0', '65', '2.5', 'many', '']) {
      await patches.fill(wrong);
      await dialog.getByText('Enter a whole number from 1 to 64.').waitFor();
      expect(await start.isDisabled(), wrong).toBe(true);
    }
    await patches.fill('3');
    expect(await start.isEnabled()).toBe(true);
    await page.keyboard.press('Escape');
  });

  it('scores in one pass by families that need no network, and tells what the new scores mean', {
    timeout: 180_000,
  }, async () => {
    await goToView(page, 'Jobs');
    await page.getByRole('toolbar', { name: 'New job' }).getByRole('button', { name: 'Score', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('More options').click();
    await dialog.getByLabel('Images of unknown unit').waitFor();
    // The fields of a family are there while it is wanted.
    await dialog.getByLabel('Principal components').waitFor();
    await dialog.getByRole('checkbox', { name: 'typicality' }).uncheck({ force: true });
    await dialog.getByLabel('Principal components').waitFor({ state: 'detached' });
    // Features need 16 normals; there are eight.
    await dialog.getByRole('checkbox', { name: 'features', exact: true }).uncheck({ force: true });
    await dialog.getByLabel('Reference normals').selectOption({ label: 'cohort normal: 8 images' });
    await dialog.getByRole('button', { name: 'Start' }).click();
    const card = page.getByRole('list', { name: 'Jobs' }).getByRole('listitem').filter({ hasText: 'by acquisition' });
    await card.getByText('done', { exact: true }).waitFor({ timeout: 120_000 });
    const { scores } = await window.workbench.call('scores.list', {});
    expect(scores[0]!.score).toBe('sharpness');
    await goToView(page, 'Triage');
    const order = page.getByLabel('Sort by');
    await order.selectOption({ label: `sharpness (run ${scores[0]!.run})` });
    await expect.poll(() => order.getAttribute('title')).toMatch(/^Blurred, or sharpened: /);
    await page.getByRole('button', { name: 'highest first' }).waitFor();
    await goToView(page, 'Jobs');
  });

  it('takes scores of another program in, and orders by their abnormal end', async () => {
    const order = { by: 'name', descending: false } as const;
    const { rows } = await window.workbench.call('images.page', { filter: {}, order, offset: 0, limit: 3 });
    const table = join(folder, 'theirs.csv');
    writeFileSync(
      table,
      `file;score\n${rows.map(({ name }, index) => `${name};${3 - index},5\n`).join('')}nowhere.png;1,5\n`,
    );
    await goToView(page, 'Jobs');
    await page.getByRole('toolbar', { name: 'New job' }).getByRole('button', { name: 'Import scores' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Table').fill(table);
    await dialog.getByLabel('Name of the score').fill('likelihood');
    await dialog.getByLabel('Abnormal').selectOption({ label: 'low values' });
    await dialog.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByText('Imported likelihood of 3 images; 1 row fits no image, the first is row 5').waitFor();
    await page.getByText('likelihood, imported').first().waitFor();
    await goToView(page, 'Triage');
    const choice = page.getByRole('combobox').filter({ hasText: 'likelihood (run' }).first();
    const label = (await choice.locator('option').filter({ hasText: 'likelihood (run' }).first().textContent())!;
    await choice.selectOption({ label });
    await expect.poll(() => page.locator('[role=gridcell]').first().textContent()).toContain('1.50');
  });

  it('says what to do with an empty catalog', { timeout: 120_000 }, async () => {
    writeFileSync(join(folder, 'archive', 'normal', 'notes.txt'), 'no image');
    await using empty = await openWindow(join(folder, 'empty'), { create: true });
    await empty.page.getByText('This catalog is empty').waitFor();
    expect(await seriousViolations(empty.page)).toEqual([]);
    await empty.page.getByLabel('Folder on the machine that runs Residua').fill(join(folder, 'archive', 'normal'));
    await empty.page.getByRole('button', { name: 'Import', exact: true }).click();
    await empty.page.getByText('8 of 9').first().waitFor();
    await empty.page.getByText('8 images imported, 1 skipped', { exact: true }).first().waitFor();
    await empty.page.getByRole('button', { name: '1 skipped' }).click();
    await empty.page.getByRole('log').getByText('notes.txt').waitFor();
    expect(await empty.page.getByRole('log').locator('p').count()).toBe(1);
    expect(await seriousViolations(empty.page)).toEqual([]);
    await goToView(empty.page, 'Triage');
    await expect.poll(() => empty.page.locator('[role=gridcell]').count()).toBe(8);
    // From a catalog with images to another one.
    await empty.page.getByRole('button', { name: /^empty 8 images/ }).click();
    const dialog = empty.page.getByRole('dialog');
    const field = dialog.getByLabel('Folder of the catalog');
    await field.fill(join(folder, 'archive'));
    await dialog.getByRole('button', { name: 'Open', exact: true }).click();
    await dialog
      .getByRole('alert')
      .getByText(/not found/)
      .waitFor();
    expect(await seriousViolations(empty.page)).toEqual([]);
    await field.fill(join(folder, 'catalog'));
    await dialog.getByRole('button', { name: 'Open', exact: true }).click();
    await empty.page.getByRole('button', { name: /16 images/ }).waitFor();
    await goToView(empty.page, 'Triage');
    await expect.poll(() => empty.page.locator('[role=gridcell]').count()).toBe(16);
    expect((await empty.workbench.call('catalog.info', {}))?.folder).toBe(join(folder, 'catalog'));
  });
});

/** How many pixels of a canvas are not black. Runs in the page. */
function brightPixels(canvas: Element): number {
  const { width, height } = canvas as HTMLCanvasElement;
  const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
  let bright = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at]! + data[at + 1]! + data[at + 2]! > 60) bright++;
  return bright;
}
