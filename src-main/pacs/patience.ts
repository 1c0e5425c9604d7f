// How long a peer is waited for: it may be silent for a while, and must give a kilobyte a second.

/** Counts the time that one message, or one response, keeps us waiting. Seconds in, milliseconds out. */
export class Patience {
  readonly seconds: number;
  #waited = 0;
  #bytes = 0;
  #resetAt = 0;

  constructor(seconds: number) {
    this.seconds = seconds;
  }

  /** Milliseconds of waiting that are left: a byte buys one. */
  get left(): number {
    const silence = this.seconds * 1000;
    return Math.min(silence, silence + this.#bytes - this.#waited);
  }

  /** That the peer has sent so many bytes after so many milliseconds of waiting. */
  got(bytes: number, milliseconds: number): void {
    this.#bytes += bytes;
    this.#waited += milliseconds;
  }

  /** Milliseconds that are left of a wait that began at this time of `performance.now()`, and may have been reset since. */
  leftSince(began: number): number {
    return this.left - (performance.now() - Math.max(began, this.#resetAt));
  }

  /** Another message begins, or something was heard of the peer in another way. */
  reset(): void {
    this.#waited = 0;
    this.#bytes = 0;
    this.#resetAt = performance.now();
  }
}
