// Small pictures for the grid, made when first looked at and kept beside the catalog.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Catalog } from '../catalog/catalog.ts';
import { imageRecord } from '../catalog/tables/images.ts';
import type { Decoder } from '../decoder/decoder-pool.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { entryOf, noteFileState } from './catalog-images.ts';

/** The PNG file of an image; never stale, since a file that changes becomes another image. */
export async function thumbnailOf(catalog: Catalog, decoder: Decoder, id: number, size: number): Promise<Uint8Array> {
  const path = catalog.path(`thumbnails/${size}/${Math.floor(id / 1000)}/${id}.png`);
  const record = imageRecord(catalog, id);
  await noteFileState(catalog, record);
  const kept = await readFile(path).catch(() => undefined);
  if (kept !== undefined) return kept;
  const png = await decoder.thumbnail(entryOf(record), record.frame, size);
  // It can be made again at any time: no fsync, but never half a file either.
  const temporary = `${path}.${process.pid}.tmp`;
  makeFolder(dirname(path));
  await writeFile(temporary, png);
  await rename(temporary, path);
  return png;
}
