// Stores a shard in the catalog: its contents as one file, its rows in transactions of two thousand.
import { readFile } from 'node:fs/promises';
import type { Catalog } from '../catalog/catalog.ts';
import { recordResults } from '../catalog/tables/runs.ts';
import type { ImageResult } from '../catalog/tables/scores.ts';
import type { CheckedShard } from '../cluster/shard.ts';
import { partOf } from '../holdings/kept-files.ts';
import { copyDurably } from '../platform/atomic-file.ts';

/** Images of one transaction: a reader of the catalog never waits long. */
const rowsAtOnce = 2000;

/**
 * Stores a shard whose checksums are right: its contents as one file, then the rows of those images that are undone. Done twice, the second time
 * changes nothing. `record`: as those of images of the run.
 */
export async function mergeShard(
  catalog: Catalog,
  run: number,
  { name, rows, contents }: CheckedShard,
  undone: Set<number>,
  record: typeof recordResults = recordResults,
): Promise<void> {
  const fresh = rows.filter(({ image }) => undone.has(image));
  if (fresh.length === 0) return;
  const path = `packs/${run}/${name}.bin`;
  if (fresh.some(({ files = [] }) => files.length > 0)) await copyDurably(contents, catalog.path(path));
  const vectors = fresh.some(({ features = [] }) => features.length > 0) ? await readFile(contents) : Buffer.alloc(0);
  for (let first = 0; first < fresh.length; first += rowsAtOnce) {
    const part = fresh.slice(first, first + rowsAtOnce);
    const results = part.map(
      ({ files = [], features = [], ...row }): ImageResult => ({
        ...row,
        files: files.map(({ role, ...place }) => ({ role, path: partOf(path, place) })),
        features: features.map(({ network, offset, length }) => ({
          network,
          vector: new Float32Array(Uint8Array.from(vectors.subarray(offset, offset + length)).buffer),
        })),
      }),
    );
    record(catalog, run, results);
    for (const { image } of part) undone.delete(image);
  }
}
