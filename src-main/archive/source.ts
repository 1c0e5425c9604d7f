// The place that an archive was imported from: gone as a whole (an unplugged drive), or only a file of it.
import { readdir, stat } from 'node:fs/promises';
import { Problem } from '../platform/errors.ts';

/**
 * Throws `drive` when nothing of the folder, zip or file `source` can be seen any more: a file that cannot be read says
 * nothing about itself then, and the job waits. An empty folder counts as gone: it is what an unplugged drive leaves.
 */
export async function refuseGoneSource(source: string): Promise<void> {
  const found = await stat(source).catch(() => undefined);
  const seen = found?.isDirectory() ? await readdir(source).catch(() => []) : [found];
  if (found !== undefined && seen.length > 0) return;
  throw new Problem('drive', { folder: source, reason: 'is not there at present; is its drive connected?' });
}
