// Several readers: work lists, blind second readings, agreement, adjudication, verdicts of another machine.
import { z } from 'zod';
import * as image from '../schemas/image.ts';
import * as readers from '../schemas/readers.ts';
import { method, nothing } from './method.ts';
import { step } from './verdicts.ts';

const { id, label, path } = image;
const count = z.int().nonnegative();
const inList = z.strictObject({ list: id.optional() });

export const readersMethods = {
  /** All work lists, the newest first, with how far their readers are. */
  'readers.lists': method(nothing, z.strictObject({ lists: z.array(readers.workList) }), {
    reads: ['lists', 'verdicts', 'images'],
  }),
  /** The images of a list about which its reader has no verdict (of a blind list: no blind one), in the order of import. */
  'readers.unread': method(z.strictObject({ list: id }), z.strictObject({ ids: image.ids }), {
    reads: ['lists', 'verdicts'],
  }),
  /** Gives images to a reader. Throws `usage` without images, or for a name that another list has. */
  'readers.assign': method(
    z.strictObject({
      name: label,
      reader: label,
      images: image.selection,
      blind: z.boolean().default(false),
      by: label,
    }),
    readers.workList,
    { writes: ['lists'] },
  ),
  /** Gives a random share of a list to a second reader, who reads it blind. */
  'readers.second': method(
    z.strictObject({
      list: id,
      reader: label,
      name: label,
      share: z.number().positive().max(1).default(0.1),
      seed: count.default(0),
      by: label,
    }),
    readers.workList,
    { writes: ['lists'] },
  ),
  /** Removes a list; what was decided in it stays. */
  'readers.remove': method(z.strictObject({ id, by: label }), nothing, { writes: ['lists'] }),
  /** What each reader has read and how quickly, and how each pair agrees; on the images of a list, or on all. */
  'readers.agreement': method(inList, readers.agreement, { reads: ['lists', 'verdicts', 'images'] }),
  /** The first images on which readers differ and about which nobody has adjudicated since; `readers.agreement` has their number. */
  'readers.differences': method(
    inList.extend({ limit: z.int().min(1).max(10_000).default(500) }),
    z.strictObject({ differences: z.array(readers.difference) }),
    {
      reads: ['lists', 'verdicts', 'images'],
    },
  ),
  /** Decides where readers differ: the verdict is in force, and the readers' own stay in the history. A step that can be undone. */
  'readers.adjudicate': method(
    z.strictObject({
      images: image.ids,
      decision: image.decision,
      reason: z.string().trim().max(1000).nullable(),
      reviewer: label,
    }),
    step,
    { writes: ['verdicts'] },
  ),
  /** Writes a report of lists, readers, agreement and differences: one HTML file that stands alone, without names of files. */
  'readers.report': method(inList.extend({ file: path }), nothing),
  /** Writes the own verdict of every reader to a CSV, for another machine. */
  'readers.export': method(z.strictObject({ file: path }), nothing),
  /** Takes over what `readers.export` wrote on another machine: each verdict once; two readers' differences are left to adjudicate. */
  'readers.merge': method(z.strictObject({ file: path, reviewer: label }), readers.merged, { writes: ['verdicts'] }),
  /** From now on this window shows a blind list and nothing that others have said. Throws `usage` for a list that is not blind, or another reader's. */
  'readings.begin': method(z.strictObject({ list: id, reader: label }), readers.workList),
  'readings.end': method(nothing, nothing),
  /** What the reader of a blind list has decided in it so far: about these images, or all. */
  'readings.verdicts': method(
    z.strictObject({ list: id, images: image.ids.optional() }),
    z.strictObject({
      verdicts: z.array(
        z.strictObject({ image: id, decision: image.decision, reason: z.string().nullable(), time: image.time }),
      ),
    }),
    { reads: ['lists', 'verdicts'] },
  ),
  /** The blind list that this window reads; null: none. */
  'readings.current': method(nothing, z.strictObject({ list: readers.workList.nullable() }), {
    reads: ['lists', 'verdicts'],
  }),
} as const;
