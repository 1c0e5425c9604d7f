// The files of this installation with their SHA-256, and how they differ from those of a manifest.
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';
import { checksumsName, filesBelow, parseChecksums } from '../../curation/export/checksums.ts';
import type { StagedFile } from '../../curation/export/staging-folder.ts';
import { hashOfFile } from '../../platform/hash-of-file.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import { programFolder } from '../../platform/program-folder.ts';
import { type Check, faultless } from './check.ts';

/** What is installed: a desktop package, or the project folder. */
export interface Installation {
  /** The folder that holds all of it. */
  readonly root: string;
  /** Where it lists its files when it came with such a list; below `root`. */
  readonly manifest: string;
  /** The version of the Electron inside; null: the project folder, which has its own. */
  readonly electron: string | null;
}

/** What a package tells of itself, in its folder of resources: `root` is the way from there to the whole. */
export const bundle = z.strictObject({ electron: z.string(), root: z.string() });
export const bundleName = 'bundle.json';

/** The installation that this program is part of; `program` is its folder. */
export async function findInstallation(program = programFolder()): Promise<Installation> {
  const resources = join(program, '..');
  const told = join(resources, bundleName);
  if (!existsSync(told)) return { root: program, manifest: join(program, checksumsName), electron: null };
  const { electron, root } = bundle.parse(JSON.parse(await readFile(told, 'utf8')));
  return { root: resolve(resources, root), manifest: join(resources, checksumsName), electron };
}

/** SHA-256 and size of every file of an installation but its list of them, in the order of paths below its root. */
export async function installedFiles(
  { root, manifest, electron }: Installation,
  control: JobControl,
): Promise<readonly StagedFile[]> {
  const present = electron === null ? await projectFiles(root) : await filesBelow(root);
  const own = relative(root, manifest).replaceAll('\\', '/');
  const paths = present.filter((path) => path !== own).toSorted();
  const found: StagedFile[] = [];
  for (const [index, path] of paths.entries()) {
    checkpoint(control, 'qualification');
    // A link to a folder (macOS has them) is no file.
    const isFile = await stat(join(root, path)).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isFile) found.push({ path, ...(await hashOfFile(join(root, path))) });
    control.report({ stage: 'hashing the program', done: index + 1, total: paths.length });
  }
  return found;
}

/** What belongs to the program in the project folder, sources or built. */
const folders = ['src-main', 'src-preload', 'src-renderer', 'native', 'resources', 'out'];
const lockFile = 'package-lock.json';
const files = ['package.json', lockFile];

async function projectFiles(root: string): Promise<readonly string[]> {
  const below = [...folders, ...(await packageFolders(root))].filter((folder) => existsSync(join(root, folder)));
  const found = await Promise.all(
    below.map(async (folder) => (await filesBelow(join(root, folder))).map((path) => `${folder}/${path}`)),
  );
  return [...new Set([...files.filter((file) => existsSync(join(root, file))), ...found.flat()])];
}

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

/** Paths and their SHA-256. */
export type Manifest = ReadonlyMap<string, string>;

/** A manifest of checksums, such as the one of an earlier qualification. Throws `content` when it is something else. */
export async function readManifest(file: string): Promise<Manifest> {
  return parseChecksums(await readFile(file, 'utf8'), file);
}

/** What installers put beside the files of a package: the deb, NSIS, and the AppImage when it is unpacked. */
const addedByInstallers = [
  /^resources\/apparmor-profile$/,
  /^(Uninstall Residua\.exe|uninstallerIcon\.ico|resources\/elevate\.exe)$/,
  /^(AppRun|\.DirIcon|residua-desktop\.(desktop|png)|usr\/(lib|share)\/.+)$/,
];

/** Compares the program with a manifest. */
export function manifestCheck(files: readonly StagedFile[], expected: Manifest): Check {
  const present = new Map(files.map(({ path, sha256 }) => [path, sha256]));
  const faults = [
    ...[...expected].flatMap(([path, hash]) => {
      const found = present.get(path);
      return found === undefined ? [`${path} is missing`] : found === hash ? [] : [`${path} was changed`];
    }),
    ...[...present.keys()]
      .filter((path) => !expected.has(path) && !addedByInstallers.some((pattern) => pattern.test(path)))
      .map((path) => `${path} was added`),
  ];
  return faultless('files against the manifest', faults, `${expected.size} files, all as listed`);
}
