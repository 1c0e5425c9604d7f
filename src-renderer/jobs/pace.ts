// The rate of a job over the last half minute, and its time left. Pure functions.
import type { EventValue } from '../../src-preload/contract.ts';

type Progress = EventValue<'run.progress'>['progress'];

/** Where a job was, and when (milliseconds). */
interface Mark {
  readonly done: number;
  readonly at: number;
}

export interface Pace extends Omit<Progress, 'note'> {
  readonly note: string;
  /** Of the present stage, oldest first: one from before the time that counts, where there is one, and those since. */
  readonly marks: readonly Mark[];
  readonly now: number;
}

/** An import passes thousands of known files in a second and reads a hundred of new ones: only what was lately counts. */
const lately = 30_000;
const betweenMarks = 500;

export function paced(before: Pace | undefined, { stage, done, total, note = '' }: Progress, now: number): Pace {
  const continues = before !== undefined && before.stage === stage && done >= before.done;
  return { stage, done, total, note, marks: continues ? marked(before.marks, done, now) : [{ done, at: now }], now };
}

function marked(marks: readonly Mark[], done: number, now: number): readonly Mark[] {
  if (now - marks.at(-1)!.at < betweenMarks) return marks;
  const first = marks.findLastIndex(({ at }) => at <= now - lately);
  return [...marks.slice(Math.max(0, first)), { done, at: now }];
}

/** `project 120 of 400, 2.4 per second, 2 minutes left`; rate and time only once something has been done. */
export function paceWords({ stage, done, total, note, marks, now }: Pace): string {
  const words = [total > 0 ? `${stage} ${whole(done)} of ${whole(total)}` : `${stage} ${whole(done)}`];
  const [from] = marks;
  const rate = (done - from!.done) / ((now - from!.at) / 1000);
  if (Number.isFinite(rate) && rate > 0) {
    words.push(rate >= 1 ? `${inFigures(rate)} per second` : `${inFigures(rate * 60)} per minute`);
    if (total > done) words.push(`${durationWords((total - done) / rate)} left`);
  }
  if (note !== '') words.push(note);
  return words.join(', ');
}

const whole = (value: number): string => Math.floor(value).toLocaleString('en');

/** Two figures, and no powers of ten: `2.4`, `24`, `1,237`. */
const inFigures = (value: number) => (value < 100 ? value.toPrecision(2) : Math.round(value).toLocaleString('en'));

/** `5 seconds`, `12 minutes`, `3.5 hours`. */
export function durationWords(seconds: number): string {
  if (seconds < 1.5) return '1 second';
  if (seconds < 90) return `${Math.round(seconds)} seconds`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} minutes`;
  return `${(seconds / 3600).toFixed(1)} hours`;
}
