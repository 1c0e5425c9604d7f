// Several readers in a real browser, by keyboard: give a list, decide, read a share of 100 images blind, adjudicate, report.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asWideAsDejaVu, crowdedTools, seriousViolations } from './accessibility.ts';
import { goToView, noBrowser, type OpenWindow, openWindow } from './browser.ts';
import { buildWindow } from './build-window.ts';
import { makeSampleArchive } from './sample-archive.ts';

describe.skipIf(noBrowser !== null)(`readers ${noBrowser === null ? '' : `(skipped: ${noBrowser})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'residua-readers-'));
  const report = join(folder, 'readers.html');
  let window: OpenWindow;
  let page: Page;
  beforeAll(async () => {
    await buildWindow();
    await makeSampleArchive(folder, 50, 32);
    window = await openWindow(join(folder, 'catalog'));
    page = window.page;
    await page.locator('[role=gridcell] data').first().waitFor();
  }, 120_000);
  afterAll(async () => {
    await window?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const bar = () => page.getByRole('region', { name: 'Reading' });
  const read = () => bar().getByRole('status', { name: 'Read' });
  const dialog = () => page.getByRole('dialog');
  const tabs = () => page.getByRole('navigation', { name: 'Views' }).getByRole('button').allTextContents();
  const enterName = async (name: string) => {
    await page.getByLabel(/^Reviewer/).fill(name);
    await page.keyboard.press('Enter');
  };
  const everything = async () => [
    ...(await window.workbench.call('images.ids', { filter: {}, order: { by: 'imported', descending: false } })).ids,
  ];
  /** What the first reader says of an image, and what the second one will say: otherwise of every tenth. */
  const first = (place: number) => (place % 2 === 0 ? 'keep' : 'reject');
  const isOtherwise = (place: number) => place % 10 === 3;
  const shownImage = async () =>
    (await page.getByRole('toolbar', { name: 'Image' }).getByRole('heading').textContent())!;

  it('gives the list of Triage to a reader, who decides', async () => {
    await enterName('Ada');
    await goToView(page, 'Readers');
    await page.getByText('No work lists yet').waitFor();
    await page.getByRole('toolbar', { name: 'Readers' }).getByRole('button', { name: 'New work list' }).focus();
    await page.keyboard.press('Enter');
    await dialog().getByLabel('Name of the list').fill('chest');
    await dialog().getByText('100 images; the list keeps them').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('row', { name: /chest/ }).getByText('0 of 100').waitFor();
    const ids = await everything();
    for (const decision of ['keep', 'reject'] as const) {
      const images = { ids: Uint32Array.from(ids.filter((_, place) => first(place) === decision)) };
      await window.workbench.call('verdicts.set', { images, decision, reason: null, reviewer: 'Ada' });
    }
    await page.getByRole('row', { name: /chest/ }).getByText('100 of 100').waitFor();
  });

  it('opens an open list at the first image that is not read, and leaves it', async () => {
    await page.getByRole('button', { name: 'Continue chest' }).click();
    await bar().getByText('Work list chest of Ada').waitFor();
    await expect.poll(() => read().textContent()).toBe('all 100 read');
    await bar().getByRole('button', { name: 'Leave the list' }).click();
    await bar().waitFor({ state: 'detached' });
    await goToView(page, 'Readers');
  });

  it('gives all of it to a second reader, whose window shows nothing that the first has said', async () => {
    await page.getByRole('button', { name: 'Second reading of chest' }).click();
    await dialog().getByLabel('Second reader').fill('Bob');
    await dialog().getByLabel('Share in percent').fill('100');
    await page.keyboard.press('Enter');
    const begin = page.getByRole('button', { name: 'Begin chest, second' });
    await begin.waitFor();
    // The list is Bob's: Ada cannot begin it.
    expect(await begin.isDisabled()).toBe(true);
    await enterName('Bob');
    await begin.click();
    await bar().getByText('Bob reads chest, second blind').waitFor();
    expect(await read().textContent()).toBe('0 of 100 read');
    expect(await tabs()).toEqual(['Inspect', 'Readers']);
    await page.getByRole('img', { name: 'Original', exact: true }).waitFor();
    const seen = (await page.locator('main').textContent())!;
    for (const word of ['Ada', 'Tags']) expect(seen).not.toContain(word);
    // Not hidden by the page alone: the service does not tell.
    const ask = (method: string, request: string) =>
      page.evaluate(
        async ([method, request]) => {
          const headers = { 'X-Residua-Window': sessionStorage.getItem('window')! };
          const answer = await fetch(`call/${method}`, { method: 'POST', headers, body: request! });
          return { status: answer.status, text: new TextDecoder().decode(await answer.arrayBuffer()) };
        },
        [method, request] as const,
      );
    expect(await ask('readers.agreement', '{}')).toMatchObject({ status: 400 });
    const { complaints } = window;
    expect(complaints.filter((text) => !text.includes('400'))).toEqual([]);
    (complaints as string[]).length = 0;
  });

  it('is read blind with about one key per image, undo and a reload included', { timeout: 120_000 }, async () => {
    let keys = 0;
    const press = async (key: string) => {
      keys += 1;
      await page.keyboard.press(key);
    };
    const names = new Map(
      (
        await window.workbench.call('images.page', {
          ...{ filter: {}, order: { by: 'imported', descending: false }, offset: 0, limit: 100 },
        })
      ).rows.map(({ name }, place) => [name, place]),
    );
    const original = page.getByRole('img', { name: 'Original', exact: true });
    // While the next image is loading it has no name.
    const gone = (name: string) =>
      expect.poll(async () => names.has(await shownImage()) && (await shownImage()) !== name).toBe(true);
    for (let place = 0; place < 100; place++) {
      const name = await shownImage();
      const shown = names.get(name)!;
      await page.locator('figure[aria-busy=true]').first().waitFor({ state: 'detached' });
      const same = first(shown) === 'keep' ? 'k' : 'r';
      await press(isOtherwise(shown) ? (same === 'k' ? 'r' : 'k') : same);
      if (place === 4) {
        await gone(name);
        await press('Control+z');
        await page.getByText('Undone: 1 image').waitFor();
        await press('ArrowLeft');
        await expect.poll(shownImage).toBe(name);
        await press(isOtherwise(shown) ? (same === 'k' ? 'r' : 'k') : same);
      }
      if (place < 99) await gone(name);
      if (place === 49) {
        await expect.poll(() => read().textContent()).toBe('50 of 100 read');
        await page.reload();
        await original.waitFor();
        // It goes on where it was.
        await gone(name);
        await expect.poll(() => read().textContent()).toBe('50 of 100 read');
        await expect.poll(async () => [...names.keys()].indexOf(await shownImage())).toBe(50);
      }
    }
    await expect.poll(() => read().textContent()).toBe('all 100 read');
    console.info(`keys for a blind second read of 100 images: ${keys}`);
    expect(keys).toBeLessThanOrEqual(103);
    // What is in force is still what the first reader said.
    const kept = await window.workbench.call('images.count', { filter: { verdicts: ['keep'] } });
    expect(kept.images).toBe(50);
  });

  it('tells how the readers agree once it is ended, and settles their differences by key', async () => {
    await bar().getByRole('button', { name: 'End blind reading' }).click();
    await expect.poll(tabs).toContain('Triage');
    await enterName('Eve');
    await goToView(page, 'Readers');
    const agreement = page.getByRole('table', { name: 'Agreement' });
    // Ten of a hundred differ, all of them rejected by the first reader: kappa 0.8.
    await expect
      .poll(() => agreement.getByRole('row', { name: /all/ }).textContent())
      .toMatch(/Ada, Boball10010090 %0\.800\.\d\d to 0\.\d\d/);
    const readers = page.getByRole('table', { name: 'Readers' });
    await expect.poll(() => readers.getByRole('row', { name: /Bob/ }).textContent()).toMatch(/Bob10010060400\d\.\d s/);
    const left = page.getByRole('status', { name: 'Differences left' });
    await expect.poll(() => left.textContent()).toBe('Difference 1 of 10');
    expect(await page.getByRole('list', { name: 'What readers say' }).textContent()).toMatch(
      /Ada\s*reject\s*Bob\s*keep\s*blind/,
    );
    for (let place = 10; place > 2; place--) {
      await page.keyboard.press('k');
      await expect.poll(() => left.textContent()).toBe(`Difference 1 of ${place - 1}`);
    }
    await page.keyboard.press('Control+z');
    await expect.poll(() => left.textContent()).toBe('Difference 1 of 3');
    await page.keyboard.press('Control+Shift+z');
    await expect.poll(() => left.textContent()).toBe('Difference 1 of 2');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => left.textContent()).toBe('Difference 2 of 2');
    const { images } = await window.workbench.call('images.count', { filter: { verdicts: ['keep'] } });
    expect(images).toBe(58);
  });

  it('writes a report, has no serious accessibility violations and fits with larger text', async () => {
    await page.getByRole('button', { name: 'Report', exact: true }).click();
    await dialog().getByLabel('HTML file').fill(report);
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    const text = readFileSync(report, 'utf8');
    expect(text).toContain('Ada and Bob');
    expect(text).toContain('blind, second reading of chest');
    expect(text).not.toContain('.png');
    expect(await seriousViolations(page)).toEqual([]);
    for (const width of [1440, 1152, 720]) {
      await page.setViewportSize({ width, height: 900 });
      await asWideAsDejaVu(page);
      expect(await crowdedTools(page)).toEqual([]);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    expect(window.complaints).toEqual([]);
  });
});
