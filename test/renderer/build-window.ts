// Builds the window into out/renderer when its sources are newer than what is there.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '../..');
const sources = ['src-renderer', 'src-preload', 'electron.vite.config.ts', 'package.json'];

/** A few seconds where there is something to do, none where not. */
export async function buildWindow(): Promise<void> {
  const built = statSync(join(root, 'out/renderer/index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (Math.max(...sources.map((path) => newest(join(root, path)))) < built) return;
  // React's production build, whatever the tests run as.
  process.env.NODE_ENV = 'production';
  await build({ configFile: join(root, 'electron.vite.config.ts'), mode: 'production', logLevel: 'error' });
}

function newest(path: string): number {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
