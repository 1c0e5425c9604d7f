// A real Electron for tests: the executable that RESIDUA_ELECTRON names, on a display of its own where there is none.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';

const executablePath = process.env.RESIDUA_ELECTRON ?? '';
const hasDisplay = process.env.DISPLAY !== undefined || spawnSync('Xvfb', ['-help']).error === undefined;

/** Why tests in Electron cannot run here, or null. */
export const noElectron =
  executablePath === ''
    ? 'RESIDUA_ELECTRON names no executable'
    : !existsSync(executablePath)
      ? `no Electron at ${executablePath}`
      : hasDisplay
        ? null
        : 'neither a display nor Xvfb';

const appFolder = join(import.meta.dirname, '../..');

interface Display extends Disposable {
  readonly name: string;
}

/** The display of this session, or a virtual one that ends with the test. */
export async function openDisplay(): Promise<Display> {
  const { DISPLAY } = process.env;
  if (DISPLAY !== undefined) return { name: DISPLAY, [Symbol.dispose]: () => {} };
  const screen = ['-screen', '0', '1600x1000x24', '-nolisten', 'tcp'];
  const server: ChildProcess = spawn('Xvfb', ['-displayfd', '3', ...screen], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const name = await new Promise<string>((resolve) => {
    (server.stdio[3] as Readable).once('data', (number) => resolve(`:${String(number).trim()}`));
  });
  return { name, [Symbol.dispose]: () => void server.kill() };
}

export interface OpenElectron extends AsyncDisposable {
  readonly app: ElectronApplication;
  readonly page: Page;
  /** Errors of the page, and breaches of its policy. */
  readonly complaints: string[];
}

/** The page is written for the Chromium of the pinned Electron; the one of tests may be older and lack this. */
export const oldPagePrelude = `Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new this((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
};`;

/** Starts the program built in `folder`. `environment` is added to this process's own. */
export async function openElectron(
  environment: Readonly<Record<string, string>>,
  folder = appFolder,
): Promise<OpenElectron> {
  const env = { ...process.env, ...environment } as Record<string, string>;
  const app = await _electron.launch({ executablePath, args: ['--no-sandbox', folder], env });
  const complaints: string[] = [];
  const page = await app.firstWindow();
  await page.addInitScript(oldPagePrelude);
  await page.reload();
  page.on('pageerror', (error) => complaints.push(error.message));
  return { app, page, complaints, [Symbol.asyncDispose]: () => app.close() };
}

/** Starts the program once more; resolves when that second start has ended. */
export function startAgain(environment: Readonly<Record<string, string>>): Promise<number | null> {
  const env = { ...process.env, ...environment };
  const second = spawn(executablePath, ['--no-sandbox', appFolder], { env, stdio: 'ignore' });
  return new Promise((resolve) => second.once('exit', resolve));
}
