// How fast a job goes: rate and time left since its present stage began. Pure functions.
import type { EventValue } from '../../src-preload/contract.ts';

type Progress = EventValue<'run.progress'>['progress'];

export interface Pace {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
  readonly note: string;
  /** Where and when (milliseconds) this stage was first heard of. */
  readonly from: number;
  readonly since: number;
  readonly now: number;
}

export function paced(before: Pace | undefined, { stage, done, total, note = '' }: Progress, now: number): Pace {
  const goesOn = before?.stage === stage && done >= before.done;
  return { stage, done, total, note, from: goesOn ? before.from : done, since: goesOn ? before.since : now, now };
}

/** `project 120 of 400, 2.4 a second, 2 minutes left`; rate and time only once something has been done. */
export function paceWords({ stage, done, total, note, from, since, now }: Pace): string {
  const words = [total > 0 ? `${stage} ${Math.floor(done)} of ${Math.floor(total)}` : `${stage} ${Math.floor(done)}`];
  const rate = (done - from) / ((now - since) / 1000);
  if (Number.isFinite(rate) && rate > 0) {
    words.push(rate >= 1 ? `${inFigures(rate)} a second` : `${inFigures(rate * 60)} a minute`);
    if (total > done) words.push(`${durationWords((total - done) / rate)} left`);
  }
  if (note !== '') words.push(note);
  return words.join(', ');
}

/** Two figures, and no powers of ten: `2.4`, `24`, `237`. */
const inFigures = (value: number) => (value < 100 ? value.toPrecision(2) : `${Math.round(value)}`);

/** `5 seconds`, `12 minutes`, `3.5 hours`. */
export function durationWords(seconds: number): string {
  if (seconds < 1.5) return '1 second';
  if (seconds < 90) return `${Math.round(seconds)} seconds`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} minutes`;
  return `${(seconds / 3600).toFixed(1)} hours`;
}
