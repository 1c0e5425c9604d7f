// A folder that was moved: its files are found at the new place, and the catalog notes where they are.
import { stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import type { ArchiveEntry } from '../archive/entry.ts';
import { walk } from '../archive/walk.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { appendAudit } from '../catalog/tables/audit.ts';
import {
  filesBelow,
  imagesOfFiles,
  type KnownFile,
  masksBelow,
  moveFile,
  moveMasks,
} from '../catalog/tables/moved-files.ts';
import { moveRemoved, type RemovedFile } from '../catalog/tables/removal.ts';
import { unknownPlaces } from '../catalog/tables/unknown-files.ts';
import type { Decoder } from '../decoder/decoder-pool.ts';
import { diskPath } from '../platform/disk-path.ts';
import { Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { MovedFiles } from './moved-files.ts';

/** Where a folder, zip or file was, and where it is. */
export interface Relocation {
  readonly from: string;
  readonly to: string;
  readonly actor: string;
  readonly at: string;
}

/** What was found at the new place. */
export interface Relocated {
  readonly files: number;
  readonly images: number;
  /** Files of the old place that are neither there nor at the new one. */
  readonly missing: number;
}

/** Files that are written down together. */
const batch = 256;

/**
 * Finds the files of the catalog that were at `from` or below it, and are gone from there, at `to`. One at the same place below it
 * with the same size and time is taken to be the same, as an import does; any other is recognised by its SHA-256, so that the
 * folder may have been put in another order as well. What was imported from `to` before stays as it is. Throws `missing` when the catalog has nothing at `from`, `file` when `to` cannot
 * be opened.
 */
export async function relocate(
  catalog: Catalog,
  decoder: Decoder,
  relocation: Relocation,
  control: JobControl,
): Promise<Relocated> {
  const [from, to] = [resolve(relocation.from), resolve(relocation.to)];
  const known = filesBelow(catalog, from);
  if (known.length === 0) throw new Problem('missing', { what: 'file of the catalog in', name: from });
  const below = new Set(known.map(({ id }) => id));
  const moved = new MovedFiles(catalog, decoder, (file) =>
    'removed' in file ? isBelow(file.file, from) : below.has(file.id),
  );
  const byPlace = new Map(known.map((file) => [placeKey(file.file, file.inside), file]));
  const found: number[] = [];
  let waiting: { readonly file: KnownFile | RemovedFile; readonly entry: ArchiveEntry }[] = [];
  const write = () => {
    catalog.transaction(() => {
      for (const { file, entry } of waiting) {
        if ('removed' in file) moveRemoved(catalog, file, entry);
        else moveFile(catalog, file.id, newPlace(file, entry, from, to), relocation.at);
      }
    });
    found.push(...waiting.flatMap(({ file }) => ('removed' in file ? [] : [file.id])));
    waiting = [];
    control.report({ stage: 'looking for moved files', done: found.length, total: known.length });
  };
  const lookAt = async (found: readonly ArchiveEntry[]) => {
    checkpoint(control, 'looking for moved files');
    // What was imported from the new place already is there as images of its own.
    const entries = unknownPlaces(catalog, found);
    const files = await Promise.all(
      entries.map(async (entry) => {
        const mapped = byPlace.get(placeKey(mappedPath(entry.file, to, from), entry.inside));
        const same = mapped !== undefined && mapped.size === entry.size && mapped.modified === entry.modified;
        return same && (await moved.isGone(mapped)) && moved.take(mapped) ? mapped : moved.find(entry);
      }),
    );
    waiting.push(...entries.flatMap((entry, index) => (files[index] ? [{ file: files[index], entry }] : [])));
    write();
  };
  let entries: ArchiveEntry[] = [];
  for await (const item of walk(to, { ...control, listedIn: null })) {
    if (item.kind === 'entry') entries.push(item.entry);
    if (entries.length < batch) continue;
    await lookAt(entries);
    entries = [];
  }
  await lookAt(entries);
  await relocateMasks(catalog, from, to);
  const isFound = new Set(found);
  const lost = known.filter(({ id }) => !isFound.has(id));
  const gone = await Promise.all(lost.map((file) => moved.isGone(file)));
  const counts = { files: found.length, images: imagesOfFiles(catalog, found), missing: gone.filter(Boolean).length };
  const { actor, at } = relocation;
  if (found.length > 0) appendAudit(catalog, { at, actor, event: 'files relocated', details: counts });
  return counts;
}

const placeKey = (file: string, inside: readonly string[]): string => JSON.stringify([file, inside]);

/** A path at `base` or below it as it would be at `target`. */
function mappedPath(path: string, base: string, target: string): string {
  return path === base ? target : join(target, relative(base, path));
}

const isBelow = (path: string, base: string): boolean =>
  path === base || path.startsWith(base.endsWith(sep) ? base : base + sep);

/** A file keeps the source that it was imported from, moved likewise, where it lies below that still. */
function newPlace(file: KnownFile, entry: ArchiveEntry, from: string, to: string) {
  if (file.source === from || !isBelow(file.source, from)) return { ...entry, source: to };
  const source = mappedPath(file.source, from, to);
  const prefix = `${relative(to, source).replaceAll(sep, '/')}/`;
  return isBelow(entry.file, source) && entry.path.startsWith(prefix)
    ? { ...entry, source, path: entry.path.slice(prefix.length) }
    : { ...entry, source: to };
}

async function relocateMasks(catalog: Catalog, from: string, to: string): Promise<void> {
  for (const file of masksBelow(catalog, from)) {
    const place = mappedPath(file, from, to);
    const isThere = await stat(diskPath(place)).catch(() => undefined);
    if (isThere !== undefined) moveMasks(catalog, file, place);
  }
}
