// What faces and workbench say about the catalog: itself, cohorts, models, views, settings, devices, curves.
import { z } from 'zod';
import { device, deviceName } from '../parameters/device.ts';
import { float64Array, uint32Array } from './arrays.ts';
import { alert } from './drift.ts';
import { catalogKey, filter, id, label, order, path, scoreName, time } from './image.ts';
import type { Output } from './read-only.ts';

export const catalogInfo = z.strictObject({
  /** Identifies this catalog among all others, also one that was in the same folder before; reveals nothing about it. */
  key: catalogKey,
  folder: path,
  name: z.string(),
  images: z.int(),
  /** Version of the database, and of the program that opened it. */
  schema: z.int(),
  version: z.string(),
});
export type CatalogInfo = Output<typeof catalogInfo>;

export const cohort = z.strictObject({
  id,
  name: label,
  images: z.int(),
  /** Normals that a run trained on or compared images with and none has scored: not part of the archive that is triaged. */
  reference: z.boolean(),
  createdAt: time,
});

export const model = z.strictObject({
  id,
  name: label,
  /** Of the weights file. */
  sha256: z.string(),
  resolution: z.int(),
  channels: z.int(),
  classes: z.int(),
  /** Reconstruction needs one; a localiser's file has none. */
  generator: z.boolean().default(true),
  /** Projection with the discriminator loss and the typicality scores need one. */
  discriminator: z.boolean(),
  /** Reconstructs an image in one pass. Catalogs of earlier versions know no such network. */
  encoder: z.boolean().default(false),
  /** The localiser scores need one. */
  localiser: z.boolean().default(false),
  importedAt: time,
});
export type Model = Output<typeof model>;

export const view = z.strictObject({ id, name: label, filter, order });

/** How many images of a filter have each value, for filter menus; null: no value. */
export const facets = z.strictObject({
  modalities: z.array(z.strictObject({ value: z.string().nullable(), images: z.int() })),
  bodyParts: z.array(z.strictObject({ value: z.string().nullable(), images: z.int() })),
  views: z.array(z.strictObject({ value: z.string().nullable(), images: z.int() })),
  kinds: z.array(z.strictObject({ value: z.string().nullable(), images: z.int() })),
  verdicts: z.array(z.strictObject({ value: z.string().nullable(), images: z.int() })),
  tags: z.array(z.strictObject({ value: z.string().nullable(), images: z.int() })),
  states: z.array(z.strictObject({ value: z.string().nullable(), images: z.int() })),
  reasons: z.array(z.strictObject({ value: z.string().nullable(), images: z.int() })),
});

/** `edges` has one more member than each row of `counts`; one row per requested cohort, in order. */
export const histogram = z.strictObject({
  edges: float64Array,
  /** Of each cohort in `cohorts`. */
  counts: z.array(uint32Array),
  cohorts: z.array(id),
});

/** How many of the judged normals a judged run used as reference: their scores look too normal. */
const referenceNormals = z.strictObject({ run: id, cohort: label, used: z.int(), judged: z.int() });

/**
 * Rates over falling thresholds; `lower` and `upper` bound the true positive rate (95 %, bootstrap), and are empty, or null,
 * with fewer than two patients of a group.
 */
export const roc = z.strictObject({
  threshold: float64Array,
  falsePositiveRate: float64Array,
  truePositiveRate: float64Array,
  lower: float64Array,
  upper: float64Array,
  auroc: z.strictObject({ value: z.number(), lower: z.number().nullable(), upper: z.number().nullable() }),
  referenceNormals: z.array(referenceNormals),
  /** Images that are in the cohort of normals and in one of the others: they count as normal. */
  shared: z.int(),
});

/**
 * How well a score tells anomalous images from normal ones; intervals are 95 %, by bootstrap over patients, and null with
 * fewer than two of a kind.
 */
export const detection = z.strictObject({
  auroc: z.number(),
  lower: z.number().nullable(),
  upper: z.number().nullable(),
  /** Two-sided, that the AUROC is not 0.5; null with fewer than two images of a kind. */
  p: z.number().nullable(),
  /** At a specificity of 95 %, with its interval. */
  sensitivity: z.number(),
  sensitivityLower: z.number().nullable(),
  sensitivityUpper: z.number().nullable(),
  anomalous: z.int(),
  normal: z.int(),
});
export type Detection = Output<typeof detection>;

