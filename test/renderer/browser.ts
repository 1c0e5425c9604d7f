// Debian's Chromium on the page of a loopback host, for tests and pictures of the window.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { nodeLauncher } from '../../src-main/engine/start-engine.ts';
import { type LoopbackHost, serve } from '../../src-main/serve/serve.ts';
import { startWorkbench, type WorkbenchProcess } from '../../src-main/workbench/client.ts';

const executablePath = process.env.RESIDUA_CHROMIUM ?? '/usr/bin/chromium';
/** Why tests in a browser cannot run here, or null. Without any font Chromium ends when it has to draw a longer text. */
export const noBrowser = !existsSync(executablePath)
  ? `no Chromium at ${executablePath}`
  : hasFonts()
    ? null
    : 'no font is installed, which Chromium needs';

/** Whether fontconfig finds a font; where its tools are not installed, whether a usual folder has one. */
function hasFonts(): boolean {
  const listed = spawnSync('fc-list', [':', 'file'], { encoding: 'utf8' });
  if (listed.error === undefined) return listed.stdout.trim() !== '';
  const folders = [
    '/usr/share/fonts',
    '/usr/local/share/fonts',
    join(homedir(), '.fonts'),
    join(homedir(), '.local/share/fonts'),
  ];
  return folders.some(
    (folder) =>
      existsSync(folder) &&
      readdirSync(folder, { recursive: true }).some((file) => /\.(ttf|otf|ttc|pfb)$/i.test(String(file))),
  );
}

const quietFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface OpenWindow extends AsyncDisposable {
  readonly page: Page;
  readonly workbench: WorkbenchProcess;
  readonly url: string;
  /** What the page complained about: errors, and breaches of the content security policy. */
  readonly complaints: readonly string[];
}

// What a window remembers of this user is no business of tests.
if (process.env.RESIDUA_TEST_DATA === undefined) {
  process.env.RESIDUA_TEST_DATA = mkdtempSync(join(tmpdir(), 'residua-user-'));
  process.env.XDG_DATA_HOME = process.env.RESIDUA_TEST_DATA;
  process.on('exit', () => rmSync(process.env.RESIDUA_TEST_DATA!, { recursive: true, force: true }));
}

/** Serves the catalog in `folder` and opens it in a browser of 1440 x 900 pixels. */
export async function openWindow(folder: string, { create = false } = {}): Promise<OpenWindow> {
  const workbench = startWorkbench(nodeLauncher, { resume: true });
  let host: LoopbackHost | undefined;
  let browser: Browser | undefined;
  const end = async () => {
    await browser?.close();
    await host?.[Symbol.asyncDispose]();
    await workbench[Symbol.asyncDispose]();
  };
  try {
    if (create) await workbench.call('catalog.create', { folder, name: 'empty' });
    else await workbench.call('catalog.open', { folder });
    host = await serve(workbench, { port: 0, folder: join(import.meta.dirname, '../../out/renderer') });
    browser = await chromium.launch({ executablePath, args: quietFlags });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error')
        complaints.push(`${message.text()} ${message.location().url.split('/').slice(4).join('/')}`);
    });
    await page.goto(host.url);
    return { page, workbench, url: host.url, complaints, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Shows a view by keyboard: the focus on its tab, and Enter. */
export async function goToView(page: Page, name: string): Promise<void> {
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name, exact: true }).focus();
  await page.keyboard.press('Enter');
}
