// Every kind of job, in the order of the window's menu.
import { z } from 'zod';
import type { Output } from '../schemas/read-only.ts';
import { columnsFacts } from './columns.ts';
import { combinationFacts } from './combination.ts';
import { demonstrationFacts } from './demonstration.ts';
import { exportFacts } from './export.ts';
import { importFacts } from './import.ts';
import { learnFacts } from './learn.ts';
import { mapFacts } from './map.ts';
import { masksFacts } from './masks.ts';
import { pacsFacts } from './pacs.ts';
import { projectFacts } from './project.ts';
import { scoreFacts } from './score.ts';
import { scoresFacts } from './scores.ts';
import { trainFacts } from './train.ts';
import { trainEncoderFacts } from './train-encoder.ts';
import { trainLocaliserFacts } from './train-localiser.ts';
import { typicalityFacts } from './typicality.ts';

export const jobs = [
  importFacts,
  pacsFacts,
  masksFacts,
  columnsFacts,
  trainFacts,
  trainEncoderFacts,
  trainLocaliserFacts,
  projectFacts,
  scoreFacts,
  scoresFacts,
  typicalityFacts,
  combinationFacts,
  learnFacts,
  mapFacts,
  demonstrationFacts,
  exportFacts,
] as const;

type Facts = (typeof jobs)[number];
export type RunKind = Facts['kind'];
type FactsOf<K extends RunKind> = Extract<Facts, { readonly kind: K }>;
/** Kind of job -> its schema. */
export const parameters = Object.fromEntries(jobs.map((job) => [job.kind, job.parameters])) as {
  readonly [K in RunKind]: FactsOf<K>['parameters'];
};
/** The parameters of a kind of job, defaults filled in. */
export type RunParameters<K extends RunKind> = Output<FactsOf<K>['parameters']>;

/** What one asks for when a job is queued: its kind and its parameters. */
type Request<K extends RunKind> = z.ZodObject<
  { kind: z.ZodLiteral<K>; parameters: FactsOf<K>['parameters'] },
  z.core.$strict
>;
const requests = jobs.map(({ kind, parameters }) => z.strictObject({ kind: z.literal(kind), parameters }));
export const queueRequest = z.discriminatedUnion(
  'kind',
  requests as unknown as [{ [K in RunKind]: Request<K> }[RunKind]],
) as unknown as z.ZodDiscriminatedUnion<[{ [K in RunKind]: Request<K> }[RunKind]], 'kind'>;
