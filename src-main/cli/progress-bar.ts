// Progress of a long command: a bar with rate and time left on a terminal, plain lines now and then elsewhere.
import type { Progress } from '../platform/job.ts';

/** Where progress is shown; `columns` undefined means that it is no terminal. */
export interface Screen {
  readonly write: (text: string) => void;
  readonly columns: number | undefined;
  /** Milliseconds, rising. */
  readonly now: () => number;
}

export interface ProgressBar {
  readonly report: (progress: Progress) => void;
  /** Prints a line above the bar (or just prints it). */
  readonly line: (text: string) => void;
  /** Removes the bar. */
  readonly end: () => void;
}

const REDRAW_MS = 100;
const PLAIN_MS = 10_000;

/** Shows one stage after the other; the rate is that of the present stage since it began. */
export function progressBar(screen: Screen): ProgressBar {
  const terminal = screen.columns !== undefined;
  let stage = { name: '', from: 0, startedAt: 0 };
  let drawnAt = Number.NEGATIVE_INFINITY;
  let drawn = '';
  const clear = () => {
    if (terminal && drawn !== '') screen.write('\r\x1b[K');
    drawn = '';
  };
  return {
    report(progress) {
      const now = screen.now();
      const began = stage.name !== progress.stage;
      if (began) stage = { name: progress.stage, from: progress.done, startedAt: now };
      const finished = progress.done >= progress.total && progress.total > 0;
      if (!began && !finished && now - drawnAt < (terminal ? REDRAW_MS : PLAIN_MS)) return;
      drawnAt = now;
      const rate = ((progress.done - stage.from) / (now - stage.startedAt)) * 1000;
      const line = terminal ? barLine(progress, rate, screen.columns!) : plainLine(progress, rate);
      if (line === drawn) return;
      clear();
      screen.write(terminal ? line : `${line}\n`);
      drawn = line;
    },
    line(text) {
      clear();
      screen.write(`${text}\n`);
      drawnAt = Number.NEGATIVE_INFINITY;
    },
    end: clear,
  };
}

function plainLine({ stage, done, total }: Progress, rate: number): string {
  const count = total > 0 ? `${whole(done)} of ${whole(total)}` : whole(done);
  return [`${stage}: ${count}`, ...paceWords(done, total, rate)].join(', ');
}

function barLine({ stage, done, total, note }: Progress, rate: number, columns: number): string {
  if (total <= 0) {
    const parts = [`${stage} ${whole(done)}`, ...paceWords(done, total, rate), ...(note ? [note] : [])];
    return parts.join(', ').slice(0, columns - 1);
  }
  const share = Math.min(1, done / total);
  const width = 24;
  const filled = Math.round(share * width);
  const bar = `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
  const parts = [`${whole(done)}/${whole(total)}`, ...paceWords(done, total, rate), ...(note ? [note] : [])];
  return `${stage} ${bar} ${`${Math.floor(share * 100)}`.padStart(3)} %  ${parts.join(', ')}`.slice(0, columns - 1);
}

function paceWords(done: number, total: number, rate: number): string[] {
  if (!Number.isFinite(rate) || rate <= 0) return [];
  const figures = (value: number) => (value < 1000 ? value.toPrecision(3) : `${Math.round(value)}`);
  const pace = rate >= 1 ? `${figures(rate)}/s` : `${figures(1 / rate)} s each`;
  return done < total ? [pace, `${duration((total - done) / rate)} left`] : [pace];
}

const whole = (value: number): string => (Number.isInteger(value) ? `${value}` : value.toFixed(1));

/** Seconds as `42 s`, `3 min 20 s`, `2 h 05 min`. */
export function duration(seconds: number): string {
  const rounded = Math.round(seconds);
  const [hours, minutes] = [Math.floor(rounded / 3600), Math.floor((rounded % 3600) / 60)];
  if (hours > 0) return `${hours} h ${`${minutes}`.padStart(2, '0')} min`;
  return minutes > 0 ? `${minutes} min ${rounded % 60} s` : `${rounded} s`;
}
