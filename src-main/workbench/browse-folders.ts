// Lists folders of this machine for a window whose browser cannot: names only, and only below the folders that may be seen.
import { readdir, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { Problem } from '../platform/errors.ts';
import { invisible } from '../platform/words.ts';

/** What is listed of one folder at most, in the order of the names. */
const mostEntries = 2000;

const archiveName = /\.(zip|tar|tgz|tar\.gz)$/i;

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly kind: 'folder' | 'archive' | 'file';
}

export interface Listing {
  readonly folder: string | null;
  readonly parent: string | null;
  readonly entries: Entry[];
  readonly more: number;
}

/**
 * What is in `folder`; null: the outermost folders that may be listed, which are `given`, or where nobody has given any the home of this
 * user and the folders of `sources`. Links are followed before it is judged where they lead. Throws `missing` for a folder that is not
 * there or may not be seen: the answer tells nobody which of both.
 */
export async function listFolder(
  folder: string | null,
  given: readonly string[] | undefined,
  sources: readonly string[],
): Promise<Listing> {
  const roots = await realFolders(given ?? [homedir(), ...sources]);
  if (folder === null) {
    return {
      folder: null,
      parent: null,
      entries: roots.map((path) => ({ name: path, path, kind: 'folder' })),
      more: 0,
    };
  }
  const unseen = new Problem('missing', { what: 'folder', name: folder });
  const real = await realpath(resolve(folder)).catch(() => undefined);
  if (real === undefined || !roots.some((root) => isWithin(real, root))) throw unseen;
  const found = await readdir(real, { withFileTypes: true }).catch(() => undefined);
  if (found === undefined) throw unseen;
  const shown = found
    .filter(({ name }) => !name.startsWith('.') && !invisible.test(name))
    .sort((a, b) => Number(b.isDirectory()) - Number(a.isDirectory()) || collator.compare(a.name, b.name));
  const entries = shown.slice(0, mostEntries).map((child): Entry => {
    const kind = child.isDirectory() ? 'folder' : archiveName.test(child.name) ? 'archive' : 'file';
    return { name: child.name, path: join(real, child.name), kind };
  });
  const isRoot = roots.includes(real);
  return { folder: real, parent: isRoot ? null : dirname(real), entries, more: shown.length - entries.length };
}

const collator = new Intl.Collator('en', { numeric: true });

const isWithin = (path: string, root: string): boolean =>
  path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);

/** Folders as they are without links, each once; of an archive or file, the folder around it. */
async function realFolders(paths: readonly string[]): Promise<readonly string[]> {
  const real = await Promise.all(
    paths.map(async (path) => {
      const found = await stat(path).catch(() => undefined);
      if (found === undefined) return [];
      return [await realpath(found.isDirectory() ? path : dirname(resolve(path)))];
    }),
  );
  const folders = [...new Set(real.flat())].toSorted((a, b) => collator.compare(a, b));
  return folders.filter((path) => !folders.some((other) => other !== path && isWithin(path, other)));
}
