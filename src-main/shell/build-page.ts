// Builds the window's page into out/renderer when its sources are newer than what is there: for `serve`, `npm run dev` and tests.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../platform/make-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const pageSources = ['src-renderer', 'src-preload', 'electron.vite.config.ts', 'package.json'];

/** The page alone. A few seconds where there is something to do, none where not. */
export function buildPage(): Promise<void> {
  return alone(async () => {
    if (isFresh('out/renderer/index.html', pageSources)) return;
    // React's production build, whatever this process runs as.
    process.env.NODE_ENV = 'production';
    const [{ build }, { default: config }] = await Promise.all([
      import('vite'),
      import('../../electron.vite.config.ts'),
    ]);
    await build({ ...config.renderer, configFile: false, mode: 'production', logLevel: 'error' });
  });
}

/** Processes run beside one another: one builds, the others wait and find it done. */
export async function alone(work: () => Promise<void>): Promise<void> {
  const lock = join(root, 'out/building');
  makeFolder(join(root, 'out'));
  while (!taken(lock)) await wait(100);
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Takes the lock, also of a process that is no more. */
function taken(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (!isAlive(Number(readFileSync(lock, { encoding: 'utf8', flag: 'a+' })))) rmSync(lock, { force: true });
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Whether `result` is newer than every file of `sources`, all below the project's folder. */
export function isFresh(result: string, sources: readonly string[]): boolean {
  const built = statSync(join(root, result), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Math.max(...sources.map((path) => newest(join(root, path)))) < built;
}

function newest(path: string): number {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPage();
