// An instance that is to be fetched, and what it must be.

/** As the PACS lists it. */
export interface InstanceAnswer {
  readonly instance: string;
  /** Empty when the PACS does not say. */
  readonly sopClass: string;
}

/** One instance that is to be fetched, and what it must be. */
export interface Wanted extends InstanceAnswer {
  readonly patientId: string;
  readonly study: string;
  readonly series: string;
}
