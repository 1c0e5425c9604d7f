// Counts the images of a folder that the catalog does not have, without importing any.
import { open } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import type { ArchiveEntry } from '../archive/entry.ts';
import { imageExtensions } from '../archive/formats/formats.ts';
import { SNIFF_BYTES, sniff } from '../archive/sniff.ts';
import { refuseGoneSource } from '../archive/source.ts';
import { walk } from '../archive/walk.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { unknownPlaces } from '../catalog/tables/unknown-files.ts';
import { diskPath } from '../platform/disk-path.ts';
import type { JobControl } from '../platform/job.ts';

/** What a look into a folder has found. */
export interface NewImages {
  /** Files that look like images and were never imported. */
  readonly images: number;
  /** Folders of the disk in which files lie, the first of them. */
  readonly folders: readonly string[];
}

const batch = 512;
const mostFolders = 256;

/**
 * Looks through `folder`: a file counts when the catalog has none at its place and it begins as an image does (one in a zip: when its
 * name may be that of an image). Throws `drive` when the folder is not there.
 */
export async function newImages(catalog: Catalog, folder: string, control: JobControl): Promise<NewImages> {
  await refuseGoneSource(folder);
  const folders = new Set([folder]);
  let images = 0;
  const count = async (entries: readonly ArchiveEntry[]) => {
    const unknown = unknownPlaces(catalog, entries);
    for (const entry of unknown) if (await looksLikeImage(entry)) images++;
  };
  let entries: ArchiveEntry[] = [];
  for await (const item of walk(folder, { ...control, listedIn: null })) {
    if (item.kind === 'refused') continue;
    if (folders.size < mostFolders) folders.add(dirname(item.entry.file));
    entries.push(item.entry);
    if (entries.length < batch) continue;
    await count(entries);
    entries = [];
  }
  await count(entries);
  return { images, folders: [...folders] };
}

const promisesImage = new RegExp(`\\.(${imageExtensions.join('|').replaceAll('.', '\\.')})$`, 'i');

async function looksLikeImage({ file, inside }: ArchiveEntry): Promise<boolean> {
  const name = inside.at(-1);
  // Many DICOM files have no ending.
  if (name !== undefined) return promisesImage.test(name) || extname(name) === '';
  try {
    const handle = await open(diskPath(file), 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0);
      return sniff(buffer.subarray(0, bytesRead)).kind === 'image';
    } finally {
      await handle.close();
    }
  } catch {
    // Gone again, or not for this user: an import would say so.
    return false;
  }
}
