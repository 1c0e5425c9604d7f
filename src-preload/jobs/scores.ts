// Scores: every requested family that looks once at each image, in one pass.
import { z } from 'zod';
import { clusterParameters } from '../parameters/cluster.ts';
import { deviceParameter } from '../parameters/device.ts';
import { keepFeatures } from '../parameters/kept-features.ts';
import { shapeOf } from '../parameters/parameter.ts';
import { unknownRescale } from '../parameters/units.ts';
import { id, selection } from '../schemas/image.ts';
import { jobFacts } from './job-facts.ts';

/** What holds for all families of a run. */
export const scoresOptions = { unknownRescale, keepFeatures, device: deviceParameter } as const;

export const scoresFacts = jobFacts({
  kind: 'scores',
  title: 'Score (one pass per image)',
  help: 'scores each image by families that look once at it, most of which compare it with a cohort of normals',
  parameters: z.strictObject({
    images: selection,
    /** A cohort to compare with; null: for families that compare with nothing. */
    normals: id.nullable().default(null),
    /** Names of one-pass families. */
    families: z.array(z.string().min(1).max(100)).min(1),
    /** Null: for families that need no network. */
    model: id.nullable().default(null),
    /** A trained localiser; null: for families that need none. */
    localiser: id.nullable().default(null),
    /** Family -> those of its parameters that differ from their defaults. */
    settings: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
    ...shapeOf(scoresOptions),
    ...shapeOf(clusterParameters),
  }),
});
