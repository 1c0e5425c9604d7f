// Duplicates in a real browser, by keys alone: fifty groups of copies cleaned up, leaks taken out, a split seen before it is made.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { asWideAsDejaVu, crowdedTools, cutTexts, seriousViolations } from './accessibility.ts';
import { noBrowser, type OpenWindow, openWindow } from './browser.ts';
import { buildWindow } from './build-window.ts';
import { makeCatalog } from './simulated-scores.ts';

const pairs = 50;

describe.skipIf(noBrowser !== null)(`duplicates ${noBrowser === null ? '' : `(skipped: ${noBrowser})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'residua-duplicates-'));
  let window: OpenWindow;
  let page: Page;
  beforeAll(async () => {
    const building = buildWindow();
    const random = randomFrom(5);
    for (let index = 0; index < pairs + 10; index++) {
      // Large fields of different levels, so that hashes differ.
      const fields = Array.from({ length: 16 }, () => random.below(256));
      const samples = Uint8Array.from(
        { length: 48 * 48 },
        (_, at) => fields[Math.floor(at / 48 / 12) * 4 + Math.floor((at % 48) / 12)]!,
      );
      const png = await encodePng(48, 48, 1, samples);
      for (const kind of index < pairs ? ['first', 'second'] : ['alone']) {
        mkdirSync(join(folder, 'archive', kind), { recursive: true });
        writeFileSync(join(folder, 'archive', kind, `${index}.png`), png);
      }
    }
    await makeCatalog(join(folder, 'catalog'), 'copies', [
      { kind: 'import', parameters: { sources: [join(folder, 'archive')] } },
    ]);
    await building;
    window = await openWindow(join(folder, 'catalog'));
    page = window.page;
    copies = page.locator('div[role=option]');
    await page.getByLabel(/^Reviewer/).fill('A. Reviewer');
    await page.keyboard.press('Enter');
    await page.locator('[role=gridcell] img').first().waitFor();
  }, 120_000);
  afterAll(async () => {
    await window?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  // Menus have options too.
  let copies: Locator;
  const left = () => page.getByRole('status', { name: 'Groups' }).textContent();
  const show = async () => {
    await page.getByRole('navigation').getByRole('button', { name: 'Duplicates' }).press('Enter');
    await page.getByRole('listbox').waitFor();
  };
  const rejected = async () =>
    (await window.workbench.call('images.count', { filter: { verdicts: ['reject'] } })).images;

  it('shows copies side by side, legibly for everyone', async () => {
    await show();
    await expect.poll(left).toBe(`${pairs} of ${pairs} groups to decide`);
    expect(await copies.count()).toBe(2);
    expect(await seriousViolations(page)).toEqual([]);
    await asWideAsDejaVu(page);
    await page.setViewportSize({ width: 1152, height: 720 });
    expect(await cutTexts(page.locator('main'))).toEqual([]);
    expect(await crowdedTools(page)).toEqual([]);
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.reload();
    await page.getByRole('listbox').waitFor();
  });

  it('keeps another one by its digit, undoes, and passes a group over', async () => {
    await copies.and(page.locator('[aria-selected=true]')).waitFor();
    const first = await copies.first().getAttribute('id');
    await page.keyboard.press('2');
    await expect.poll(left).toBe(`${pairs - 1} of ${pairs} groups to decide`);
    await expect.poll(rejected).toBe(1);
    const { row, verdicts } = await window.workbench.call('images.detail', {
      id: Number(first!.slice('copy-'.length)),
    });
    expect(row.verdict).toBe('reject');
    expect(verdicts[0]).toMatchObject({
      reviewer: 'A. Reviewer',
      reason: expect.stringMatching(/^the same as image \d+$/),
    });
    await page.keyboard.press('Control+z');
    await expect.poll(left).toBe(`${pairs} of ${pairs} groups to decide`);
    await expect.poll(rejected).toBe(0);
    await expect.poll(() => copies.first().getAttribute('id')).toBe(first);
    await page.keyboard.press('n');
    await expect.poll(() => copies.first().getAttribute('id')).not.toBe(first);
    await page.keyboard.press('p');
    await expect.poll(() => copies.first().getAttribute('id')).toBe(first);
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => copies.nth(1).getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowLeft');
  });

  it(`cleans ${pairs} groups up with ${pairs} keys`, { timeout: 60_000 }, async () => {
    let keys = 0;
    for (; keys < pairs; keys++) {
      // A key does nothing before both images are there to be seen.
      await expect.poll(() => copies.count()).toBe(2);
      await page.keyboard.press('k');
      if (keys < pairs - 1) await expect.poll(left).toBe(`${pairs - keys - 1} of ${pairs} groups to decide`);
    }
    await page.getByText('All groups are decided').waitFor();
    expect(keys).toBe(pairs);
    await expect.poll(rejected).toBe(pairs);
    const { images } = await window.workbench.call('images.count', {
      filter: { verdicts: ['reject'], kinds: ['alone'] },
    });
    expect(images).toBe(0);
  });

  it('shows the balance of a split before it is made, and makes it', async () => {
    await page.keyboard.press('Alt+1');
    await page.getByRole('button', { name: 'Split by patient…' }).press('Enter');
    const balance = page.getByRole('dialog').getByRole('table', { name: 'Balance of the parts' });
    await balance.waitFor();
    expect(await balance.getByRole('row', { name: /^images/ }).textContent()).toBe('images88 (80.0 %)22 (20.0 %)');
    expect(await balance.getByRole('row', { name: /^kind/ }).count()).toBe(3);
    await page.getByText('The patients of 110 of 110 images are not known').waitFor();
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel('Share of part 2 in percent').fill('30');
    await page.getByText('The shares sum to 110 %, not to 100 %.').waitFor();
    await page.getByLabel('Share of part 1 in percent').fill('70');
    await expect
      .poll(() => balance.getByRole('row', { name: /^images/ }).textContent())
      .toBe('images77 (70.0 %)33 (30.0 %)');
    await page.keyboard.press('Enter');
    await expect
      .poll(async () =>
        (await window.workbench.call('cohorts.list', {})).cohorts.map(({ name, images }) => [name, images]),
      )
      .toEqual([
        ['train', 77],
        ['test', 33],
      ]);
  });

  it('lists what leaks between the cohorts, and takes it out of one', async () => {
    await page.getByRole('navigation').getByRole('button', { name: 'Duplicates' }).press('Enter');
    await page.getByRole('radio', { name: 'Leaks between cohorts' }).click();
    const leaks = page.getByRole('table', { name: 'Leaks' });
    await leaks.waitFor();
    const { cohorts } = await window.workbench.call('cohorts.list', {});
    const [train, test] = cohorts;
    const found = await window.workbench.call('cohorts.leaks', { first: train!.id, second: test!.id });
    const shared = new Set(found.leaks.flatMap(({ second }) => second)).size;
    expect(shared).toBeGreaterThan(3);
    expect(await leaks.getByRole('row').count()).toBe(found.leaks.length + 1);
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByRole('button', { name: `Take all ${shared} images out of test` }).press('Enter');
    await page.getByText('Nothing in common.').waitFor();
    expect((await window.workbench.call('cohorts.list', {})).cohorts[1]).toMatchObject({ images: 33 - shared });
    const audit = await window.workbench.call('audit.verify', {});
    expect(audit.faults).toEqual([]);
    expect(window.complaints).toEqual([]);
  });
});
