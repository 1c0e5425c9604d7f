// What faces and workbench say about images: filters and order, rows, one image in full, its pixels.
import { z } from 'zod';
import { float32Array, samples, uint8Array, uint32Array } from './arrays.ts';
import type { Output } from './read-only.ts';

/** The number of a row of the catalog; it reveals nothing about files or patients. */
export const id = z.int().positive();

export const catalogKey = z.string().regex(/^[0-9a-f]{16}$/);

/** UTC, ISO 8601. */
export const time = z.iso.datetime();
export const label = z.string().trim().min(1).max(200);
/** Where something is on this machine. Absolute: the workbench has no folder of its own to be relative to. */
export const path = z.string().min(1).max(4096);
/** Ids as typed array: the order of a whole archive is 450 kB. */
export const ids = uint32Array;

/** One score of one run, such as { run: 3, score: 'MSE full' }. */
export const scoreName = z.strictObject({ run: id, score: z.string().min(1).max(100) });
export type ScoreName = Output<typeof scoreName>;

export const decision = z.enum(['keep', 'reject', 'unsure']);
export type Decision = Output<typeof decision>;

/** Conditions that all hold; a list means any of its members. An absent condition does not restrict. */
export const filter = z.strictObject({
  cohort: id.optional(),
  /** Images that are in none of these cohorts, such as the reference normals. */
  outsideCohorts: z.array(id).max(100).optional(),
  /** Images of this work list. */
  list: id.optional(),
  modalities: z.array(z.string()).optional(),
  bodyParts: z.array(z.string()).optional(),
  views: z.array(z.string()).optional(),
  /** The folder label at import, such as `normal` or `needle`. */
  kinds: z.array(z.string()).optional(),
  /** `none`: not decided yet. */
  verdicts: z.array(z.union([decision, z.literal('none')])).optional(),
  tags: z.array(z.string()).optional(),
  /** Why an image is anomalous, such as `blurred`. */
  reasons: z.array(z.string()).optional(),
  states: z.array(z.enum(['present', 'changed', 'vanished', 'quarantined'])).optional(),
  /** The folders, zips or files that they were imported from. */
  sources: z.array(path).max(100).optional(),
  score: z.strictObject({ name: scoreName, from: z.number().optional(), to: z.number().optional() }).optional(),
  /** For each column of metadata: one of these values, or a number in from .. to, both included. */
  columns: z
    .array(
      z.strictObject({
        column: id,
        values: z.array(z.string()).max(1000).optional(),
        from: z.number().optional(),
        to: z.number().optional(),
      }),
    )
    .max(20)
    .optional(),
  /** Within a polygon of the map, in its coordinates; of another map than the one in use: none. */
  region: z
    .strictObject({
      layout: id,
      polygon: z
        .array(z.tuple([z.number(), z.number()]))
        .min(3)
        .max(1000),
    })
    .optional(),
  /** The images that are most like one, with it. */
  similar: z.strictObject({ image: id, count: z.int().min(1).max(1000) }).optional(),
  /** Part of the file name, series description or tag, any case. */
  text: z.string().max(200).optional(),
});
export type Filter = Output<typeof filter>;

/** The order of a list. Images without the score come last in both directions; ties by id. */
export const order = z.strictObject({
  by: z.union([z.enum(['imported', 'name', 'kind', 'verdict']), scoreName, z.strictObject({ column: id })]),
  descending: z.boolean(),
});
export type Order = Output<typeof order>;

/** Some images: listed one by one, or all that match a filter. */
export const selection = z.union([z.strictObject({ ids }), z.strictObject({ filter })]);
export type Selection = Output<typeof selection>;

/** As found at import; `changed` and `vanished` images are shown but cannot be scored; `quarantined`: not readable. */
export const fileState = z.enum(['present', 'changed', 'vanished', 'quarantined']);

export const imageRow = z.strictObject({
  id,
  name: z.string(),
  kind: z.string().nullable(),
  modality: z.string().nullable(),
  bodyPart: z.string().nullable(),
  view: z.string().nullable(),
  width: z.int(),
  height: z.int(),
  /** Position in its file, from 0, and how many the file has. */
  frame: z.int(),
  frames: z.int(),
  state: fileState,
  verdict: decision.nullable(),
  tags: z.array(z.string()),
  /** The value of the requested score, null when this image has none. */
  score: z.number().nullable(),
  /** Why it is anomalous, in words, by the newest run that says so. */
  why: z.string().nullable(),
  /** The values of the requested columns of metadata, in their order; null where the image has none. */
  columns: z.array(z.string().nullable()),
});
export type ImageRow = Output<typeof imageRow>;

