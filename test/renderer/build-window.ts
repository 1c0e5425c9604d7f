// Builds what is shown and run into out/ when its sources are newer than what is there.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build as buildDesktopPrograms } from 'electron-vite';
import { build } from 'vite';
import config from '../../electron.vite.config.ts';

const root = join(import.meta.dirname, '../..');
const pageSources = ['src-renderer', 'src-preload', 'electron.vite.config.ts', 'package.json'];

/** The page alone. A few seconds where there is something to do, none where not. */
export async function buildWindow(): Promise<void> {
  if (isFresh('out/renderer/index.html', pageSources)) return;
  // React's production build, whatever the tests run as.
  process.env.NODE_ENV = 'production';
  await build({ ...config.renderer, configFile: false, mode: 'production', logLevel: 'error' });
}

/** Everything that Electron needs: its main process, the preload script, the programs and the page. */
export async function buildDesktop(): Promise<void> {
  const sources = [...pageSources, 'src-main', 'native'];
  if (isFresh('out/main/src-main/shell/main.cjs', sources) && isFresh('out/renderer/index.html', pageSources)) return;
  process.env.NODE_ENV = 'production';
  await buildDesktopPrograms({ root, logLevel: 'error' });
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
