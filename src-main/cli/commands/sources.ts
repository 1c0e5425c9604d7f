// residua sources: where the images of a catalog came from, what is missing there, and the folders that are watched for new images.
import { resolve } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../platform/errors.ts';
import type { WorkbenchProcess } from '../../workbench/client.ts';
import { defineCommand, option, text } from '../command.ts';
import type { Context } from '../context.ts';
import { textTable } from '../text-table.ts';
import { withCatalog } from '../with-catalog.ts';

type Action = 'list' | 'check' | 'watch' | 'unwatch';

export const sourcesCommand = defineCommand({
  details: `residua sources                     the folders, zips and files that images came from
residua sources check               looks whether every file is there, and what is new in the watched folders
residua sources watch /data/inbox   the window says how many new images are there; nothing is imported by itself
residua sources unwatch /data/inbox`,
  arguments: {
    action: option('[action]', 'what to do', z.enum(['list', 'check', 'watch', 'unwatch']).default('list')),
    folders: option('[folders...]', 'watch, unwatch: the folders', z.array(text).default([])),
  },
  options: {},
  async run({ action, folders }, context) {
    const given = action === 'watch' || action === 'unwatch';
    if (given !== folders.length > 0) {
      throw new Problem('usage', { message: given ? `${action} which folder?` : `${action} takes no folder` });
    }
    await withCatalog(context, { create: false }, (workbench) =>
      actions[action](
        workbench,
        folders.map((path) => resolve(path)),
        context,
      ),
    );
  },
});

const actions: {
  readonly [A in Action]: (workbench: WorkbenchProcess, folders: readonly string[], context: Context) => Promise<void>;
} = {
  async list(workbench, _, { print }) {
    const { sources } = await workbench.call('archive.sources', {});
    const { watchedFolders = [] } = await workbench.call('settings.get', {});
    const rows = sources.map(({ source, images, missing }) => [
      source,
      images,
      missing,
      watchedFolders.includes(source) ? 'yes' : '',
    ]);
    const others = watchedFolders.filter((folder) => !sources.some(({ source }) => source === folder));
    print(
      textTable(
        ['source', 'images', 'missing', 'watched'],
        [...rows, ...others.map((folder) => [folder, 0, 0, 'yes'])],
      ),
    );
  },
  async check(workbench, _, context) {
    const { files, missing } = await workbench.call('archive.check', {}, context);
    context.print(`${missing} of ${files} files are missing`);
    const { folders } = await workbench.call('archive.news', {});
    for (const { folder, images, problem } of folders)
      context.print(problem ?? `${images ?? 0} new images in ${folder}`);
  },
  async watch(workbench, folders, { print }) {
    const { watchedFolders = [] } = await workbench.call('settings.get', {});
    await workbench.call('settings.set', { watchedFolders: [...new Set([...watchedFolders, ...folders])] });
    for (const folder of folders) print(`watched: ${folder}`);
  },
  async unwatch(workbench, folders, { print }) {
    const { watchedFolders = [] } = await workbench.call('settings.get', {});
    const unknown = folders.find((folder) => !watchedFolders.includes(folder));
    if (unknown !== undefined) throw new Problem('missing', { what: 'watched folder', name: unknown });
    await workbench.call('settings.set', {
      watchedFolders: watchedFolders.filter((folder) => !folders.includes(folder)),
    });
    for (const folder of folders) print(`no longer watched: ${folder}`);
  },
};
