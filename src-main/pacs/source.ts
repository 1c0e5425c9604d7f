// What a PACS is to the rest of the program, whichever protocol it speaks: questions, and a fetch of instances that it was asked for.
import type { PacsCredentials, PacsQuery } from '../../src-preload/schemas/pacs.ts';
import type { Intake } from './intake.ts';
import type { InstanceAnswer, Wanted } from './wanted.ts';

/** One study as the PACS describes it; texts are trimmed, empty where it says nothing. */
export interface StudyAnswer {
  readonly study: string;
  readonly patientId: string;
  readonly patientName: string;
  readonly date: string;
  readonly description: string;
  readonly modalities: readonly string[];
}

export interface SeriesAnswer {
  readonly series: string;
  readonly modality: string;
  readonly bodyPart: string;
  readonly description: string;
  /** Null when the PACS does not say. */
  readonly instances: number | null;
}

/** How a PACS is spoken to. */
export interface SourceOptions {
  readonly credentials?: PacsCredentials | undefined;
  /** Seconds. */
  readonly timeout: number;
  /** Requests or associations at once. */
  readonly parallel: number;
}

/** Every method throws `peer` or `limit`, and `cancelled` once `signal` has aborted. */
export interface PacsSource extends AsyncDisposable {
  readonly name: string;
  /** Resolves when it answers. */
  test(signal: AbortSignal): Promise<void>;
  studies(query: PacsQuery, signal: AbortSignal): Promise<readonly StudyAnswer[]>;
  series(study: string, signal: AbortSignal): Promise<readonly SeriesAnswer[]>;
  instances(study: string, series: string, signal: AbortSignal): Promise<readonly InstanceAnswer[]>;
  /**
   * Asks for instances, all of one series, and hands what comes to `intake`, which expects them. Those that are not there are
   * left to the caller, who asks the intake.
   */
  fetch(batch: readonly Wanted[], intake: Intake, signal: AbortSignal): Promise<void>;
  /** How many instances a fetch may ask for at once. */
  readonly batchSize: number;
}
