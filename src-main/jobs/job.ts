// A job descriptor: everything the catalog, the queue and the workbench need to know about one kind of job.
import type { RunKind, RunParameters } from '../../src-preload/jobs/jobs.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { NewRun } from '../catalog/tables/runs.ts';
import type { Engine } from '../engine/start-engine.ts';
import type { Lane, RunProgram } from './run-program.ts';

/** What a run of this job is called, what it works on, and what of its parameters is stored. */
export type Described = Pick<NewRun, 'title' | 'parameters' | 'model' | 'recipe' | 'images'>;

/** Gives an engine to `work` and resolves with what that measured; null when the measurement was ended. */
export type Measure = (work: (engine: Engine) => Promise<number>) => Promise<number | null>;

export interface Job<K extends RunKind> {
  readonly kind: K;
  readonly lane: Lane;
  /**
   * When the same request resumes an earlier run: `always` (it has items, and does those that are not done), or only while the
   * earlier run is `unfinished`; a finished one is run again from the start.
   */
  readonly resumes: 'always' | 'unfinished';
  /** Throws `missing` or `usage` for what cannot be run. */
  readonly describe: (catalog: Catalog, parameters: RunParameters<K>) => Described;
  /** Loaded when the first of its kind runs. */
  readonly load: () => Promise<RunProgram>;
  /** Another request that gives the same result with less work, because an earlier run has done part of it. */
  readonly shortcut?: (
    catalog: Catalog,
    parameters: RunParameters<K>,
    described: Described,
  ) => { readonly [L in RunKind]: { readonly kind: L; readonly parameters: RunParameters<L> } }[RunKind] | undefined;
  /** Bytes on disk that it would keep, about and at most; without it a few for each image. */
  readonly space?: (parameters: RunParameters<K>, catalog: Catalog) => number | null;
  /** Seconds that it would take, measured from a few steps; without it the time depends on files not seen yet. */
  readonly estimate?: (parameters: RunParameters<K>, catalog: Catalog, measure: Measure) => Promise<number | null>;
}
