// Image sets in the StyleGAN2-ADA layout (a folder or zip of images and dataset.json with labels): reading and writing.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { z } from 'zod';
import { Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { makeFolder } from '../platform/make-folder.ts';
import type { ArchiveEntry } from './entry.ts';
import { EntryReader } from './entry-reader.ts';
import { encodePng } from './raster/encode-png.ts';
import { type WalkControl, type WalkItem, walk } from './walk.ts';

/** A class index, or a vector, per image; the layout of `labels` in dataset.json. */
export type Label = number | readonly number[];

/** An image of the set, in the order of the set (sorted by name), with its label if the set has labels. */
export interface DatasetEntry {
  readonly entry: ArchiveEntry;
  readonly label?: Label;
}

const labelFile = z.object({
  labels: z.array(z.tuple([z.string(), z.union([z.number(), z.array(z.number())])])).nullable(),
});

/**
 * Lists an image set: a folder, a zip, or a zip in a folder, in the published order (names sorted), with the labels of
 * its top-level `dataset.json`. Files that are refused, or listed by a DICOMDIR and missing, come in `refused`. Throws `content` when dataset.json is broken
 * or labels some images and not others.
 */
export async function listDataset(
  root: string,
  control: WalkControl,
): Promise<{
  readonly entries: readonly DatasetEntry[];
  readonly refused: readonly Extract<WalkItem, { kind: 'refused' }>[];
}> {
  const items: WalkItem[] = [];
  for await (const item of walk(root, control)) items.push(item);
  const found = items.flatMap((item) => (item.kind === 'entry' ? [item.entry] : []));
  const refused = items.filter((item) => item.kind === 'refused');
  const isLabels = (entry: ArchiveEntry) => nameInSet(entry) === 'dataset.json';
  const labels = await readLabels(found.find(isLabels));
  const images = found.filter((entry) => !isLabels(entry)).sort((a, b) => (nameInSet(a) < nameInSet(b) ? -1 : 1));
  return { entries: images.map((entry) => withLabel(entry, labels)), refused };
}

/** The name that dataset.json uses: the path inside the zip, or below the folder. */
function nameInSet(entry: ArchiveEntry): string {
  return entry.inside.length > 0 ? entry.inside.join('/') : entry.path;
}

function withLabel(entry: ArchiveEntry, labels: ReadonlyMap<string, Label> | undefined): DatasetEntry {
  if (labels === undefined) return { entry };
  const label = labels.get(nameInSet(entry));
  if (label !== undefined) return { entry, label };
  throw new Problem('content', { file: 'dataset.json', reason: `has no label for ${nameInSet(entry)}` });
}

async function readLabels(entry: ArchiveEntry | undefined): Promise<ReadonlyMap<string, Label> | undefined> {
  if (entry === undefined) return undefined;
  const reader = new EntryReader();
  try {
    const text = new TextDecoder().decode((await reader.read(entry)).bytes);
    const { labels } = labelFile.parse(JSON.parse(text));
    return labels === null ? undefined : new Map(labels.map(([name, label]) => [name.replaceAll('\\', '/'), label]));
  } catch (error) {
    const reason = 'is not a dataset.json with "labels": [[name, class], ...]';
    throw new Problem('content', { file: entry.path, reason }, { cause: error });
  } finally {
    await reader.close();
  }
}

/** One 8-bit image to write: [height, width, channels], interleaved. */
export interface DatasetImage {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly levels: Uint8Array;
  readonly label?: Label;
}

/**
 * Writes a zip in the StyleGAN2-ADA layout, stored PNG files `00000/img00000000.png` and dataset.json, through a temporary
 * file beside `path`. Returns the names in order. All images must have one size and channel count (`mismatch`).
 */
export async function writeDatasetZip(
  path: string,
  images: AsyncIterable<DatasetImage> | Iterable<DatasetImage>,
  control: JobControl,
): Promise<readonly string[]> {
  const temporary = join(dirname(path), `.${process.pid}.${Date.now()}.zip.tmp`);
  makeFolder(dirname(path));
  const zip = new ZipFile();
  const output = zip.outputStream as PassThrough;
  // Nothing of the machine or the hour enters the file: the same images give the same bytes.
  const options = { mtime: new Date(1980, 0, 1, 12), mode: 0o100644, compress: false };
  const written = pipeline(zip.outputStream, createWriteStream(temporary, { flags: 'wx', flush: true }));
  const names: string[] = [];
  const labels: (readonly [string, Label])[] = [];
  let shape: string | undefined;
  try {
    for await (const image of images) {
      checkpoint(control, 'writing the image set');
      const found = `${image.width} x ${image.height} x ${image.channels}`;
      shape ??= found;
      if (found !== shape)
        throw new Problem('mismatch', { what: 'size of an image of the set', expected: shape, found });
      const index = String(names.length).padStart(8, '0');
      const name = `${index.slice(0, 5)}/img${index}.png`;
      zip.addBuffer(
        Buffer.from(await encodePng(image.width, image.height, image.channels, image.levels)),
        name,
        options,
      );
      names.push(name);
      if (image.label !== undefined) labels.push([name, image.label]);
      // Without this the whole set would wait in memory for a slow disk.
      if (output.writableNeedDrain) await Promise.race([once(output, 'drain'), written]);
    }
    if (labels.length > 0 && labels.length < names.length) {
      const expected = `${names.length} or none`;
      throw new Problem('mismatch', { what: 'labels of the set', expected, found: String(labels.length) });
    }
    const json = JSON.stringify({ labels: labels.length > 0 ? labels : null });
    zip.addBuffer(Buffer.from(json), 'dataset.json', options);
    zip.end();
    await written;
    await rename(temporary, path);
    return names;
  } catch (error) {
    zip.end();
    await written.catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
}
