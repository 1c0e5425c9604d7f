// residua serve: the window in a browser, for a server without a display: on this machine only, behind a random address.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { nodeLauncher } from '../../engine/start-engine.ts';
import { Problem } from '../../platform/errors.ts';
import { preparePage } from '../../serve/page-of-checkout.ts';
import { serve } from '../../serve/serve.ts';
import { openOrCreateCatalog, startWorkbench } from '../../workbench/client.ts';
import { defineCommand, option, text, whole } from '../command.ts';

export const serveCommand = defineCommand({
  details: `The address works only on this machine, and only for people who know it: treat it as a password.
The window can list the folders of this machine, names only, to choose what to import: those of this user's home and those that images came
from, or only those of --browse.
From another machine: ssh -L 4310:127.0.0.1:4310 SERVER residua serve --port 4310`,
  options: {
    port: option('--port <number>', 'where to listen on 127.0.0.1 (without it: any free port)', whole.default(0)),
    browse: option(
      '--browse <folder>',
      'the window may list this folder and what is below it, and no other; may be given several times',
      z.array(text).optional(),
    ),
  },
  async run({ port, browse }, context) {
    const roots = browse?.map((folder) => resolve(folder));
    const absent = roots?.find((folder) => !existsSync(folder));
    if (absent !== undefined) throw new Problem('missing', { what: 'folder', name: absent });
    preparePage(() => context.remark('building the window, once'));
    // What was queued or interrupted is resumed: this face stays.
    await using workbench = startWorkbench(nodeLauncher, { resume: true, browse: roots });
    await openOrCreateCatalog(workbench, context.catalogFolder);
    workbench.onDeath((reason) => context.remark(`the workbench was started again: ${reason}`));
    await using host = await serve(workbench, { port });
    context.print(host.url);
    context.remark('Open this address in a browser on this machine. Ctrl-C ends.');
    if (context.signal.aborted) return;
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve, { once: true }));
  },
});
