// The page where Residua runs from its sources: built on first use, and again when its sources have changed.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Problem } from '../platform/errors.ts';
import { programFolder } from '../platform/program-folder.ts';
import { builtPage } from './page-files.ts';

/**
 * Builds the page of a checkout of the sources that has the tools for it, and tells `onBuild` before a first build, which takes
 * some seconds. A package carries its page. Throws `process` when it cannot be built and there is none.
 */
export function preparePage(onBuild: () => void): void {
  const root = programFolder();
  const script = join(root, 'src-main/shell/build-page.ts');
  if (!existsSync(script) || !existsSync(join(root, 'node_modules/vite'))) return;
  const there = existsSync(join(builtPage, 'index.html'));
  if (!there) onBuild();
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8', cwd: root });
  if (status === 0 || there) return;
  throw new Problem('process', { process: 'build of the window', reason: stderr.trim().split('\n').at(-1) ?? '' });
}