/** In pixels of the stored image: x to the right, y down, from the top left corner. */
export const rectangle = z.strictObject({
  x: z.number().nonnegative(),
  y: z.number().nonnegative(),
  width: z.number().positive(),
  height: z.number().positive(),
});

/**
 * `open` and `adjudicated` verdicts are in force until the next one of either; `blind` and `merged` ones (of another machine, where
 * another reader's is in force here) are their reader's own.
 */
export const verdictRole = z.enum(['open', 'blind', 'merged', 'adjudicated']);

export const verdict = z.strictObject({
  decision: decision.nullable(),
  reason: z.string().nullable(),
  reviewer: z.string(),
  time,
  role: verdictRole,
});
export const annotation = z.strictObject({ id, rectangle, label: z.string(), reviewer: z.string(), time });

export const imageDetail = z.strictObject({
  row: imageRow,
  /** Why the file is not `present`. */
  reason: z.string().nullable(),
  /** What was odd about its file but did not prevent reading. */
  warnings: z.array(z.string()),
  sha256: z.string().nullable(),
  importedAt: time,
  patient: z.string().nullable(),
  series: z.string().nullable(),
  /** Newest run first; a score without a value says why. */
  scores: z.array(z.strictObject({ name: scoreName, value: z.number().nullable(), reason: z.string().nullable() })),
  /** Highest first, in pixels of the run's model space. */
  patches: z.array(z.strictObject({ name: scoreName, rank: z.int(), value: z.number(), rectangle })),
  /** Most certain first, in pixels of the stored image. */
  boxes: z.array(z.strictObject({ name: scoreName, rank: z.int(), value: z.number(), rectangle })),
  /** Lines of text that were found in the pixels and that nobody has judged. */
  unjudgedText: z.int().nonnegative(),
  /** Newest first; superseded verdicts stay. */
  verdicts: z.array(verdict),
  annotations: z.array(annotation),
  cohorts: z.array(z.strictObject({ id, name: z.string() })),
});
export type ImageDetail = Output<typeof imageDetail>;

/** The scores of a volume's slices as one number each. */
export const scanScore = z.strictObject({
  scan: id,
  /** Any of its slices leads to all of them (`images.slices`). */
  image: id,
  name: z.string(),
  slices: z.int(),
  maximum: z.number(),
  mean: z.number(),
  percentile95: z.number(),
});

/** One frame at full bit depth, rows from the top, channels interleaved. Value = sample * slope + intercept. */
export const frame = z.strictObject({
  width: z.int(),
  height: z.int(),
  channels: z.union([z.literal(1), z.literal(3)]),
  samples,
  slope: z.number(),
  intercept: z.number(),
  /** True for MONOCHROME1: small values are bright. */
  inverted: z.boolean(),
  windows: z.array(z.strictObject({ name: z.string(), center: z.number(), width: z.number() })),
  /** Millimetres between rows and between columns. */
  spacing: z.tuple([z.number(), z.number()]).nullable(),
});
export type Frame = Output<typeof frame>;

/** Grey or colour bytes for display, rows from the top, channels interleaved. */
export const picture = z.strictObject({
  width: z.int(),
  height: z.int(),
  channels: z.union([z.literal(1), z.literal(3)]),
  samples: uint8Array,
});

/** Where a picture of model space lies in the stored image, in its pixels; beyond its edges where it was padded. */
export const placement = z.strictObject({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
export type Placement = Output<typeof placement>;

/** The values of the frame that levels 0 and 255 of a picture stand for (falling for MONOCHROME1); null: no straight line. */
export const levels = z.strictObject({ black: z.number(), white: z.number() }).nullable();

/** What a map shows: a distance of every patch from its reconstruction (`MSE`, `WD`), or a family of scores. */
export const mapName = z.string().min(1).max(100);
export type MapName = Output<typeof mapName>;

/** A score for every patch position: pixel (row, column) is the patch with its top left corner at `step` times that. */
export const scoreMap = z.strictObject({
  width: z.int(),
  height: z.int(),
  /** Side of the patches, and from one position to the next, in pixels of the run's model space. */
  patchSize: z.number().positive(),
  step: z.number().positive(),
  /** Side of that model space, and where it lies in the stored image. */
  side: z.int(),
  placement,
  values: float32Array,
});
