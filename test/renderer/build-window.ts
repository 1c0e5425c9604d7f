// Builds what is shown and run into out/ when its sources are newer than what is there.
import { join } from 'node:path';
import { build as buildDesktopPrograms } from 'electron-vite';
import { alone, buildPage, isFresh, pageSources } from '../../src-main/shell/build-page.ts';

const root = join(import.meta.dirname, '../..');

/**
 * The page. Where Electron's window is tested as well, everything is built at once: a later build of the desktop would take the
 * page away from under the tests that read it.
 */
export const buildWindow = (): Promise<void> =>
  process.env.RESIDUA_ELECTRON === undefined ? buildPage() : buildDesktop();

/** Everything that Electron needs: its main process, the preload script, the programs and the page. */
export function buildDesktop(): Promise<void> {
  const sources = [...pageSources, 'src-main', 'native'];
  return alone(async () => {
    if (isFresh('out/main/src-main/shell/main.cjs', sources) && isFresh('out/renderer/index.html', pageSources)) return;
    process.env.NODE_ENV = 'production';
    await buildDesktopPrograms({ root, logLevel: 'error' });
  });
}
