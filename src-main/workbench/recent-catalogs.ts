// The catalogs that windows of this user had open lately: a small file beside this user's other data.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { dataFolder } from '../platform/default-folders.ts';

const entry = z.strictObject({ folder: z.string(), name: z.string(), openedAt: z.iso.datetime() });
const file = z.strictObject({ catalogs: z.array(entry).max(100) });
export type RecentCatalog = z.output<typeof entry>;

const most = 10;

const place = (): string => join(dataFolder(), 'recent-catalogs.json');

/** The latest first; none where there is no such file or it is not understood. Each says whether a catalog is there now. */
export function recentCatalogs(): readonly (RecentCatalog & { readonly missing: boolean })[] {
  return stored().map((each) => ({ ...each, missing: !existsSync(join(each.folder, 'catalog.sqlite')) }));
}

/** Puts a catalog first. A folder of this user that cannot be written to costs nobody the catalog. */
export async function rememberCatalog(opened: RecentCatalog): Promise<void> {
  const folder = resolve(opened.folder);
  const others = stored().filter((each) => each.folder !== folder);
  const catalogs = [{ ...opened, folder }, ...others].slice(0, most);
  await writeFileAtomic(place(), `${JSON.stringify({ catalogs }, null, 2)}\n`).catch(() => {});
}

function stored(): readonly RecentCatalog[] {
  try {
    return file.parse(JSON.parse(readFileSync(place(), 'utf8'))).catalogs;
  } catch {
    return [];
  }
}
