// What faces and workbench say about runs: jobs that are queued, running or done, with their provenance.
import { z } from 'zod';
import { id, scoreName, time } from './image.ts';
import type { Output } from './read-only.ts';

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
  /** One of the kinds of jobs/jobs.ts; other programs may have added theirs. */
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
  /** The outcome in words, where the job reports one. */
  summary: z.string().nullable(),
  /** Alerts that its new images have raised. */
  alerts: z.array(z.string()).default([]),
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
