// Limits how quickly a transfer goes: so many instances and bytes a second, over all of its connections.
import { setTimeout as pause } from 'node:timers/promises';

/** Things a second; null: no limit. */
export interface PaceLimits {
  readonly instances: number | null;
  readonly bytes: number | null;
}

/** What was taken before its time is waited for; nothing is saved up for later. */
export class Pace {
  readonly #limits: PaceLimits;
  readonly #signal: AbortSignal;
  #free = 0;

  constructor(limits: PaceLimits, signal: AbortSignal) {
    this.#limits = limits;
    this.#signal = signal;
  }

  /** Takes bytes and instances; resolves when the next may come, or when the signal aborts. */
  async take(bytes: number, instances: number): Promise<void> {
    const each = (count: number, rate: number | null) => (rate === null ? 0 : (count / rate) * 1000);
    const cost = Math.max(each(bytes, this.#limits.bytes), each(instances, this.#limits.instances));
    if (cost === 0) return;
    const now = performance.now();
    this.#free = Math.max(this.#free, now) + cost;
    const wait = this.#free - now;
    if (wait >= 1) await pause(wait, undefined, { signal: this.#signal }).catch(() => {});
  }
}
