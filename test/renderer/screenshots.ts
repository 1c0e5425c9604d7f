// npm run screenshots: every view at 1440 x 900 on an archive of phantoms, into docs/screenshots.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noBrowser, openWindow } from './browser.ts';
import { buildWindow } from './build-window.ts';
import { makeSampleArchive } from './sample-archive.ts';

if (noBrowser !== null) throw new Error(noBrowser);
const target = join(import.meta.dirname, '../../docs/screenshots');
await mkdir(target, { recursive: true });
await buildWindow();
const folder = await mkdtemp(join(tmpdir(), 'residua-screenshots-'));
try {
  await makeSampleArchive(folder, 32, 256);
  await using window = await openWindow(join(folder, 'catalog'));
  const { page, workbench } = window;
  const take = async (name: string) => {
    // Pictures that are still on their way and notices that go.
    await page.waitForLoadState('networkidle').catch(() => {});
    await page.waitForTimeout(1500);
    await page.screenshot({ path: join(target, `${name}.png`) });
  };
  await workbench.call('settings.set', { reviewer: 'A. Reviewer' });
  await page.reload();
  await page.locator('.tile .score:not(:empty)').first().waitFor();
  await page.locator('[role=grid]').focus();
  for (const key of ['r', 'r', 'k', 'u', 'k', 'r', 'k']) await page.keyboard.press(key);
  await take('triage');
  await page.keyboard.press('Shift+Slash');
  await take('keys');
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.locator('[role=grid]').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await page.locator('.patches button').first().waitFor();
  await take('inspect');
  await page.keyboard.press('Alt+3');
  await page.getByText(/area 0\.\d{3}/).waitFor();
  await take('threshold');
  await page.keyboard.press('Alt+4');
  await page.getByRole('button', { name: 'Log' }).last().click();
  await take('jobs');
  await using empty = await openWindow(join(folder, 'empty'), { create: true });
  await empty.page.getByText('This catalog is empty').waitFor();
  await empty.page.screenshot({ path: join(target, 'first-run.png') });
} finally {
  await rm(folder, { recursive: true, force: true });
}
