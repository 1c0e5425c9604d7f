// Pixels of catalog images: read from their files as they were at import, or refused with what has become of them.
import { stat } from 'node:fs/promises';
import type { DecodedImage } from '../archive/decoded-image.ts';
import type { ArchiveEntry } from '../archive/entry.ts';
import type { Recipe } from '../archive/recipe.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { setFileState } from '../catalog/tables/files.ts';
import { type ImageRecord, imageRecord } from '../catalog/tables/images.ts';
import { fates, readAsImported } from '../decoder/as-imported.ts';
import type { Decoder } from '../decoder/decoder-pool.ts';
import { diskPath } from '../platform/disk-path.ts';
import { Problem } from '../platform/errors.ts';
import type { PreparedFrame } from '../training/training-set.ts';

export function entryOf({ path, file, inside, companion, size, modified }: ImageRecord): ArchiveEntry {
  const entry = { path, file, inside: [...inside], size, modified };
  return companion === null ? entry : { ...entry, companion };
}

/** The frame of a catalog image at full bit depth; as `readModelSpace` about files that are not as they were. */
export async function readImage(catalog: Catalog, decoder: Decoder, id: number): Promise<DecodedImage> {
  return (await readUnchanged(catalog, id, (entry, frame) => decoder.frame(entry, frame))).image;
}

/**
 * A catalog image in model space, [C, R, R] in -1..1. Throws `content` when a sample is no number. When its file is gone or has other content since the import, the
 * catalog notes it and Problem `file` says so: what is scored is what was imported. Throws `drive` when the whole archive
 * is gone, about which the catalog notes nothing.
 */
export async function readModelSpace(
  catalog: Catalog,
  decoder: Decoder,
  id: number,
  recipe: Recipe,
): Promise<Float32Array> {
  const { model, source } = await readPrepared(catalog, decoder, id, recipe);
  if (source.finite) return model;
  const reason = 'samples are NaN or infinite: it gets no score';
  throw new Problem('content', { file: imageRecord(catalog, id).path, reason });
}

/** The same with what the image was before. */
export function readPrepared(catalog: Catalog, decoder: Decoder, id: number, recipe: Recipe): Promise<PreparedFrame> {
  return readUnchanged(catalog, id, (entry, frame) => decoder.prepare(entry, frame, recipe));
}

/** Looks, without reading it, whether the file of an image is still there and as large as at import; the catalog notes it. */
export async function noteFileState(catalog: Catalog, { id, file, inside, size, state }: ImageRecord): Promise<void> {
  if (state !== 'present' && state !== 'vanished') return;
  const found = await stat(diskPath(file)).catch(() => undefined);
  if (found === undefined) {
    if (state === 'present') setFileState(catalog, id, 'vanished', fates.vanished);
  } else if (inside.length === 0 && found.size !== size) setFileState(catalog, id, 'changed', fates.changed);
  else if (state === 'vanished') setFileState(catalog, id, 'present', null);
}

/**
 * SHA-256 and frame of an image whose file lies there as it did at import, by its size and time; undefined for one that must be
 * read to know.
 */
export async function unchangedContent(
  catalog: Catalog,
  id: number,
): Promise<{ readonly sha256: string; readonly frame: number } | undefined> {
  const { sha256, frame, file, inside, companion, size, modified, state } = imageRecord(catalog, id);
  if (sha256 === null || companion !== null || state !== 'present') return undefined;
  const found = await stat(diskPath(file)).catch(() => undefined);
  const same = found?.mtimeMs === modified && (inside.length > 0 || found.size === size);
  return same ? { sha256, frame } : undefined;
}

async function readUnchanged<T extends { readonly sha256: string }>(
  catalog: Catalog,
  id: number,
  read: (entry: ArchiveEntry, frame: number) => Promise<T>,
): Promise<T> {
  const record = imageRecord(catalog, id);
  const note = (fate: keyof typeof fates) => setFileState(catalog, id, fate, fates[fate]);
  const result = await readAsImported(record, () => read(entryOf(record), record.frame), note);
  if (record.state === 'vanished') setFileState(catalog, id, 'present', null);
  return result;
}
