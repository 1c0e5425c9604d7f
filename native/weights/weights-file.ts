// Reads a whole weights file into memory, within the limit of what Node reads at once.
import { readFile, stat } from 'node:fs/promises';
import { Problem } from '../../src-main/platform/errors.ts';
import { maximumBytes } from './tensor.ts';

/** The bytes of a file. Errors: those of the file system; `limit` for 2 GiB and more. */
export async function readWeightsFile(path: string): Promise<Uint8Array> {
  const { size } = await stat(path);
  if (size >= maximumBytes) throw new Problem('limit', { what: `size of ${path}`, value: size, limit: maximumBytes });
  return readFile(path);
}
