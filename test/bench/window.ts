// Benchmark: the window in Chromium on a catalog of 112,120 images: opening, sorting, scrolling, inspecting, deciding.
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { phantom, phantomGrey } from '../../src-main/phantom/phantom.ts';
import { noBrowser, type OpenWindow, openWindow } from '../renderer/browser.ts';
import { buildWindow } from '../renderer/build-window.ts';
import { type ArchiveFile, fillLargeArchive } from './large-archive.ts';
import type { Measure } from './measure.ts';

const scores = ['WD patch', 'MSE full', 'logit'] as const;
const side = 256;
const differentImages = 32;

export async function run(): Promise<readonly Measure[]> {
  if (noBrowser !== null) throw new Error(noBrowser);
  await buildWindow();
  const folder = await mkdtemp(join(tmpdir(), 'residua-bench-window-'));
  try {
    await makeCatalog(folder);
    return await measureWindow(join(folder, 'catalog'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A catalog in `folder`/catalog whose files are there: links to a few phantoms, each under a name of its own. */
export async function makeCatalog(folder: string): Promise<void> {
  const archive = join(folder, 'archive');
  mkdirSync(archive, { recursive: true });
  const originals: Omit<ArchiveFile, 'file'>[] = [];
  for (let index = 0; index < differentImages; index++) {
    const grey = phantomGrey(phantom({ protocol: 'liver', seed: 5, index, size: side }));
    const png = await encodePng(side, side, 1, grey.data);
    writeFileSync(join(archive, `original-${index}.png`), png);
    originals.push({ size: png.length, sha256: createHash('sha256').update(png).digest('hex'), side });
  }
  const catalog = openCatalog(join(folder, 'catalog'), { create: true });
  fillLargeArchive(catalog, scores, (id, name) => {
    const file = join(archive, name);
    linkSync(join(archive, `original-${id % differentImages}.png`), file);
    return { file, ...originals[id % differentImages]! };
  });
  catalog.close();
}

/** Measures the window on a catalog with the scores above. */
export async function measureWindow(catalog: string): Promise<readonly Measure[]> {
  await using window = await openWindow(catalog);
  const { page, workbench } = window;
  await workbench.call('settings.set', { advance: true, layout: {} });
  const opened = await opening(page);
  await page.waitForLoadState('networkidle');
  // Each window has a reviewer of its own.
  await page.getByLabel(/^Reviewer/).fill('Bench');
  await page.keyboard.press('Enter');
  const sorting = await sorts(page);
  const gaps = await scrolling(page);
  const inspecting = await nextImages(page);
  const drill = await decisions(page, 200);
  const everything = await decideOnAll(page);
  const late = gaps.filter((gap) => gap > 33).length / gaps.length;
  return [
    { name: 'first page visible after opening', value: opened, unit: 'ms', target: 1500 },
    { name: 'sort change, median of 7', value: median(sorting), unit: 'ms', target: 100 },
    { name: 'frames more than 33 ms apart, scrolling 10,000 tiles in 10 s', value: late * 100, unit: '%', target: 5 },
    { name: 'longest gap between frames, scrolling', value: Math.max(...gaps), unit: 'ms', target: null },
    { name: 'inspect: next image, median of 20', value: median(inspecting), unit: 'ms', target: 150 },
    { name: 'drill of 200 decisions by key: the longest wait', value: Math.max(...drill), unit: 'ms', target: 100 },
    { name: 'drill of 200 decisions by key: median wait', value: median(drill), unit: 'ms', target: null },
    { name: 'select all, reject: tiles show it', value: everything, unit: 'ms', target: null },
    { name: 'memory of the page at the end', value: await memory(window), unit: 'MB', target: 500 },
  ];
}

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[times.length >> 1]!;

/** From the beginning of the navigation until tiles bear their scores. */
async function opening(page: Page): Promise<number> {
  await page.reload({ waitUntil: 'commit' });
  const shown = await page.waitForFunction(
    () => document.querySelector('[role=gridcell] data') !== null && performance.now(),
    undefined,
    { polling: 'raf' },
  );
  return (await shown.jsonValue()) as number;
}

/** From the choice of another score until every tile in sight bears its score in the new order. */
async function sorts(page: Page): Promise<readonly number[]> {
  const times: number[] = [];
  for (let change = 0; change < 7; change++) {
    times.push(
      await page.evaluate(async (choices) => {
        const frame = () => new Promise(requestAnimationFrame);
        const menu = document.querySelector<HTMLSelectElement>('select[aria-labelledby=order-label]')!;
        const listed = () => [...document.querySelectorAll('[role=gridcell]')].map(({ id }) => id).join();
        const before = listed();
        Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value')!.set!.call(
          menu,
          String((Number(menu.value) + 1) % choices),
        );
        const began = performance.now();
        menu.dispatchEvent(new Event('change', { bubbles: true }));
        do await frame();
        while (
          performance.now() - began < 10_000 &&
          (listed() === before || document.querySelector('[role=gridcell][aria-busy=true]') !== null)
        );
        return performance.now() - began;
      }, scores.length),
    );
    await page.waitForTimeout(500);
  }
  return times;
}

/** Milliseconds between frames while 10,000 tiles pass in ten seconds. */
async function scrolling(page: Page): Promise<readonly number[]> {
  return page.evaluate(async () => {
    const grid = document.querySelector<HTMLElement>('[role=grid]')!;
    const line = grid.querySelector<HTMLElement>('[role=row]')!;
    const distance = (10_000 / line.querySelectorAll('[role=gridcell]').length) * line.offsetHeight;
    grid.scrollTop = 0;
    const gaps: number[] = [];
    const began = performance.now();
    for (let last = began; last - began < 10_000; ) {
      const now: number = await new Promise(requestAnimationFrame);
      gaps.push(now - last);
      last = now;
      grid.scrollTop = (distance * (now - began)) / 10_000;
    }
    return gaps.slice(1);
  });
}

/** From the key until the next image is shown. */
async function nextImages(page: Page): Promise<readonly number[]> {
  await page.locator('[role=grid]').focus();
  await page.keyboard.press('Enter');
  await page.locator('figure[aria-busy=false]').first().waitFor();
  await page.waitForTimeout(1500);
  const times: number[] = [];
  for (let step = 0; step < 20; step++) {
    await onKey(page, () => {
      const name = document.querySelector('[aria-label=Image] h2')!.textContent;
      return () =>
        document.querySelector('[aria-label=Image] h2')!.textContent !== name &&
        document.querySelector('figure[aria-busy=true]') === null;
    });
    times.push(await waitAfter(page, 'ArrowRight'));
    await page.waitForTimeout(250);
  }
  await page.keyboard.press('Escape');
  await page.locator('[role=grid]').waitFor();
  return times;
}

/** From each key until its verdict stands on the tile and the next image has the focus. */
async function decisions(page: Page, count: number): Promise<readonly number[]> {
  await page.locator('[role=grid]').focus();
  await page.keyboard.press('Home');
  await page.waitForTimeout(1000);
  await page.evaluate(() => {
    const waits: number[] = [];
    Object.assign(globalThis, { waits });
    const focused = () => document.querySelector('[role=grid]')!.getAttribute('aria-activedescendant')!;
    addEventListener(
      'keydown',
      async () => {
        const began = performance.now();
        const id = focused();
        const decided = () => {
          const tile = document.getElementById(id);
          return tile === null || tile.querySelector('[data-verdict]') !== null;
        };
        do await new Promise(requestAnimationFrame);
        while (performance.now() - began < 10_000 && (focused() === id || !decided()));
        waits.push(performance.now() - began);
      },
      { capture: true },
    );
  });
  for (let image = 0; image < count; image++) {
    await page.keyboard.press('kru'[image % 3]!);
    await page.waitForFunction(
      (done) => (globalThis as unknown as { waits: number[] }).waits.length === done,
      image + 1,
      { polling: 'raf' },
    );
  }
  return page.evaluate(() => (globalThis as unknown as { waits: number[] }).waits);
}

/** From the key until every tile in sight bears the verdict that all 112,120 images got. */
async function decideOnAll(page: Page): Promise<number> {
  await page.keyboard.press('Control+a');
  await page.getByText(/ selected/).waitFor();
  await onKey(page, () => () => document.querySelector('[role=gridcell]:not(:has([data-verdict=reject]))') === null);
  return waitAfter(page, 'r');
}

/**
 * Makes the page time the next key until `begin`'s answer, asked at every frame, is true; ten seconds at most. The page
 * listens before the key is pressed: two messages that are sent at once may come in either order.
 */
async function onKey(page: Page, begin: () => () => boolean): Promise<void> {
  await page.evaluate(`{
    const reached = (${begin.toString()})();
    globalThis.wait = new Promise((resolve) => {
      addEventListener('keydown', async () => {
        const began = performance.now();
        do await new Promise(requestAnimationFrame);
        while (performance.now() - began < 10_000 && !reached());
        resolve(performance.now() - began);
      }, { capture: true, once: true });
    });
    null
  }`);
}

async function waitAfter(page: Page, key: string): Promise<number> {
  await page.keyboard.press(key);
  return page.evaluate(() => (globalThis as unknown as { wait: Promise<number> }).wait);
}

/** What the page's process holds for itself and its share of what it shares, in megabytes; Linux only, else NaN. */
async function memory({ page }: OpenWindow): Promise<number> {
  const session = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'))?.[1]) / 1024);
  return Math.max(...sizes);
}
