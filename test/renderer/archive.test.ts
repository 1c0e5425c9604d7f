// The archive in a real browser, by keys: what is missing is located, what is new is imported, images are removed, folders browsed.
import { copyFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { asWideAsDejaVu, cutTexts, seriousViolations } from './accessibility.ts';
import { noBrowser, type OpenWindow, openWindow } from './browser.ts';
import { buildWindow } from './build-window.ts';
import { makeSampleArchive } from './sample-archive.ts';

describe.skipIf(noBrowser !== null)(`the archive ${noBrowser === null ? '' : `(skipped: ${noBrowser})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'residua-archive-window-'));
  const source = join(folder, 'archive');
  const moved = join(source, 'z-moved');
  let window: OpenWindow;
  let page: Page;
  beforeAll(async () => {
    const building = buildWindow();
    await makeSampleArchive(folder, 4, 64);
    await building;
    window = await openWindow(join(folder, 'catalog'));
    page = window.page;
    await page.getByLabel(/^Reviewer/).fill('A. Curator');
    await page.keyboard.press('Enter');
    await page.locator('[role=gridcell] img').first().waitFor();
  }, 120_000);
  afterAll(async () => {
    await window?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const count = () => page.getByRole('status', { name: 'Number of images' }).textContent();
  const dialog = () => page.getByRole('dialog');

  it('marks images whose files are gone, and filters by that', async () => {
    renameSync(join(source, 'normal'), moved);
    await window.workbench.call('archive.check', {});
    await page.getByRole('checkbox', { name: /^missing ?4$/ }).check({ force: true });
    await expect.poll(count).toBe('4 images');
    await expect.poll(() => page.locator('[role=gridcell]').filter({ hasText: 'missing' }).count()).toBe(4);
    expect(await seriousViolations(page)).toEqual([]);
  });

  it('offers to locate the folder where a missing image is inspected', async () => {
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('Enter');
    await page.getByText('The file is missing.').getByRole('button', { name: 'Locate folder…' }).press('Enter');
    await dialog().getByLabel('Was in').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+1');
  });

  it('says before an export that files are missing', async () => {
    await page.keyboard.press('Alt+4');
    await page.getByRole('button', { name: 'Export' }).press('Enter');
    await dialog().getByLabel('Verdict', { exact: true }).selectOption({ label: 'any' });
    await dialog().getByText('The files of 4 images are missing: this export would fail and name them.').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await dialog().getByLabel('Leave out images whose file is missing').check({ force: true });
    await dialog().getByText('The files of 4 images are missing').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+1');
  });

  it('locates a folder with the browser of folders, by keys alone', async () => {
    await page.getByRole('button', { name: 'Locate folder…' }).press('Enter');
    await dialog().getByLabel('Is now in').waitFor();
    await dialog().getByRole('button', { name: 'Browse' }).press('Enter');
    const names = page.getByRole('listbox', { name: 'Names' });
    await names.getByText(source).waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await names.getByText('z-moved').waitFor();
    await page.keyboard.press('z');
    await page.keyboard.press('Enter');
    const place = page.getByRole('status', { name: 'Folder', exact: true });
    await expect.poll(() => place.textContent()).toBe(moved);
    await page.keyboard.press('Backspace');
    await expect.poll(() => place.textContent()).toBe(source);
    await page.keyboard.press('z');
    await page.keyboard.press('Enter');
    await expect.poll(() => place.textContent()).toBe(moved);
    await page.keyboard.press('Enter');
    await expect.poll(() => dialog().getByLabel('Is now in').inputValue()).toBe(moved);
    await dialog().getByLabel('Is now in').press('Enter');
    await page.getByText('4 images found').waitFor();
    await dialog().waitFor({ state: 'detached' });
    await expect
      .poll(async () => (await window.workbench.call('images.count', { filter: { states: ['vanished'] } })).images)
      .toBe(0);
    await page.getByText('No images match the filter').waitFor();
    await page
      .getByRole('complementary', { name: 'Filters' })
      .getByRole('button', { name: 'Clear filter' })
      .press('Enter');
    await expect.poll(count).toBe('8 images');
    await expect.poll(() => page.locator('[role=gridcell] img').count()).toBe(8);
  });

  it('says what is new in a watched folder, and imports it when told to', async () => {
    await page.keyboard.press('Alt+4');
    await page.getByRole('button', { name: 'Sources' }).press('Enter');
    const sources = dialog().getByRole('table', { name: 'Sources' });
    await sources.waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await sources.getByLabel(`Watch ${source}`, { exact: true }).press(' ');
    await expect.poll(async () => (await window.workbench.call('settings.get', {})).watchedFolders).toEqual([source]);
    await page.keyboard.press('Escape');
    mkdirSync(join(source, 'new'));
    copyFileSync(join(moved, 'normal-001.png'), join(source, 'new', 'one.png'));
    const strip = page.getByRole('region', { name: 'New images' });
    await expect
      .poll(() => strip.getByRole('status').textContent(), { timeout: 20_000 })
      .toBe(`1 new image in ${source}`);
    expect((await window.workbench.call('images.count', { filter: {} })).images).toBe(8);
    await strip.getByRole('button', { name: `Import from ${source}` }).press('Enter');
    await page.getByText('Done: import').waitFor();
    await strip.waitFor({ state: 'detached' });
    expect((await window.workbench.call('images.count', { filter: {} })).images).toBe(9);
  });

  it('removes images after saying what goes with them', async () => {
    await page.keyboard.press('Alt+1');
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('k');
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Delete');
    const counts = dialog().getByLabel('What is removed');
    await expect.poll(() => counts.textContent()).toContain('Verdicts1 (1 keep, 0 reject, 0 unsure)');
    expect(await counts.textContent()).toContain('Images2');
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(count).toBe('9 images, 2 selected');
    await page.keyboard.press('Delete');
    await dialog().getByRole('button', { name: 'Remove', exact: true }).press('Enter');
    await page.getByText(/2 images removed; entry \d+ of the audit log/).waitFor();
    await expect.poll(count).toBe('7 images');
    expect((await window.workbench.call('audit.verify', {})).faults).toEqual([]);
  });

  it('asks where a dropped folder is, since a browser does not tell', async () => {
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(['x'], 'chest.zip'));
      for (const type of ['dragenter', 'dragover'])
        document.body.dispatchEvent(new DragEvent(type, { bubbles: true, dataTransfer: data, cancelable: true }));
    });
    await page.getByText('Drop folders, archives and images to import them').waitFor();
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(['x'], 'chest.zip'));
      document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, dataTransfer: data, cancelable: true }));
    });
    await page.getByText('A browser does not say where chest.zip is.').waitFor();
    await page.getByRole('listbox', { name: 'Names' }).waitFor();
    await dialog().getByRole('button', { name: 'Choose', exact: false }).last().press('Enter');
    await expect.poll(() => dialog().getByLabel('Folder, zip or file').inputValue()).toMatch(/^\//);
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  it('opens the dialog that fits what is dropped on a desktop window, which tells paths', async () => {
    const context = await page.context().browser()!.newContext({ reducedMotion: 'reduce' });
    const desktop = await context.newPage();
    // The bridge of a desktop window over the host of a browser.
    await desktop.addInitScript(() => {
      const send = async (
        _channel: string,
        { method, packed }: { method: string; packed: Uint8Array<ArrayBuffer> },
      ) => {
        const answer = await fetch(`call/${method}`, { method: 'POST', body: packed });
        return { packed: new Uint8Array(await answer.arrayBuffer()) };
      };
      const pathOf = ({ name }: File) => (name === 'made' ? '' : `/dropped/${name}`);
      Object.assign(globalThis, { residua: { send, hear: () => {}, pathOf } });
    });
    await desktop.goto(window.url);
    await desktop.locator('[role=gridcell]').first().waitFor();
    const drop = (...names: readonly string[]) =>
      desktop.evaluate((names) => {
        const dataTransfer = new DataTransfer();
        for (const name of names) dataTransfer.items.add(new File(['x'], name));
        for (const type of ['dragenter', 'dragover', 'drop'])
          document.body.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
      }, names);
    const shown = desktop.getByRole('dialog');
    await drop('a.zip', 'folder');
    await expect.poll(() => shown.getByLabel('Folder, zip or file').inputValue()).toBe('/dropped/a.zip');
    await shown.getByText('and /dropped/folder').waitFor();
    await desktop.keyboard.press('Escape');
    await drop('stylegan.pkl');
    await expect.poll(() => shown.getByLabel('Network file').inputValue()).toBe('/dropped/stylegan.pkl');
    await desktop.keyboard.press('Escape');
    await drop('b.tar.gz', 'net.safetensors');
    await expect.poll(() => shown.getByLabel('Folder, zip or file').inputValue()).toBe('/dropped/b.tar.gz');
    await desktop.getByText('Network files are added one at a time').waitFor();
    await desktop.keyboard.press('Escape');
    await drop('made');
    await desktop.getByText('What was dropped has no path on this machine.').waitFor();
    await context.close();
  });

  it('opens a recent catalog again, and says which are gone', async () => {
    const other = join(folder, 'other');
    openCatalog(other, { create: true }).close();
    await window.workbench.call('catalog.open', { folder: other });
    await window.workbench.call('catalog.open', { folder: join(folder, 'catalog') });
    rmSync(other, { recursive: true });
    await page.reload();
    await page.locator('[role=gridcell]').first().waitFor();
    await page.keyboard.press('Shift+O');
    const recent = dialog().getByRole('list', { name: 'Recent catalogs' });
    const line = recent.getByRole('button', { name: new RegExp(`missing: ${other}`) });
    await line.waitFor();
    expect(await line.isDisabled()).toBe(true);
    expect(await seriousViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  it('keeps its words whole with large text', async () => {
    await page.setViewportSize({ width: 1152, height: 720 });
    await asWideAsDejaVu(page);
    await page.keyboard.press('Alt+4');
    await page.getByRole('button', { name: 'Sources' }).press('Enter');
    await dialog().getByRole('table', { name: 'Sources' }).waitFor();
    expect(await cutTexts(dialog())).toEqual([]);
    // What cannot be read is refused, as it should be.
    const complaints = window.complaints.filter((line) => !/thumbnail|call.images\./.test(line));
    expect(complaints).toEqual([]);
  });
});
