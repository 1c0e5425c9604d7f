// What a benchmark measures.

/** At most `target` of it is good, of a rate (unit `…/s`) at least; null: for information. */
export interface Measure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target: number | null;
  /** Why something is not there that should be, or the whole distribution. */
  readonly note?: string;
}
