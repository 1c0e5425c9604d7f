// The exchange folder of a run: what the submitting machine and the tasks write for each other, and where.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { Problem } from '../platform/errors.ts';
import { firstFault, spoken } from '../platform/spoken-schema.ts';
import { inWords, systemReason } from '../platform/words.ts';

/**
 * Written by the submitting machine: order, listings, submissions. By tasks: their state, shards, logs. Nobody writes what another
 * does, and every file appears whole.
 */
export const exchangePaths = (folder: string) =>
  ({
    order: join(folder, 'order.json'),
    images: join(folder, 'images.jsonl'),
    normals: join(folder, 'normals.jsonl'),
    submission: (number: number) => join(folder, 'submissions', `${number}.json`),
    submissions: join(folder, 'submissions'),
    script: (number: number) => join(folder, 'submissions', `${number}.sh`),
    task: (share: string) => join(folder, 'tasks', `${share}.json`),
    tasks: join(folder, 'tasks'),
    shards: join(folder, 'shards'),
    /** Manifests of shards that the catalog has. */
    merged: join(folder, 'merged'),
    refused: join(folder, 'refused'),
    logs: join(folder, 'logs'),
    /** What the submitting machine knows of the run, for whoever asks. */
    status: join(folder, 'status.json'),
  }) as const;

/** A part of the listing: lines `count` from byte `offset` on, `bytes` long. */
export const shareSchema = z.strictObject({
  name: z.string().regex(/^\d{5,}$/),
  count: z.int().positive(),
  offset: z.int().nonnegative(),
  bytes: z.int().positive(),
});
export type Share = z.infer<typeof shareSchema>;

/** Some shares that were given to the scheduler as one array; a task's index is the place of its share. */
export const submissionSchema = z.strictObject({
  number: z.int().positive(),
  /** Name of the array, unique to this run and submission. */
  name: z.string(),
  /** The scheduler's; null while it has not answered. */
  job: z.string().nullable(),
  shares: z.array(shareSchema).min(1),
  /** Nodes that have failed. */
  exclude: z.array(z.string()),
});
export type Submission = z.infer<typeof submissionSchema>;

/** What a task says about itself, and what an attempt leaves to the next. */
export const taskStateSchema = z.strictObject({
  share: z.string(),
  submission: z.int(),
  state: z.enum(['running', 'done', 'stopped', 'failed']),
  /** In words, of a task that failed. */
  reason: z.string().nullable(),
  node: z.string(),
  processor: z.string(),
  done: z.int().nonnegative(),
  total: z.int().nonnegative(),
  /** Until the first image, and since then. */
  startSeconds: z.number().nonnegative(),
  workSeconds: z.number().nonnegative(),
  /** Images that are being computed. */
  inFlight: z.array(z.int()).readonly(),
  /** How often computing an image, alone, has ended the process. */
  deaths: z.record(z.string(), z.int()),
});
export type TaskState = z.infer<typeof taskStateSchema>;

/** A JSON file of the exchange folder. Throws `file` when it cannot be read and `content` when it is something else. */
export async function readExchangeFile<S extends z.ZodType>(file: string, schema: S): Promise<z.output<S>> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Problem('file', { file, reason: systemReason(cause) ?? inWords(cause) }, { cause });
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new Problem('content', { file, reason: 'is not JSON' }, { cause });
  }
  const parsed = schema.safeParse(value, spoken);
  if (parsed.success) return parsed.data;
  throw new Problem('content', { file, reason: firstFault(parsed.error) });
}

export const writeExchangeFile = (file: string, value: unknown): Promise<void> =>
  writeFileAtomic(file, `${JSON.stringify(value)}\n`);
