// SHA256SUMS: one line for each file of a folder, for `sha256sum -c` and for us.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../../platform/errors.ts';
import { hashOfFile } from '../../platform/hash-of-file.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import type { StagedFile } from './staging-folder.ts';

/** The name of the file of checksums, which it does not list. */
export const checksumsName = 'SHA256SUMS';

/** Lines `hash  path` in the order of paths. */
export function checksums(files: readonly StagedFile[]): string {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return sorted.map(({ sha256, path }) => `${sha256}  ${path}\n`).join('');
}

/** The paths below `folder` that its checksums list. Throws `content` when they cannot be read. */
export async function readChecksums(folder: string): Promise<ReadonlyMap<string, string>> {
  const file = join(folder, checksumsName);
  return parseChecksums(await readFile(file, 'utf8'), file);
}

/** The paths and hashes of a list of checksums; `file` names it in messages. Throws `content`. */
export function parseChecksums(text: string, file: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(
    lines.map((line) => {
      const [, hash, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
      if (hash === undefined || path === undefined || /^\/|(^|\/)\.\.(\/|$)|\\/.test(path)) {
        throw new Problem('content', { file, reason: 'is not a list of checksums' });
      }
      return [path, hash];
    }),
  );
}

/** What differs between a folder and its checksums, in words. */
export async function checksumFaults(
  folder: string,
  sums: ReadonlyMap<string, string>,
  control: JobControl,
): Promise<readonly string[]> {
  const faults: string[] = [];
  const present = new Set(await filesBelow(folder));
  for (const [index, [path, expected]] of [...sums].entries()) {
    checkpoint(control, 'checking files');
    control.report({ stage: 'checking files', done: index + 1, total: sums.size });
    if (!present.has(path)) faults.push(`${path} is missing`);
    else if ((await hashOfFile(join(folder, path))).sha256 !== expected) faults.push(`${path} was changed`);
  }
  for (const path of present) if (path !== checksumsName && !sums.has(path)) faults.push(`${path} was added`);
  return faults;
}

/** Every file below a folder, as paths with `/`. */
export async function filesBelow(folder: string, prefix = ''): Promise<readonly string[]> {
  const children = await readdir(join(folder, prefix), { withFileTypes: true });
  const found = children.map((child) => {
    const path = prefix + child.name;
    return child.isDirectory() ? filesBelow(folder, `${path}/`) : [path];
  });
  return (await Promise.all(found)).flat();
}
