// What every long function takes as its last argument: how to be stopped and how to tell where it is.
import { Problem } from './errors.ts';

/** Where a job is: `done` of `total` (same unit), in a named stage. */
export interface Progress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  /** One line about the present item, without patient data. */
  readonly note?: string;
}

/** Handed to every long function: `signal` ends it between two steps, `report` may be called often. */
export interface JobControl {
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
}

/** Throws `cancelled` when the job has been told to stop. */
export function checkpoint(control: JobControl, job: string): void {
  if (control.signal.aborted) throw new Problem('cancelled', { job });
}

/** A control that never stops and reports nowhere. */
export const quiet: JobControl = { signal: new AbortController().signal, report: () => {} };
