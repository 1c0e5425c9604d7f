// npm run dev: the window in a browser with hot reload, on the demonstration catalog.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'vite';
import config from '../../electron.vite.config.ts';
import { demonstrationCatalogFolder } from '../platform/default-folders.ts';
import { launchNode } from '../platform/process.ts';
import { serve } from '../serve/serve.ts';
import { openOrCreateCatalog, startWorkbench } from '../workbench/client.ts';
import { buildPage } from './build-page.ts';

const folder = process.argv[2] ?? demonstrationCatalogFolder();
const isNew = !existsSync(join(folder, 'catalog.sqlite'));

// The host serves its own built page as well: where the two differ, the build is what is shipped.
await buildPage();
const workbench = startWorkbench((program) => launchNode(program), { resume: true });
await openOrCreateCatalog(workbench, folder);
if (isNew) await workbench.call('runs.queue', { kind: 'demonstration', parameters: {} });
const host = await serve(workbench, { port: 0 });
const target = new URL(host.url);

const page = await createServer({
  ...config.renderer,
  configFile: false,
  server: {
    host: '127.0.0.1',
    proxy: {
      // What the page asks of its host goes to the loopback host as if its own page had sent it.
      '^/(call/|events$|images/\\d+/thumbnail/)': {
        target: target.origin,
        changeOrigin: true,
        headers: { origin: target.origin },
        rewrite: (path: string) => `${target.pathname.replace(/\/$/, '')}${path}`,
      },
    },
  },
});
await page.listen();
console.log(`${page.resolvedUrls?.local[0]}   catalog: ${folder}   Ctrl-C ends.`);

process.once('SIGINT', async () => {
  await page.close();
  await host[Symbol.asyncDispose]();
  await workbench[Symbol.asyncDispose]();
});
