// What faces and workbench say about runs: the work of Residua, queued, running, done, with full provenance.
import { z } from 'zod';
import { exportFormatNames } from '../export-formats.ts';
import { distance, filter, id, label, path, region, scoreName, selection, time } from './image.ts';
import type { Output } from './read-only.ts';
import { maskRole } from './segmentation.ts';

export const deviceName = z.enum(['cpu', 'webgpu', 'cuda', 'dml', 'coreml', 'tfjs']);
/** `auto`: the fastest that works. */
export const device = z.enum([...deviceName.options, 'auto']);
const loss = z.enum(['lpips', 'discriminator', 'pixel']);
const seed = z.int().min(0).max(0xffffffff);

/** Scoring as in the published `eval-recon`, defaults included. */
const scoring = z.strictObject({
  distances: z.array(distance).min(1).default(['MSE', 'WD']),
  regions: z.array(region).min(1).default(['full', 'body', 'patch']),
  patchSize: z.int().min(1).max(1024).default(32),
  /** How many highest, non-overlapping patches are kept. */
  patchCount: z.int().min(1).max(64).default(5),
  /** Keep the score of every patch position: four bytes per pixel, distance and image. Else it is computed when looked at. */
  keepMaps: z.boolean().default(true),
  /** As the published eval_recon.py computes it, errors included. */
  published: z.boolean().default(false),
});

/** Projection as in the published `projector.py`, defaults included. `loss` null: what the network makes possible. */
const projecting = z.strictObject({
  model: id,
  /** Cohort of normals that the loss `discriminator` is balanced on; null: images that the network draws. */
  normals: id.nullable().default(null),
  loss: loss.nullable().default(null),
  space: z.enum(['w', 'w+']).default('w'),
  steps: z.int().min(1).max(100_000).default(1000),
  seed: seed.default(303),
  batch: z.int().min(1).max(256).default(1),
  renderNoise: z.enum(['stored', 'optimised']).default('stored'),
  /** Keep a film of each projection, MP4. */
  video: z.boolean().default(false),
  device: device.default('cpu'),
});

export const exportFormat = z.enum(exportFormatNames);
/** PS3.15 Annex E; dates are shifted by patient when they are retained. */
const deidentification = z.strictObject({
  retainDates: z.boolean(),
  retainDevice: z.boolean(),
  /** Images that a person has looked at and found free of text about the patient. */
  reviewed: z.array(id),
});

/** Kind of work -> its parameters. Each parameter set is a run's provenance, so it is complete and plain data. */
export const parameters = {
  import: z.strictObject({
    /** Folders, zips and files. */
    sources: z.array(path).min(1),
    /** The label of every image; null: the name of the folder it lies in. */
    kind: label.nullable().default(null),
    /** Put the imported images into this cohort, made when there is none of the name. */
    cohort: label.nullable().default(null),
    /** Only slices that the mask of the same file name in this folder or zip touches; null: all. */
    maskDir: path.nullable().default(null),
    /** Leave out frames whose every sample is 0. */
    dropBlack: z.boolean().default(false),
  }),
  /** Names the segmentations in a folder, zip or file beside the images of the same names; Dice where both are there. */
  masks: z.strictObject({ source: path, role: maskRole }),
  train: z.strictObject({
    cohort: id,
    name: label,
    /** Null: the images have it already, all the same. */
    resolution: z.int().min(8).max(1024).nullable(),
    /** In modality units; null: as each file says, or from its minimum to its maximum. */
    window: z.strictObject({ center: z.number(), width: z.number().positive() }).nullable().default(null),
    fit: z.enum(['squash', 'pad', 'crop']).default('crop'),
    filter: z.enum(['box', 'bilinear', 'hamming', 'bicubic', 'lanczos']).default('lanczos'),
    /** Options of the published `train.py` that differ from its defaults, by their names there. */
    options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
    device: device.default('cpu'),
  }),
  /** Reconstructs, and scores what the reconstruction misses unless `scoring` is null. */
  project: z.strictObject({ images: selection, projecting, scoring: scoring.nullable() }),
  /** Scores the reconstructions of an earlier run anew, with other settings. */
  score: z.strictObject({ projection: id, scoring }),
  /** Scores how typical images are of a cohort of normals, by one look of the network's discriminator at each. */
  typicality: z.strictObject({
    images: selection,
    model: id,
    normals: id,
    /** Principal components of the normals that count as normal variation. */
    components: z.int().min(1).max(1000).default(64),
    /** Nearest normals whose distance is averaged. */
    neighbours: z.int().min(1).max(100).default(5),
    device: device.default('cpu'),
  }),
  /** Makes several scores one, with a conformal p-value, against normals that have all of them. */
  combination: z.strictObject({ images: selection, scores: z.array(scoreName).min(1).max(20), validation: id }),
  /** Draws the demonstration archive beside the catalog, imports it with a network that knows its normals. */
  demonstration: z.strictObject({}),
  /** Copies images and a manifest into a new folder, which appears only when it is complete. */
  export: z.strictObject({
    target: path,
    images: z.union([
      selection,
      z.strictObject({ filter, score: scoreName, where: z.enum(['below', 'above']), threshold: z.number() }),
      z.strictObject({ filter, score: scoreName, where: z.enum(['top', 'bottom']), count: z.int().positive() }),
    ]),
    /** Columns of the manifest. */
    scores: z.array(scoreName).default([]),
    format: exportFormat.default(exportFormatNames[0]),
    /** Null: identities stay, as somebody has decided. */
    deidentification: deidentification.nullable().default({ retainDates: false, retainDevice: false, reviewed: [] }),
    /** Whose recipe shapes the images, for formats that need a model. */
    model: id.nullable().default(null),
    reviewer: label,
  }),
} as const;
export type RunKind = keyof typeof parameters;
export type RunParameters<K extends RunKind> = Output<(typeof parameters)[K]>;

/** `interrupted`: its process died with the machine or was killed; it continues where it was. */
export const runState = z.enum(['queued', 'running', 'paused', 'interrupted', 'done', 'failed', 'cancelled']);
export type RunState = Output<typeof runState>;

export const progress = z.strictObject({
  stage: z.string(),
  done: z.number(),
  total: z.number(),
  note: z.string().optional(),
});

export const run = z.strictObject({
  id,
  /** One of the kinds of `parameters`; other programs may have added theirs. */
  kind: z.string(),
  state: runState,
  title: z.string(),
  createdAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  /** In words, when failed or cancelled. */
  reason: z.string().nullable(),
  /** Items acknowledged by the catalog. */
  done: z.int(),
  skipped: z.int(),
  total: z.int(),
  /** What came of it, in words, where it says so. */
  summary: z.string().nullable(),
});
export type Run = Output<typeof run>;

export const runDetail = z.strictObject({
  run,
  parameters: z.record(z.string(), z.unknown()),
  /** Versions, device, hashes of model and recipe. */
  provenance: z.record(z.string(), z.unknown()),
  model: id.nullable(),
  scores: z.array(scoreName),
});
export type RunDetail = Output<typeof runDetail>;

export const logLine = z.strictObject({
  number: z.int().nonnegative(),
  time,
  /** `skipped` and `noted` name files: left out, or odd but read all the same. */
  level: z.enum(['information', 'skipped', 'noted', 'problem']),
  text: z.string(),
});
export type LogLine = Output<typeof logLine>;

/** Numbers of a training at a count of thousand images shown, by their published names. */
export const plotPoint = z.strictObject({ kimg: z.number(), values: z.record(z.string(), z.number()) });
