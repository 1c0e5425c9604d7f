// What faces and workbench say about readers: work lists, agreement, differences.
import { z } from 'zod';
import { decision, id, label, time } from './image.ts';
import type { Output } from './read-only.ts';

const count = z.int().nonnegative();

export const workList = z.strictObject({
  id,
  name: label,
  reader: label,
  /** The reader sees no verdict, mark or count of others while reading it. */
  blind: z.boolean(),
  /** The list of which this one repeats a share. */
  secondOf: z.strictObject({ id, name: z.string() }).nullable(),
  images: count,
  /** Images about which its reader has a verdict; of a blind list: a blind one. */
  read: count,
  createdBy: label,
  createdAt: time,
});
export type WorkList = Output<typeof workList>;

export const agreement = z.strictObject({
  readers: z.array(
    z.strictObject({
      reader: z.string(),
      images: count,
      blind: count,
      keep: count,
      reject: count,
      unsure: count,
      /** Median seconds per image; pauses above five minutes and decisions about several images are left out. */
      seconds: z.number().nullable(),
      timed: count,
    }),
  ),
  /** Each pair on all images that both have read (kind null), then kind by kind where there are several. */
  pairs: z.array(
    z.strictObject({
      first: z.string(),
      second: z.string(),
      kind: z.string().nullable(),
      images: count,
      /** Images that one of the two, or both, read blind. */
      blind: count,
      observed: z.number(),
      /** Cohen's; null where both gave one and the same verdict only. The interval is 95 %. */
      kappa: z.number().nullable(),
      lower: z.number().nullable(),
      upper: z.number().nullable(),
    }),
  ),
  differences: count,
});
export type ReadersAgreement = Output<typeof agreement>;

export const difference = z.strictObject({
  image: id,
  name: z.string(),
  kind: z.string().nullable(),
  inForce: decision.nullable(),
  verdicts: z.array(
    z.strictObject({
      reader: z.string(),
      decision,
      reason: z.string().nullable(),
      blind: z.boolean(),
      at: time,
    }),
  ),
});
export type Difference = Output<typeof difference>;

export const merged = z.strictObject({
  added: count,
  /** Of these, in force here now. */
  inForce: count,
  /** Already here, or followed by a later one of the same reader. */
  known: count,
  /** Rows, the first below the header is 2, that no image fits. */
  unmatched: z.array(z.int()),
  /** Images on which readers differ now and did not before. */
  differences: count,
});
