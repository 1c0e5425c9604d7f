// Files that runs keep beside the catalog: each a file of its own, or a part of a large one that a task has made.
import { open, readFile } from 'node:fs/promises';
import type { Catalog } from '../catalog/catalog.ts';
import { Problem } from '../platform/errors.ts';

/** A part of a file as the catalog names it. */
export const partOf = (
  path: string,
  { offset, length }: { readonly offset: number; readonly length: number },
): string => `${path}:${offset}+${length}`;

/** The content of what a run keeps under a path of the catalog. Throws `content` for a part that is cut off. */
export async function readKept(catalog: Catalog, path: string): Promise<Buffer> {
  const [, file, from, size] = /^(.+\.bin):(\d+)\+(\d+)$/.exec(path) ?? [];
  if (file === undefined) return readFile(catalog.path(path));
  const [offset, length] = [Number(from), Number(size)];
  const handle = await open(catalog.path(file), 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
    if (bytesRead === length) return buffer;
    throw new Problem('content', { file: catalog.path(file), reason: 'is cut off' });
  } finally {
    await handle.close();
  }
}
