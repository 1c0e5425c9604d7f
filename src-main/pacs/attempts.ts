// Tries again where that may help: a lost connection, a PACS that restarts.
import { setTimeout as pause } from 'node:timers/promises';
import { isProblem, Problem } from '../platform/errors.ts';

export interface AttemptOptions {
  /** What ends all attempts. */
  readonly signal: AbortSignal;
  /** How many work at once: as many failures count as one. */
  readonly parallel: number;
  /** Milliseconds before the second attempt; each later one waits twice as long. */
  readonly firstPause?: number | undefined;
}

/** Attempts in a row without any success. */
const most = 5;

/** Counts the failures of one transfer, in which several work at once. */
export class Attempts {
  readonly #options: AttemptOptions;
  #failures = 0;

  constructor(options: AttemptOptions) {
    this.#options = options;
  }

  /** Something has come: later failures are counted anew. */
  succeeded(): void {
    this.#failures = 0;
  }

  /** Throws what `work` throws, once another attempt would not help, or too many did not; `cancelled` when the signal aborts. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    const { signal, parallel, firstPause = 500 } = this.#options;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!isProblem(error, 'peer') || !error.values.again || signal.aborted) throw error;
        this.#failures++;
        if (this.#failures >= most * parallel) throw error;
        const wait = firstPause * 2 ** Math.min(Math.floor(this.#failures / parallel), 4);
        await pause(wait, undefined, { signal }).catch(() => {});
        if (signal.aborted) throw new Problem('cancelled', { job: 'transfer' });
      }
    }
  }
}
