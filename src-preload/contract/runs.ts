// Runs: queue, list, stop, resume, their logs and scores.
import { z } from 'zod';
import { queueRequest } from '../jobs/jobs.ts';
import { uint8Array } from '../schemas/arrays.ts';
import * as catalog from '../schemas/catalog.ts';
import * as cluster from '../schemas/cluster.ts';
import * as image from '../schemas/image.ts';
import * as run from '../schemas/run.ts';
import { method, nothing } from './method.ts';

const { id, scoreName } = image;

export const runsMethods = {
  'runs.queue': method(queueRequest, run.run),
  'runs.list': method(nothing, z.strictObject({ runs: z.array(run.run) }), { reads: ['runs'] }),
  'runs.detail': method(z.strictObject({ id }), run.runDetail, { reads: ['runs', 'scores'] }),
  /** Every family of scores that Residua knows, the most telling first; the last one holds what was imported. */
  'scores.families': method(nothing, z.strictObject({ families: z.array(catalog.scoreFamily) }), { reads: ['scores'] }),
  /** Takes a score of another program in, as a run of its own. */
  'scores.import': method(
    z.strictObject({
      file: image.path,
      name: z.string().trim().min(1).max(100),
      /** Which end is abnormal. */
      abnormal: catalog.scoreFacts.shape.abnormal,
      /** The column of the values, and the one that names images; null: found by their usual names. */
      column: image.label.nullable().default(null),
      by: image.label.nullable().default(null),
      reviewer: image.label,
    }),
    z.strictObject({
      run: id,
      images: z.int(),
      /** Rows of the table, the first below the header is 2, that no image fits. */
      unmatched: z.array(z.int()),
    }),
    { writes: ['scores', 'runs'] },
  ),
  /** Every score that images can be ordered by: those of the newest run first, of each run the most telling first. */
  'scores.list': method(nothing, z.strictObject({ scores: z.array(scoreName) }), { reads: ['scores'] }),
  /** Where the tasks of a run are; null for a run without tasks. */
  'runs.cluster': method(z.strictObject({ id }), z.strictObject({ status: cluster.clusterStatus.nullable() }), {
    reads: ['runs'],
  }),
  /** The tasks of a run as they were last seen, each with the last lines of its log. */
  'runs.tasks': method(
    z.strictObject({ id, lines: z.int().min(1).max(1000) }),
    z.strictObject({ tasks: z.array(cluster.clusterTask) }),
    { reads: ['runs'] },
  ),
  'runs.cancel': method(z.strictObject({ id }), run.run),
  'runs.pause': method(z.strictObject({ id }), run.run),
  /** Continues a paused, interrupted, failed or cancelled run where it was. */
  'runs.resume': method(z.strictObject({ id }), run.run),
  /** The last lines after a number; with `level`, only such lines. */
  'runs.log': method(
    z.strictObject({
      id,
      after: z.int().nonnegative(),
      limit: z.int().min(1).max(10_000),
      level: run.logLine.shape.level.optional(),
    }),
    z.strictObject({ lines: z.array(run.logLine) }),
  ),
  /** The numbers of every tick of a training so far. */
  'runs.plot': method(z.strictObject({ id }), z.strictObject({ points: z.array(run.plotPoint) })),
  /** The newest sheet of generated images of a training, a PNG file; null before the first. */
  'runs.samples': method(z.strictObject({ id }), z.strictObject({ png: uint8Array.nullable() })),
  /** Bytes on disk that a run would keep, about and at most; null where these are few, or not known. */
  'runs.space': method(queueRequest, z.strictObject({ bytes: z.number().nullable() }), {
    reads: ['images', 'cohorts'],
  }),
  /**
   * How long a run would take here, measured from ten steps; null where that cannot be known. Takes some seconds. One is measured
   * at a time: another question, and a run that is queued, end the one before, whose answer is null then.
   */
  'runs.estimate': method(queueRequest, z.strictObject({ seconds: z.number().nullable() }), { slow: true }),
} as const;
