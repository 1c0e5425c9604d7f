// Benchmark: the window in Chromium on a catalog of 112,120 images: opening, sorting, scrolling, inspecting, deciding.
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { type Catalog, openCatalog } from '../../src-main/catalog/catalog.ts';
import { addToMap, completeMap, createMap } from '../../src-main/catalog/tables/map-layouts.ts';
import { phantom, phantomGrey } from '../../src-main/phantom/phantom.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
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
  placeOnMap(catalog);
  catalog.close();
}

/** Groups of the generated map, and dimensions of its reduced features. */
const [groups, dimensions] = [24, 50];

/** A map of all images in groups, as UMAP leaves one; how long that takes itself is measured by `residua map`. */
function placeOnMap(catalog: Catalog): void {
  const random = randomFrom(9);
  const images = Uint32Array.from(catalog.column<number>('SELECT id FROM images ORDER BY id'));
  const basis = { dimensions, mean: new Float32Array(64), directions: random.gaussians(dimensions * 64) };
  const id = createMap(catalog, {
    network: 'bench',
    parameters: { neighbours: 15 },
    basis,
    at: '2026-01-01T00:00:00.000Z',
  });
  const points = random.gaussians(2 * images.length);
  const reduced = random.gaussians(dimensions * images.length);
  for (const [at, image] of images.entries()) {
    const angle = (2 * Math.PI * (image % groups)) / groups;
    points[2 * at] = 10 * Math.cos(angle) + 0.7 * points[2 * at]!;
    points[2 * at + 1] = 7 * Math.sin(angle) + 0.7 * points[2 * at + 1]!;
    reduced[dimensions * at + (image % groups)]! += 8;
  }
  addToMap(catalog, id, { images, points, reduced });
  completeMap(catalog, id);
}

/** Measures the window on a catalog with the scores above. */
export async function measureWindow(catalog: string): Promise<readonly Measure[]> {
  await using window = await openWindow(catalog);
  const { page, workbench } = window;
  await workbench.call('settings.set', { advance: true, layout: {} });
  const opened = [await opening(page), await opening(page), await opening(page)];
  await page.waitForLoadState('networkidle');
  // Each window has a reviewer of its own.
  await page.getByLabel(/^Reviewer/).fill('Bench');
  await page.keyboard.press('Enter');
  const sorting = await sorts(page);
  const gaps = await scrolling(page);
  const inspecting = await nextImages(page);
  const drill = await decisions(page, 200);
  const everything = await decideOnAll(page);
  await page.keyboard.press('Control+z');
  // A whole archive is decided anew, which is no part of what follows.
  await page.waitForTimeout(5000);
  const filtering = await filters(page);
  const similar = await similarTimes(page);
  const map = await onMap(page);
  const late = (all: readonly number[]) => (100 * all.filter((gap) => gap > 33).length) / all.length;
  return [
    {
      name: 'first page visible after opening',
      value: Math.min(...opened),
      unit: 'ms',
      target: 500,
      note: spread(opened),
    },
    { name: 'sort change, median of 7', value: median(sorting), unit: 'ms', target: 100, note: spread(sorting) },
    { name: 'filter change, median of 9', value: median(filtering), unit: 'ms', target: 150, note: spread(filtering) },
    {
      ...{
        name: 'frames more than 33 ms apart, scrolling 10,000 tiles in 10 s',
        value: late(gaps),
        unit: '%',
        target: 1,
      },
      note: spread(gaps),
    },
    { name: 'longest gap between frames, scrolling', value: Math.max(...gaps), unit: 'ms', target: null },
    {
      name: 'inspect: next image, median of 60',
      value: median(inspecting),
      unit: 'ms',
      target: 20,
      note: spread(inspecting),
    },
    { name: 'inspect: next image, 95th percentile', value: quantile(inspecting, 0.95), unit: 'ms', target: 60 },
    {
      name: 'similar images shown, median of 5',
      value: median(similar),
      unit: 'ms',
      target: 100,
      note: spread(similar),
    },
    {
      name: 'map: frames a second while it is moved',
      value: 1000 / median(map.gaps),
      unit: '1/s',
      target: null,
      note: spread(map.gaps),
    },
    {
      name: 'map: lasso of half the archive, listed',
      value: median(map.lasso),
      unit: 'ms',
      target: 300,
      note: spread(map.lasso),
    },
    { name: 'drill of 200 decisions by key: the longest wait', value: Math.max(...drill), unit: 'ms', target: 100 },
    { name: 'drill of 200 decisions by key: median wait', value: median(drill), unit: 'ms', target: null },
    { name: 'select all, reject: tiles show it', value: everything, unit: 'ms', target: null },
    { name: 'memory of the page at the end', value: await memory(window), unit: 'MB', target: null },
    { name: 'memory of the page, garbage collected', value: await memory(window, true), unit: 'MB', target: 400 },
  ];
}

const quantile = (times: readonly number[], share: number): number =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(share * times.length))]!;
const median = (times: readonly number[]): number => quantile(times, 0.5);

