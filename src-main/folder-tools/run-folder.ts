// The numbered folders of trainings, OUTDIR/00000-NAME, as the published train.py makes them.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const pattern = /^(\d{5})-(.*)$/;

/** The newest folder of this description that `isStopped` says to resume, else the next number's. */
export async function runFolder(
  outdir: string,
  description: string,
  isStopped: (folder: string) => Promise<boolean>,
): Promise<{ readonly folder: string; readonly resumed: boolean }> {
  const names = (await readdir(outdir).catch(() => [])).filter((name) => pattern.test(name)).sort();
  for (const name of names.toReversed()) {
    const folder = join(outdir, name);
    if (pattern.exec(name)![2] === description && (await isStopped(folder))) return { folder, resumed: true };
  }
  const last = names.at(-1);
  const number = last === undefined ? 0 : Number(pattern.exec(last)![1]) + 1;
  return { folder: join(outdir, `${String(number).padStart(5, '0')}-${description}`), resumed: false };
}
