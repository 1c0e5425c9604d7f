// Builds what is shown and run into out/ when its sources are newer than what is there.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { build as buildDesktopPrograms } from 'electron-vite';
import { build } from 'vite';
import config from '../../electron.vite.config.ts';

const root = join(import.meta.dirname, '../..');
const pageSources = ['src-renderer', 'src-preload', 'electron.vite.config.ts', 'package.json'];

/** The page alone. A few seconds where there is something to do, none where not. */
export function buildWindow(): Promise<void> {
  return alone(async () => {
    if (isFresh('out/renderer/index.html', pageSources)) return;
    // React's production build, whatever the tests run as.
    process.env.NODE_ENV = 'production';
    await build({ ...config.renderer, configFile: false, mode: 'production', logLevel: 'error' });
  });
}

/** Everything that Electron needs: its main process, the preload script, the programs and the page. */
export function buildDesktop(): Promise<void> {
  const sources = [...pageSources, 'src-main', 'native'];
  return alone(async () => {
    if (isFresh('out/main/src-main/shell/main.cjs', sources) && isFresh('out/renderer/index.html', pageSources)) return;
    process.env.NODE_ENV = 'production';
    await buildDesktopPrograms({ root, logLevel: 'error' });
  });
}

/** Test files run beside one another: one builds, the others wait and find it done. */
async function alone(work: () => Promise<void>): Promise<void> {
  const lock = join(root, 'out/building');
  mkdirSync(join(root, 'out'), { recursive: true });
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

function isFresh(result: string, sources: readonly string[]): boolean {
  const built = statSync(join(root, result), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Math.max(...sources.map((path) => newest(join(root, path)))) < built;
}

function newest(path: string): number {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