/** The distribution of times in one line. */
const spread = (times: readonly number[]): string =>
  [0, 0.25, 0.5, 0.75, 0.95, 1].map((share) => quantile(times, share).toFixed(0)).join(' / ');

/** From the click on a choice of the filter until the number of images has changed. */
async function filters(page: Page): Promise<readonly number[]> {
  const times: number[] = [];
  const choices = page.locator('[aria-label=Filters] label').filter({ hasText: /pneumonia|nodule|effusion/ });
  await choices.nth(2).waitFor();
  for (let change = 0; change < 9; change++) {
    await page.evaluate(`{
      const count = () => document.querySelector('[aria-label="Number of images"]').textContent;
      const before = count();
      globalThis.wait = new Promise((resolve) => {
        addEventListener('pointerup', async () => {
          const began = performance.now();
          do await new Promise(requestAnimationFrame);
          while (performance.now() - began < 10_000 &&
            (count() === before || document.querySelector('[role=gridcell][aria-busy=true]') !== null));
          resolve(performance.now() - began);
        }, { capture: true, once: true });
      });
      null
    }`);
    await choices.nth(change % 3).click();
    times.push(await page.evaluate(() => (globalThis as unknown as { wait: Promise<number> }).wait));
    await page.waitForTimeout(300);
  }
  await page.getByRole('button', { name: 'Clear filter' }).click();
  await page.waitForTimeout(500);
  return times;
}

/** From the key until the nearest images of the focused one are listed. */
async function similarTimes(page: Page): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    await page.locator('[role=grid]').focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(300);
    await onKey(page, () => () => document.querySelectorAll('[aria-label="Similar images"] li').length > 12);
    times.push(await waitAfter(page, 's'));
    await page.keyboard.press('Escape');
    await page.waitForTimeout(300);
  }
  return times;
}

/** Gaps between frames while the map is dragged around for five seconds, and the times from the end of a lasso until its images are listed. */
async function onMap(page: Page): Promise<{ readonly gaps: readonly number[]; readonly lasso: readonly number[] }> {
  await page.keyboard.press('Alt+6');
  const map = page.getByRole('img', { name: /^Map of/ });
  await map.waitFor();
  await page.waitForTimeout(1500);
  const gaps = await page.evaluate(async () => {
    const canvas = document.querySelector('canvas')!;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    const send = (type: string, dx: number, dy: number) =>
      canvas.dispatchEvent(
        new PointerEvent(type, {
          clientX: x + dx,
          clientY: y + dy,
          pointerId: 1,
          bubbles: true,
          button: 0,
          buttons: 1,
        }),
      );
    canvas.setPointerCapture = () => {};
    send('pointerdown', 0, 0);
    const gaps: number[] = [];
    const began = performance.now();
    for (let last = began; last - began < 5000; ) {
      const now: number = await new Promise(requestAnimationFrame);
      gaps.push(now - last);
      last = now;
      send('pointermove', 200 * Math.sin(now / 300), 120 * Math.cos(now / 400));
    }
    send('pointerup', 0, 0);
    return gaps.slice(1);
  });
  await page.keyboard.press('0');
  await page.getByText('Lasso', { exact: true }).click();
  const { x, y, width, height } = (await map.boundingBox())!;
  const lasso: number[] = [];
  for (let round = 0; round < 5; round++) {
    const half = x + width * (0.46 + 0.02 * round);
    await page.mouse.move(x + 4, y + 4);
    await page.mouse.down();
    for (const corner of [
      [half, y + 4],
      [half, y + height - 4],
      [x + 4, y + height - 4],
    ] as const)
      await page.mouse.move(corner[0], corner[1], { steps: 60 });
    await page.evaluate(`{
      const count = () => document.querySelector('[aria-label="Number of images"]').textContent;
      const before = count();
      globalThis.wait = new Promise((resolve) => {
        addEventListener('pointerup', async () => {
          const began = performance.now();
          const isListed = () => /in the region/.test(count()) && count() !== before && !count().startsWith('112,120');
          do await new Promise(requestAnimationFrame);
          while (performance.now() - began < 10_000 && !isListed());
          resolve(performance.now() - began);
        }, { capture: true, once: true });
      });
      null
    }`);
    await page.mouse.up();
    lasso.push(await page.evaluate(() => (globalThis as unknown as { wait: Promise<number> }).wait));
    await page.waitForTimeout(400);
  }
  await page.keyboard.press('Backspace');
  await page.keyboard.press('Alt+1');
  await page.locator('[role=grid]').waitFor();
  return { gaps, lasso };
}

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
        const menu = document.querySelector<HTMLSelectElement>('select[aria-label="Sort by"]')!;
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
  for (let step = 0; step < 60; step++) {
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
async function memory({ page }: OpenWindow, collected = false): Promise<number> {
  if (collected) {
    await (await page.context().newCDPSession(page)).send('HeapProfiler.collectGarbage');
    await page.waitForTimeout(2000);
  }
  const session = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const sizes = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'))?.[1]) / 1024);
  return Math.max(...sizes);
}
