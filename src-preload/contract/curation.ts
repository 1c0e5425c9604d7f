// What curation does beside single verdicts: splits, leaks, duplicates, tables of verdicts and annotations, audit, backup.
import { z } from 'zod';
import * as image from '../schemas/image.ts';
import { changed, method, nothing } from './method.ts';

const { id, label, path } = image;
const count = z.int().nonnegative();
const imageNumbers = z.array(id);
/** Bits of 64 in which the perceptual hashes of near-duplicates differ at most. */
const hashDistance = z.int().min(0).max(16).default(2);

/** How images are dealt to parts. */
const splitRequest = z.strictObject({
  parts: z
    .array(z.strictObject({ name: label, fraction: z.number().positive() }))
    .min(1)
    .max(20),
  filter: image.filter,
  seed: count.default(0),
  byPatient: z.boolean().default(true),
});
/** How many images have a value; null: not known. */
const valueCounts = z.array(z.strictObject({ value: z.string().nullable(), images: count }));

export const curationMethods = {
  /** Deals images to new cohorts, patient by patient. Throws `missing` for a kind that no image has. */
  'cohorts.split': method(
    splitRequest.extend({ actor: label }),
    z.strictObject({
      cohorts: z.array(z.strictObject({ id, name: z.string(), images: count })),
      images: count,
      /** Images whose patient is not known: each was dealt alone. */
      unknownPatients: count,
    }),
    { writes: ['cohorts'] },
  ),
  /** The same split without making it: what would be in each part. Throws likewise. */
  'cohorts.preview': method(
    splitRequest,
    z.strictObject({
      parts: z.array(
        z.strictObject({
          name: z.string(),
          images: count,
          /** An image whose patient is not known counts as a patient. */
          patients: count,
          kinds: valueCounts,
          sexes: valueCounts,
          scanners: valueCounts,
          /** Median and quartiles in years; null where no file says it. */
          age: z.strictObject({ known: count, median: z.number(), lower: z.number(), upper: z.number() }).nullable(),
        }),
      ),
      images: count,
      unknownPatients: count,
    }),
    { reads: ['images', 'cohorts'], slow: true },
  ),
  /** Takes images out of a cohort: how many were in it. They stay in the catalog. */
  'cohorts.withdraw': method(z.strictObject({ id, images: image.ids, actor: label }), changed, { writes: ['cohorts'] }),
  /** What two cohorts have in common. Takes seconds for large ones. */
  'cohorts.leaks': method(
    z.strictObject({ first: id, second: id, distance: hashDistance }),
    z.strictObject({
      leaks: z.array(
        z.strictObject({
          kind: z.enum(['image', 'patient', 'pixels', 'near-duplicate']),
          first: imageNumbers,
          second: imageNumbers,
        }),
      ),
      /** Images whose patient is not known, of so many in both. */
      unknown: count,
      images: count,
    }),
    { reads: ['cohorts', 'images'], slow: true },
  ),
  /** Groups of images with equal pixels, and of nearly equal ones. Takes seconds for a large archive. */
  'cohorts.duplicates': method(
    z.strictObject({ cohort: id.optional(), distance: hashDistance }),
    z.strictObject({ same: z.array(imageNumbers), near: z.array(imageNumbers), images: count }),
    { reads: ['cohorts', 'images'], slow: true },
  ),

  /** Writes every verdict to a CSV. */
  'verdicts.export': method(z.strictObject({ file: path }), nothing),
  /** Takes the verdicts of a CSV over; the rows say who decided, and the audit log who imported them. */
  'verdicts.import': method(z.strictObject({ file: path, reviewer: label }), changed, { writes: ['verdicts'] }),
  /** Writes every annotation to a CSV. */
  'annotations.export': method(z.strictObject({ file: path }), nothing),
  'annotations.import': method(z.strictObject({ file: path, reviewer: label }), z.strictObject({ added: count }), {
    writes: ['annotations'],
  }),
  /** Annotates all text that was found and that nobody has judged: `text` is blacked out in exports, a `side marker` stays. */
  'annotations.text': method(
    z.strictObject({
      label: z.enum(['text', 'side marker']),
      reviewer: label,
      /** Only of these; all where that is absent. */
      images: image.ids.optional(),
    }),
    z.strictObject({ added: count }),
    { writes: ['annotations'] },
  ),
  /** A rectangle around each mask of a folder or zip, on the image of the same path. */
  'annotations.masks': method(
    z.strictObject({ folder: path, reviewer: label }),
    z.strictObject({
      added: count,
      known: count,
      /** A line about each mask that was left out. */
      skipped: z.array(z.string()),
    }),
    { writes: ['annotations'] },
  ),

  'audit.verify': method(
    z.strictObject({
      /** The hash of an entry, noted earlier: it must still be in the log. */
      head: z
        .string()
        .regex(/^[0-9a-f]{64}$/, 'must be a hash of 64 hexadecimal digits')
        .optional(),
    }),
    z.strictObject({ entries: count, head: z.string(), faults: z.array(z.string()) }),
  ),
  /** What the audit log says of the export in a folder. */
  'audit.export': method(
    z.strictObject({ folder: path }),
    z.discriminatedUnion('found', [
      z.strictObject({ found: z.literal('same'), entry: z.int() }),
      z.strictObject({ found: z.literal('altered'), fault: z.string() }),
      z.strictObject({ found: z.literal('none') }),
    ]),
  ),
  /** Writes the key of the catalog's pseudonyms, made when there is none, to a new file. Throws `file` where that exists. */
  'pseudonyms.export': method(z.strictObject({ file: path, actor: label }), nothing),
  /** Takes the key of a file over. Throws `file` when the catalog has another one, `content` when the file is no key. */
  'pseudonyms.import': method(
    z.strictObject({ file: path, actor: label }),
    z.strictObject({
      /** False: the catalog had this key already. */
      imported: z.boolean(),
    }),
  ),
  /** Copies the catalog, which may be in use meanwhile, to a new folder. */
  'catalog.backup': method(
    z.strictObject({ target: path }),
    z.strictObject({ folder: z.string(), files: count, bytes: count }),
  ),
} as const;
