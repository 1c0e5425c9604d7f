// A curator's whole way in one real browser: import, ranking, map, lasso, decisions, blind second reading, adjudication, export, check.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { phantom, phantomGrey } from '../../src-main/phantom/phantom.ts';
import { goToView, noBrowser, type OpenWindow, openWindow } from './browser.ts';
import { buildWindow } from './build-window.ts';

const [side, normals, anomalies] = [64, 24, 12];
const program = join(import.meta.dirname, '../../src-main/cli/main.ts');

describe.skipIf(noBrowser !== null)(`a curator ${noBrowser === null ? '' : `(skipped: ${noBrowser})`}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'residua-flow-'));
  const catalog = join(folder, 'catalog');
  const target = join(folder, 'exported');
  let window: OpenWindow;
  let page: Page;
  beforeAll(async () => {
    await buildWindow();
    await writeArchive(join(folder, 'images'));
    window = await openWindow(catalog, { create: true });
    page = window.page;
  }, 120_000);
  afterAll(async () => {
    await window?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  const dialog = () => page.getByRole('dialog');
  const status = () => page.getByRole('main').getByRole('status', { name: 'Number of images' }).textContent();
  const enterName = async (name: string) => {
    await page.getByLabel(/^Reviewer/).fill(name);
    await page.keyboard.press('Enter');
  };
  const counted = async (verdict: 'keep' | 'reject') =>
    (await window.workbench.call('images.count', { filter: { verdicts: [verdict] } })).images;

  it('ranks a folder, and sees its top row first', { timeout: 120_000 }, async () => {
    await page.getByRole('button', { name: 'Rank a folder' }).click();
    await dialog().getByLabel('Folder, zip or file of images to look through').fill(join(folder, 'images'));
    await page.keyboard.press('Enter');
    await dialog().getByLabel('Normal images', { exact: true }).waitFor({ timeout: 30_000 });
    await dialog().getByRole('button', { name: 'Rank', exact: true }).click();
    await dialog().waitFor({ state: 'detached', timeout: 90_000 });
    await expect.poll(status).toBe(`${anomalies} images`);
    const focused = () => page.locator('[role=grid]').getAttribute('aria-activedescendant');
    await page
      .locator('[role=gridcell] data')
      .nth(anomalies - 1)
      .waitFor();
    const first = page.locator('[role=gridcell]').first();
    await expect.poll(async () => (await first.getAttribute('id')) === (await focused())).toBe(true);
    const scores = (await page.locator('[role=gridcell] data').allTextContents()).map(Number);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const chosen = await page.getByRole('combobox', { name: 'Cohort' }).locator('option:checked').textContent();
    expect(chosen).toBe('without the normals');
  });

  it('makes the map, draws a lasso that begins on a picture, and lists what it holds', async () => {
    await goToView(page, 'Map');
    await page.getByRole('button', { name: 'Make the map' }).click();
    await page.getByRole('img', { name: /^Map of/ }).waitFor({ timeout: 30_000 });
    await page.getByText('Lasso', { exact: true }).click();
    // Smaller, so that points lie close together, and a picture stands beside them.
    for (let step = 0; step < 5; step++) await page.keyboard.press('-');
    const typical = page.getByRole('list', { name: 'Typical images of dense regions' }).getByRole('button').first();
    await typical.waitFor();
    const [around, picture] = [
      await page.getByRole('img', { name: /^Map of/ }).boundingBox(),
      await typical.boundingBox(),
    ];
    const { x, y, width, height } = around!;
    const start = [picture!.x + picture!.width / 2, picture!.y + picture!.height / 2] as const;
    await page.mouse.move(...start);
    await page.mouse.down();
    for (const [right, down] of [
      [0.01, 0.01],
      [0.99, 0.01],
      [0.99, 0.99],
      [0.01, 0.99],
    ] as const)
      await page.mouse.move(x + right * width, y + down * height, { steps: 4 });
    await page.mouse.up();
    await expect.poll(status).toMatch(/^\d+ images in the region$/);
    await page.keyboard.press('Escape');
    await page.getByText('region of the map').waitFor();
    await page.waitForLoadState('networkidle');
    const held = Number(/^(\d+) images?$/.exec((await status())!)?.[1]);
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThanOrEqual(anomalies);
    await page.getByRole('button', { name: 'Clear filter' }).click();
  });

  it('decides with one key per image', async () => {
    await enterName('Ada');
    await page.getByRole('combobox', { name: 'Cohort' }).selectOption({ label: 'all images' });
    await page.getByRole('checkbox', { name: /^needle/ }).check({ force: true });
    await expect.poll(status).toBe(`${anomalies} images`);
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('Home');
    for (let place = 0; place < anomalies; place++) {
      await page.keyboard.press(place % 3 === 0 ? 'k' : 'r');
      await expect.poll(async () => (await counted('keep')) + (await counted('reject'))).toBe(place + 1);
    }
    expect([await counted('keep'), await counted('reject')]).toEqual([4, 8]);
  });

  it('gives the list to a second reader, who reads it blind', async () => {
    await goToView(page, 'Readers');
    await page.getByRole('button', { name: 'New work list' }).first().click();
    await dialog().getByLabel('Name of the list').fill('needles');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Second reading of needles' }).click();
    await dialog().getByLabel('Second reader').fill('Bob');
    await dialog().getByLabel('Share in percent').fill('100');
    await page.keyboard.press('Enter');
    const begin = page.getByRole('button', { name: 'Begin needles, second' });
    await begin.waitFor();
    await enterName('Bob');
    await begin.click();
    const bar = page.getByRole('region', { name: 'Reading' });
    const read = bar.getByRole('status', { name: 'Read' });
    await expect.poll(() => read.textContent()).toBe(`0 of ${anomalies} read`);
    await page.getByRole('img', { name: 'Original', exact: true }).waitFor();
    const place = page.getByRole('toolbar', { name: 'Image' });
    const heading = () => place.getByRole('heading').textContent();
    let before: string | null = null;
    for (let at = 1; at <= anomalies; at++) {
      await place.getByText(`${at} of ${anomalies}`).waitFor();
      // While the next image is loading it has no name, and keys decide nothing.
      await expect.poll(async () => /\.png$/.test((await heading()) ?? '') && (await heading()) !== before).toBe(true);
      before = await heading();
      await page.locator('figure[aria-busy=true]').first().waitFor({ state: 'detached' });
      await page.keyboard.press('r');
      await expect
        .poll(() => read.textContent())
        .toBe(at === anomalies ? `all ${anomalies} read` : `${at} of ${anomalies} read`);
    }
    await bar.getByRole('button', { name: 'End blind reading' }).click();
    await bar.waitFor({ state: 'detached' });
    // What is in force is still what the first reader said.
    expect([await counted('keep'), await counted('reject')]).toEqual([4, 8]);
  });

  it('adjudicates where the two differ', async () => {
    await enterName('Eve');
    await goToView(page, 'Readers');
    const left = page.getByRole('status', { name: 'Differences left' });
    await expect.poll(() => left.textContent()).toBe('Difference 1 of 4');
    await page.keyboard.press('r');
    await expect.poll(() => left.textContent()).toBe('Difference 1 of 3');
    for (const rest of [2, 1]) {
      await page.keyboard.press('k');
      await expect.poll(() => left.textContent()).toBe(`Difference 1 of ${rest}`);
    }
    await page.keyboard.press('k');
    await page.getByText('No differences to adjudicate').waitFor();
    await expect.poll(async () => [await counted('keep'), await counted('reject')]).toEqual([3, 9]);
  });

  it('exports what is kept, and the export is whole', async () => {
    await goToView(page, 'Jobs');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await dialog().getByLabel('New folder').fill(target);
    await dialog().getByLabel('Images', { exact: true }).selectOption({ index: 0 });
    await dialog().getByText('3 images', { exact: true }).waitFor();
    await dialog().getByRole('button', { name: 'Export', exact: true }).click();
    await expect.poll(() => existsSync(join(target, 'SHA256SUMS')), { timeout: 20_000 }).toBe(true);
    expect(readFileSync(join(target, 'manifest.csv'), 'utf8').trim().split('\n')).toHaveLength(1 + 3);
    const { status, stdout } = spawnSync(
      process.execPath,
      [program, 'export', 'verify', target, '--catalog', catalog],
      { encoding: 'utf8' },
    );
    expect(stdout).toMatch(/, 3 images checked/);
    expect(stdout).toContain('the checksums are those of entry');
    expect(status).toBe(0);
    // The Readers view asks once more while the blind reading begins, and is refused.
    expect(window.complaints.filter((text) => !/400 .*call\/readers\./.test(text))).toEqual([]);
  });
});

/** Normal phantoms in one folder, with a needle in the other. */
async function writeArchive(place: string): Promise<void> {
  for (const kind of ['normal', 'needle']) await mkdir(join(place, kind), { recursive: true });
  for (let index = 0; index < normals + anomalies; index++) {
    const kind = index < normals ? 'normal' : 'needle';
    const anomaly = kind === 'needle' ? { anomaly: 'needle' as const } : {};
    const { data } = phantomGrey(phantom({ protocol: 'liver', seed: 5, index, size: side, ...anomaly }));
    await writeFile(join(place, kind, `${index}.png`), await encodePng(side, side, 1, data));
  }
}
