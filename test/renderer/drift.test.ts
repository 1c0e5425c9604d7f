// Over time in a real browser, by keyboard: control chart, which scanner drifted, an alert, the report, accessibility.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { extendProvenance } from '../../src-main/catalog/tables/runs.ts';
import { asWideAsDejaVu, crowdedTools, cutTexts, seriousViolations } from './accessibility.ts';
import { goToView, noBrowser, type OpenWindow, openWindow } from './browser.ts';
import { buildWindow } from './build-window.ts';
import { makeSampleArchive } from './sample-archive.ts';
import { addOrigins } from './sample-origins.ts';

describe.skipIf(noBrowser !== null)(`over time ${noBrowser === null ? '' : `(skipped: ${noBrowser})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'residua-drift-'));
  let window: OpenWindow;
  let page: Page;
  beforeAll(async () => {
    await buildWindow();
    await makeSampleArchive(folder, 60, 32);
    addOrigins(join(folder, 'catalog'), 8, ['A', 'B']);
    window = await openWindow(join(folder, 'catalog'));
    page = window.page;
    await page.locator('[role=gridcell] data').first().waitFor();
  }, 120_000);
  afterAll(async () => {
    await window?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  const signals = () => page.getByRole('status', { name: 'Signals' }).textContent();
  const rows = () => page.getByRole('table', { name: 'Groups' }).locator('tbody tr').allTextContents();
  const dialog = () => page.getByRole('dialog');

  it('shows which months are out and which scanner drifted', async () => {
    await goToView(page, 'Over time');
    const score = page.getByRole('toolbar', { name: 'Over time' }).getByLabel('Score');
    await score.focus();
    await page.keyboard.press('n');
    await expect.poll(async () => (await signals()) ?? '').toContain('beyond the limits');
    await expect.poll(async () => (await rows())[0]).toMatch(/^Maker B.*drifted$/);
    expect((await rows())[1]).toMatch(/^Maker A.*no drift$/);
    await page.getByRole('img', { name: 'Control chart of noise' }).waitFor();
    await page.getByRole('img', { name: 'Distribution of Maker B before and after' }).waitFor();
    await page.getByRole('button', { name: 'Maker A' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: 'Distribution of Maker A before and after' }).waitFor();
  });

  it('takes another grouping, time, chart and baseline, and says what is missing', async () => {
    await page.getByLabel('By', { exact: true }).selectOption('kind');
    await expect.poll(async () => (await rows()).length).toBeGreaterThan(2);
    await page.getByLabel('By', { exact: true }).selectOption('scanner');
    await page
      .getByRole('radio', { name: 'imported' })
      .or(page.getByRole('button', { name: 'imported' }))
      .first()
      .click();
    await page.getByText('A baseline of at least two months is needed.').waitFor();
    await page
      .getByRole('radio', { name: 'acquired' })
      .or(page.getByRole('button', { name: 'acquired' }))
      .first()
      .click();
    await page.getByLabel('Baseline to').fill('2025-06-30');
    await page.getByText(/Baseline 2025-01-1\d to 2025-06-1\d: 6 months/).waitFor();
    await page.getByLabel('Baseline to').fill('');
    await page.getByText(/: 4 months/).waitFor();
  });

  it('sets an alert by keyboard, and shows one that a run has raised until it is seen', async () => {
    await page.getByLabel(/^Reviewer/).fill('A. Physicist');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Alert' }).focus();
    await page.keyboard.press('Enter');
    await dialog().getByLabel('Limit').fill('1.5');
    await dialog().getByLabel('Percent of the new images').fill('10');
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    expect((await window.workbench.call('drift.alerts', {})).alerts).toEqual([
      { score: 'noise', limit: 1.5, share: 0.1 },
    ]);
    expect((await window.workbench.call('audit.verify', {})).faults).toEqual([]);
    const line = 'Alert: noise is at least 1.5 on 4 of 9 new images (44.4 %; the alert allows 10 %)';
    const other = openCatalog(join(folder, 'catalog'));
    extendProvenance(other, 3, { alerts: [line] });
    other.close();
    const alert = page.getByRole('alert').filter({ hasText: line });
    await alert.waitFor();
    await alert.getByRole('button', { name: 'Show the job' }).click();
    await page.getByRole('list', { name: 'Jobs' }).getByText(line).waitFor();
    await alert.getByRole('button', { name: 'Seen' }).click();
    await alert.waitFor({ state: 'detached' });
    await goToView(page, 'Over time');
  });

  it('writes the report, is accessible and fits with larger text', async () => {
    await page.getByRole('img', { name: 'Control chart of noise' }).waitFor();
    await page.getByRole('button', { name: 'Report' }).click();
    await dialog().getByLabel('HTML file').fill(join(folder, 'drift.html'));
    await page.keyboard.press('Enter');
    await dialog().waitFor({ state: 'detached' });
    const text = readFileSync(join(folder, 'drift.html'), 'utf8');
    expect(text).toContain('Maker B');
    expect(text).not.toContain('.png');
    expect(await seriousViolations(page)).toEqual([]);
    for (const width of [1440, 1152, 720]) {
      await page.setViewportSize({ width, height: 900 });
      await asWideAsDejaVu(page);
      expect(await crowdedTools(page)).toEqual([]);
      expect(await cutTexts(page.locator('main'))).toEqual([]);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    expect(window.complaints).toEqual([]);
  });
});