/** AUROC of the first score minus that of the second, both on the images that have both; two-sided p-values. */
export const scoreDifference = z.strictObject({
  first: z.number(),
  second: z.number(),
  difference: z.number(),
  delong: z.number(),
  permutation: z.number(),
  anomalous: z.int(),
  normal: z.int(),
});
export type ScoreDifference = Output<typeof scoreDifference>;

const share = z.strictObject({
  share: z.number(),
  /** Null with fewer than two patients. */
  interval: z.strictObject({ lower: z.number(), upper: z.number(), level: z.number() }).nullable(),
  /** Of a patch at a random position. */
  byChance: z.number(),
});
/** Share of images whose highest patch overlaps the anomaly, and of the anomaly's area that it covers. */
export const localisation = z.strictObject({ overlap: share, covered: share });

/** After reviewing `looked` images, highest score first, `found` of the anomalies have been seen. */
export const reviewCurve = z.strictObject({ looked: uint32Array, found: uint32Array });

export const deviceInfo = z.strictObject({
  device: deviceName,
  name: z.string(),
  usable: z.boolean(),
  /** Why not, in words. */
  reason: z.string().nullable(),
  /** Of a small computation, to compare devices by; null when it is not usable. */
  milliseconds: z.number().nullable(),
  /** Whether trainings compute in 16 bits on it, or why not; null when it is not usable. */
  half: z
    .strictObject({ used: z.boolean(), reason: z.string().nullable(), milliseconds: z.number().nullable() })
    .nullable(),
});

export type DeviceInfo = Output<typeof deviceInfo>;

export const settings = z.strictObject({
  reviewer: z.string().trim().max(100),
  device,
  /** Where published weights (LPIPS, Inception, presets) are searched. */
  weightsFolder: path.nullable(),
  /** Folders that are looked at for new images. */
  watchedFolders: z.array(path).max(50).optional(),
  /** After a verdict, show the next image. */
  advance: z.boolean(),
  /** Alerts that runs of scores check on new images. */
  alerts: z.array(alert).max(100).optional(),
  /** The layout of the window: JSON by its own names (sizes, order, viewer). The workbench only stores it. */
  layout: z.record(z.string().max(100), z.string().max(10_000)).optional(),
});
export type Settings = Output<typeof settings>;

/** A cohort of normals against the images of some others; an image that is in both counts as normal. */
export const cohortsApart = z.strictObject({ score: scoreName, normal: id, anomalous: z.array(id).min(1).max(20) });

/** Scores of the images of `cohorts`; images without the score are left out. */
export const scoresOfCohorts = z.strictObject({ score: scoreName, cohorts: z.array(id).min(1).max(20) });

/** One score of a family. */
export const scoreFacts = z.strictObject({
  /** As in the catalog, such as `feature residual`. */
  name: z.string(),
  /** One sentence: what a high (or low) value says. */
  meaning: z.string(),
  unit: z.string().nullable(),
  /** Which end is abnormal. */
  abnormal: z.enum(['high', 'low']),
  /** What makes an image anomalous whose score is far out, in words; without it the score takes no part in `anomaly`. */
  reason: z.string().optional(),
  /** True: far out, it says that the family's measurement failed on this image; scores that are not relative say nothing then. */
  ofFailure: z.boolean().optional(),
  /** True: measured against the rest of the image. */
  relative: z.boolean().optional(),
});
export type ScoreFacts = Output<typeof scoreFacts>;

/** A family of scores as rankings, tooltips and reports describe it. */
export const scoreFamily = z.strictObject({
  name: z.string(),
  title: z.string(),
  /** The most telling first: without a choice, rankings take the first that there is. */
  scores: z.array(scoreFacts),
  /** The map that shows where in the image one of the scores is high. */
  map: z.strictObject({ score: z.string(), meaning: z.string() }).nullable(),
  /** `normals`: a cohort to compare with. `discriminator`: a network that has one. `localiser`: a trained one. */
  needs: z.array(z.enum(['normals', 'discriminator', 'localiser', 'reconstructions', 'other scores'])),
  /** Fewer reference normals are refused. */
  fewestNormals: z.int().optional(),
  /** What an image costs. */
  cost: z.enum(['pixels', 'forward pass', 'backpropagation', 'none']),
  /** The paper or published tool. */
  source: z.string(),
  /** Looks once at each image: the job `scores` computes it. */
  onePass: z.boolean(),
});
export type ScoreFamilyFacts = Output<typeof scoreFamily>;
