// The archive on the disk: where images came from, what is missing or new there, folders that moved, removal, browsing.
import { z } from 'zod';
import * as image from '../schemas/image.ts';
import { method, nothing } from './method.ts';

const { id, label, path, selection } = image;
const count = z.int().nonnegative();

/** What belongs to images. */
const belongings = z.strictObject({
  images: count,
  /** Files all of whose images are among them. */
  files: count,
  /** In force. */
  verdicts: z.strictObject({ keep: count, reject: count, unsure: count }),
  /** Those that were superseded too. */
  history: count,
  annotations: count,
  tags: count,
  scores: count,
  masks: count,
  cohorts: z.array(z.strictObject({ name: z.string(), images: count })),
  /** Titles of runs that are not over and need some of them. */
  runs: z.array(z.string()),
});

const news = z.strictObject({
  folders: z.array(
    z.strictObject({
      folder: path,
      /** Images in it that the catalog does not have; null before the first look. */
      images: count.nullable(),
      /** Why it could not be looked at, in words. */
      problem: z.string().nullable(),
    }),
  ),
});

export const archiveMethods = {
  /** Every folder, zip and file that images were imported from. */
  'archive.sources': method(
    nothing,
    z.strictObject({
      sources: z.array(z.strictObject({ source: path, files: count, images: count, missing: count })),
    }),
    { reads: ['images'] },
  ),
  /** Finds the files of a folder, zip or file that was moved at its new place, by content. Takes as long as reading what is not as it was. */
  'archive.relocate': method(
    z.strictObject({ from: path, to: path, actor: label }),
    z.strictObject({
      files: count,
      images: count,
      /** Files of the old place that were found at neither. */
      missing: count,
    }),
    { writes: ['images', 'archive'] },
  ),
  /** Looks now whether every file is there, and what is new in the watched folders. */
  'archive.check': method(nothing, z.strictObject({ files: count, missing: count }), { writes: ['archive'] }),
  /** What is new in the watched folders, as the last look has found. */
  'archive.news': method(nothing, news, { reads: ['archive', 'settings'] }),
  /** What a removal of images would remove. */
  'archive.removal': method(z.strictObject({ images: selection }), belongings, {
    reads: ['images', 'verdicts', 'tags', 'annotations', 'segmentations', 'cohorts', 'runs', 'scores'],
  }),
  /** Removes images with all that belongs to them; their files stay. Throws `usage` while a run needs some of them. */
  'archive.remove': method(
    z.strictObject({ images: selection, actor: label }),
    belongings.extend({
      /** Of the audit log. */
      entry: id,
    }),
    {
      writes: ['images', 'verdicts', 'tags', 'annotations', 'segmentations', 'cohorts', 'runs', 'scores', 'archive'],
    },
  ),
  /** What is in a folder of the machine that runs Residua: names only. Throws `missing` for one that may not be listed. */
  'folders.list': method(
    z.strictObject({
      /** Null: the folders that may be listed. */
      folder: path.nullable(),
    }),
    z.strictObject({
      folder: path.nullable(),
      /** The folder around it; null for one of the outermost that may be listed. */
      parent: path.nullable(),
      entries: z.array(z.strictObject({ name: z.string(), path, kind: z.enum(['folder', 'archive', 'file']) })),
      /** How many more there are than are listed. */
      more: count,
    }),
  ),
} as const;
