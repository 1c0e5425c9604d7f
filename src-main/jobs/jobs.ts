// Every kind of job.
import type { RunKind } from '../../src-preload/jobs/jobs.ts';
import { columnsJob } from './columns.ts';
import { combinationJob } from './combination.ts';
import { demonstrationJob } from './demonstration.ts';
import { exportJob } from './export.ts';
import { importJob } from './import.ts';
import type { Job } from './job.ts';
import { learnJob } from './learn.ts';
import { mapJob } from './map.ts';
import { masksJob } from './masks.ts';
import { pacsJob } from './pacs.ts';
import { projectJob } from './project.ts';
import { scoreJob } from './score.ts';
import { scoresJob } from './scores.ts';
import { trainJob } from './train.ts';
import { trainEncoderJob } from './train-encoder.ts';
import { trainLocaliserJob } from './train-localiser.ts';
import { typicalityJob } from './typicality.ts';

export const jobs: { readonly [K in RunKind]: Job<K> } = {
  import: importJob,
  pacs: pacsJob,
  masks: masksJob,
  columns: columnsJob,
  train: trainJob,
  'train-encoder': trainEncoderJob,
  'train-localiser': trainLocaliserJob,
  project: projectJob,
  score: scoreJob,
  scores: scoresJob,
  typicality: typicalityJob,
  combination: combinationJob,
  learn: learnJob,
  map: mapJob,
  demonstration: demonstrationJob,
  export: exportJob,
};
