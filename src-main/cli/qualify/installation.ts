// The files of this installation with their SHA-256, and how they differ from those of a manifest.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { checksums, filesBelow, parseChecksums } from '../../curation/export/checksums.ts';
import { hashOfFile, type StagedFile } from '../../curation/export/staging-folder.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import { type Check, faultless } from './check.ts';

/** What belongs to the program, sources or built. */
const folders = ['src-main', 'src-preload', 'src-renderer', 'native', 'resources', 'out'];
const lockFile = 'package-lock.json';
const files = ['package.json', lockFile];

/** What the lock file says of each package, by its folder. */
const lock = z.object({
  packages: z.record(z.string(), z.object({ dev: z.boolean().optional(), devOptional: z.boolean().optional() })),
});

/** Folders of the packages that the program runs with; those of other platforms and of development are left out. */
async function packageFolders(root: string): Promise<readonly string[]> {
  if (!existsSync(join(root, lockFile))) return [];
  const { packages } = lock.parse(JSON.parse(await readFile(join(root, lockFile), 'utf8')));
  return Object.entries(packages)
    .filter(([folder, { dev, devOptional }]) => folder !== '' && dev !== true && devOptional !== true)
    .map(([folder]) => folder)
    .filter((folder) => existsSync(join(root, folder)));
}

/** The folder of this program: the nearest one above that has a package.json. */
export function programFolder(folder = fileURLToPath(new URL('.', import.meta.url))): string {
  return existsSync(join(folder, 'package.json')) ? folder : programFolder(join(folder, '..'));
}

/** SHA-256 and size of every file of the program and its packages; as text, in the order of paths, for `sha256sum -c`. */
export async function installedFiles(
  control: JobControl,
): Promise<{ readonly root: string; readonly files: readonly StagedFile[]; readonly text: string }> {
  const root = programFolder();
  const below = [...folders, ...(await packageFolders(root))].filter((folder) => existsSync(join(root, folder)));
  const paths = [
    ...files.filter((file) => existsSync(join(root, file))),
    ...(await Promise.all(below.map((folder) => filesBelow(join(root, folder)))))
      .flatMap((found, index) => found.map((path) => `${below[index]}/${path}`))
      .sort(),
  ].filter((path, index, all) => path !== all[index - 1]);
  const found: StagedFile[] = [];
  for (const path of paths) {
    checkpoint(control, 'qualification');
    found.push({ path, ...(await hashOfFile(join(root, path))) });
    control.report({ stage: 'hashing the program', done: found.length, total: paths.length });
  }
  return { root, files: found, text: checksums(found) };
}

/** Paths and their SHA-256. */
export type Manifest = ReadonlyMap<string, string>;

/** A manifest of checksums, such as the one of an earlier qualification. Throws `content` when it is something else. */
export async function readManifest(file: string): Promise<Manifest> {
  return parseChecksums(await readFile(file, 'utf8'), file);
}

/** Compares the program with a manifest. */
export function manifestCheck(files: readonly StagedFile[], expected: Manifest): Check {
  const present = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  const faults = [
    ...[...expected].flatMap(([path, hash]) => {
      const found = present.get(path);
      return found === undefined ? [`${path} is missing`] : found === hash ? [] : [`${path} was changed`];
    }),
    ...[...present.keys()].filter((path) => !expected.has(path)).map((path) => `${path} was added`),
  ];
  return faultless('files against the manifest', faults, `${files.length} files, all as listed`);
}
