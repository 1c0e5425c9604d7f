// npm run screenshots [-- CATALOG]: every view at 1440 x 900 on what `residua demo` makes and on CT-like volumes, into docs/screenshots.
import { execFileSync } from 'node:child_process';
import { copyFile, cp, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import type { Request } from '../../src-preload/contract.ts';
import { startFakeDicomweb } from '../pacs/fake-dicomweb.ts';
import { sampleStudies } from '../pacs/sample-studies.ts';
import { goToView, noBrowser, type OpenWindow, openWindow } from './browser.ts';
import { buildWindow } from './build-window.ts';
import { makeSampleArchive } from './sample-archive.ts';
import { addOrigins } from './sample-origins.ts';
import { makeSampleScans, writeNormalScans } from './sample-scans.ts';

if (noBrowser !== null) throw new Error(noBrowser);
const target = join(import.meta.dirname, '../../docs/screenshots');
const program = join(import.meta.dirname, '../../src-main/cli/main.ts');
const score = 'anomaly';

await mkdir(target, { recursive: true });
await buildWindow();
const folder = await mkdtemp(join(tmpdir(), 'residua-screenshots-'));
const catalog = join(folder, 'demonstration');
try {
  // A catalog of an earlier `residua demo` saves its minutes; it is copied, since decisions are made in it.
  const [given] = process.argv.slice(2);
  if (given === undefined)
    execFileSync(process.execPath, [program, 'demo', '--catalog', catalog], { stdio: 'inherit' });
  else await cp(resolve(given), catalog, { recursive: true });
  await takeDemonstration();
  await takeReaders();
  await takeScans();
  await takeCopies();
  await takeFirstRun();
  await takePacs();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function takeDemonstration(): Promise<void> {
  await using window = await openWindow(catalog);
  const { page } = window;
  await beginReview(window);
  const order = page.getByLabel('Sort by');
  await order.selectOption({ label: await labelOf(page, score) });
  await listed(page);
  for (const key of ['r', 'r', 'r', 'k', 'r', 'u', 'r', 'k']) await page.keyboard.press(key);
  await take(page, 'triage');
  await page.keyboard.press('g');
  await take(page, 'table');
  await page.keyboard.press('g');
  await page.keyboard.press('Shift+Slash');
  await take(page, 'keys');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await order.selectOption({ label: await labelOf(page, 'WD patch') });
  await listed(page);
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Highest-scoring patches' }).getByRole('button').first().waitFor();
  await take(page, 'inspect');
  await goToView(page, 'Threshold');
  await page.getByLabel('Score', { exact: true }).waitFor();
  await page.getByLabel('Score', { exact: true }).selectOption({ label: await labelOf(page, score) });
  await page.getByText(/area 0\.\d{3}/).waitFor();
  await page.getByText(/at the threshold: sensitivity/).waitFor();
  await take(page, 'threshold');
  await goToView(page, 'Jobs');
  await page.getByRole('button', { name: 'Log' }).first().click();
  await take(page, 'jobs');
  await page.getByRole('button', { name: 'Reconstruct and score' }).click();
  await page.getByText(/^About /).waitFor({ timeout: 180_000 });
  await take(page, 'dialog');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Log' }).first().click();
  await takeTraining(window);
}

/** A real training of some minutes, of a network so small that it has something to show for them; pictured as it goes on. */
async function takeTraining({ page, workbench }: OpenWindow): Promise<void> {
  const { cohorts } = await workbench.call('cohorts.list', {});
  const cohort = cohorts.find(({ name }) => name === 'training normals')!.id;
  const size = { channelBase: 512, channelMax: 16, latentSize: 32, mappingLayers: 2, batch: 16 };
  const options = { ...size, kimg: 200, snap: 2, metrics: 'none', mirror: true };
  const parameters = { cohort, name: 'normals', resolution: 32, options };
  const { id } = await workbench.call('runs.queue', { kind: 'train', parameters });
  const ticks = async () => (await workbench.call('runs.plot', { id })).points.length;
  while ((await ticks()) < 10) await page.waitForTimeout(2000);
  await take(page, 'training');
  await workbench.call('runs.cancel', { id });
}

/** Two readers of phantoms, one of them blind, and a generated score by month and scanner. */
async function takeReaders(): Promise<void> {
  await makeSampleArchive(join(folder, 'readers'), 60, 128);
  addOrigins(join(folder, 'readers', 'catalog'), 12, ['A', 'B', 'C']);
  await using window = await openWindow(join(folder, 'readers', 'catalog'));
  const { page, workbench } = window;
  const { ids } = await workbench.call('images.ids', { filter: {}, order: { by: 'imported', descending: false } });
  const given = { images: { ids }, by: 'Eve' };
  const first = await workbench.call('readers.assign', { ...given, name: 'liver', reader: 'Ada' });
  const request = { list: first.id, reader: 'Bob', name: 'liver, second', share: 0.4, seed: 1, by: 'Eve' };
  const { id: second } = await workbench.call('readers.second', request);
  const shared = await workbench.call('readers.unread', { list: second });
  // What two readers have decided in some minutes, as a table of another machine has it.
  const rows = async (images: Uint32Array, reader: string, otherwise: number, blind: string) => {
    const began = Date.parse('2026-02-03T09:00:00Z');
    return Promise.all(
      Array.from(images, async (image, place) => {
        const { row, sha256 } = await workbench.call('images.detail', { id: image });
        const isKept = (row.kind === 'normal') !== (place % otherwise === otherwise - 1);
        const time = new Date(began + 1000 * (6 * place + ((place * 7) % 5))).toISOString();
        return `${sha256},${row.frame},${reader},${isKept ? 'keep' : 'reject'},${blind},${time}`;
      }),
    );
  };
  const table = ['sha256,frame,reader,verdict,blind,time'];
  table.push(...(await rows(ids.slice(0, 100), 'Ada', 23, 'no')), ...(await rows(shared.ids, 'Bob', 11, 'yes')));
  await writeFile(join(folder, 'verdicts.csv'), table.join('\n'));
  await workbench.call('readers.merge', { file: join(folder, 'verdicts.csv'), reviewer: 'Eve' });
  await beginReview(window);
  await page.getByLabel(/^Reviewer/).fill('Ada');
  await page.keyboard.press('Enter');
  await goToView(page, 'Readers');
  await page.getByRole('status', { name: 'Differences left' }).waitFor();
  await take(page, 'readers');
  await goToView(page, 'Over time');
  await page.getByRole('toolbar', { name: 'Over time' }).getByLabel('Score').selectOption('noise');
  await page.getByRole('img', { name: 'Control chart of noise' }).waitFor();
  await take(page, 'over-time');
}

/** What volumes have that pictures have not: slices, windows for CT, masks and their Dice. */
async function takeScans(): Promise<void> {
  await makeSampleScans(join(folder, 'scans'), 16, 256);
  await writeNormalScans(join(folder, 'normals'), 24, 256);
  await using window = await openWindow(join(folder, 'scans', 'catalog'));
  const { page, workbench } = window;
  const { ids } = await workbench.call('images.ids', { filter: {}, order: { by: 'imported', descending: false } });
  const sources = [join(folder, 'normals')];
  await over(window, { kind: 'import', parameters: { sources, cohort: 'normal scans' } });
  const normals = (await workbench.call('cohorts.list', {})).cohorts.find(({ name }) => name === 'normal scans')!.id;
  await over(window, {
    kind: 'scores',
    parameters: { images: { ids }, normals, families: ['features', 'acquisition'] },
  });
  await beginReview(window);
  await goToView(page, 'Segmentation');
  await page.getByText(/^AUROC of the score/).waitFor({ timeout: 120_000 });
  await take(page, 'segmentation');
  await page.getByRole('table', { name: 'Scans' }).locator('tbody button').first().click();
  await page.getByRole('region', { name: 'Highest-scoring patches' }).getByRole('button').first().waitFor();
  await page.keyboard.press('1');
  await page.getByRole('img', { name: 'Original', exact: true }).hover({ position: { x: 200, y: 220 } });
  await take(page, 'scan');
}

/** Queues a run and waits for its end. */
async function over({ page, workbench }: OpenWindow, request: Request<'runs.queue'>): Promise<void> {
  const { id } = await workbench.call('runs.queue', request);
  const stateOf = async () => (await workbench.call('runs.detail', { id })).run.state;
  while ((await stateOf()) !== 'done') await page.waitForTimeout(500);
}

/** An archive with copies, of which some files have moved and some are new. */
async function takeCopies(): Promise<void> {
  const place = join(folder, 'copies');
  await makeSampleArchive(place, 16, 256);
  const archive = join(place, 'archive');
  const images = (await readdir(archive, { recursive: true })).filter((path) => path.endsWith('.png')).slice(0, 12);
  await mkdir(join(archive, 'copies'));
  for (const [index, image] of images.entries())
    await copyFile(join(archive, image), join(archive, 'copies', `copy-${index}.png`));
  await using window = await openWindow(join(place, 'catalog'));
  const { page, workbench } = window;
  await over(window, { kind: 'import', parameters: { sources: [archive] } });
  await beginReview(window);
  await page.getByRole('navigation').getByRole('button', { name: 'Duplicates' }).click();
  await page.getByRole('listbox').waitFor();
  await take(page, 'duplicates');
  await page.keyboard.press('Alt+1');
  await page.getByRole('button', { name: 'Split by patient…' }).click();
  await page.getByRole('table', { name: 'Balance of the parts' }).waitFor();
  await take(page, 'split');
  await page.keyboard.press('Escape');
  await rename(join(archive, 'needle'), join(place, 'elsewhere'));
  await mkdir(join(archive, 'new'));
  const [moved] = await readdir(join(place, 'elsewhere'));
  await copyFile(join(place, 'elsewhere', moved!), join(archive, 'new', 'a.png'));
  await workbench.call('settings.set', { watchedFolders: [archive] });
  await workbench.call('archive.check', {});
  await page.getByText('1 new image').waitFor();
  await page.getByRole('navigation').getByRole('button', { name: 'Jobs' }).click();
  await page.getByRole('button', { name: 'Sources' }).click();
  await page.getByRole('table', { name: 'Sources' }).waitFor();
  await take(page, 'sources');
}

async function takeFirstRun(): Promise<void> {
  await using empty = await openWindow(join(folder, 'empty'), { create: true });
  await empty.page.getByText('This catalog is empty').waitFor();
  await take(empty.page, 'first-run');
}

/** The dialog of a PACS with what it has found; the PACS is one of our own with invented patients. */
async function takePacs(): Promise<void> {
  await using service = await startFakeDicomweb({ files: sampleStudies(120) });
  await using window = await openWindow(join(folder, 'pacs'), { create: true });
  const { page } = window;
  await page.getByText('This catalog is empty').waitFor();
  await page.keyboard.press('Alt+4');
  await page.getByRole('button', { name: 'From a PACS' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Address of the DICOMweb service').fill(service.url);
  await dialog.getByLabel('Connect').selectOption({ label: 'with a password' });
  await dialog.getByLabel('User name').fill('anna');
  await dialog.getByLabel('Password').fill('an example');
  await dialog.getByLabel('Studies from').fill('2023-12-01');
  await dialog.getByRole('button', { name: 'Search' }).click();
  await dialog.getByRole('region', { name: 'Studies found' }).waitFor();
  await take(page, 'pacs');
}

/** The layout as it is at first, and a reviewer's name, which each window has for itself. */
async function beginReview({ page, workbench }: OpenWindow): Promise<void> {
  await workbench.call('settings.set', { layout: {} });
  await page.reload();
  await page.locator('[role=gridcell] data').first().waitFor();
  await page.getByLabel(/^Reviewer/).fill('A. Reviewer');
  await page.keyboard.press('Enter');
}

/** Goes to the first image once the list has its new order. */
async function listed(page: Page): Promise<void> {
  await settled(page);
  await page.locator('[role=grid]').focus();
  await page.keyboard.press('Home');
}

/** What menus call a score, whatever the number of its run. */
async function labelOf(page: Page, name: string): Promise<string> {
  const labels = await page.locator('option').allTextContents();
  const found = labels.find((label) => label.startsWith(`${name} (run`));
  if (found === undefined) throw new Error(`no menu has the score ${name}`);
  return found;
}

/** Waits until pictures that are on their way have come and notices have gone. */
async function settled(page: Page): Promise<void> {
  await page.waitForTimeout(1500);
  await page.waitForFunction(
    () =>
      [...document.images].every(({ complete }) => complete) &&
      document.querySelector('[aria-busy=true], .bp6-toast, [role=dialog] .bp6-spinner') === null,
  );
}

async function take(page: Page, name: string): Promise<void> {
  await settled(page);
  await page.screenshot({ path: join(target, `${name}.png`) });
}
