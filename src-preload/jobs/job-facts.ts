// What every face knows of a kind of job: its name, what it does in a sentence, and its parameters.
import type { z } from 'zod';

export interface JobFacts<K extends string = string, S extends z.ZodType = z.ZodType> {
  readonly kind: K;
  /** Heading of its dialog and its name in the menu. */
  readonly title: string;
  /** What it does, in one sentence. */
  readonly help: string;
  /** The parameters are a run's provenance: complete and plain data. */
  readonly parameters: S;
}

export const jobFacts = <K extends string, S extends z.ZodType>(facts: JobFacts<K, S>): JobFacts<K, S> => facts;
