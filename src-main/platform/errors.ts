// Failures that a person can act on: a kind, the offending values, and nothing else. Words are made in words.ts.

/**
 * Every kind of failure with the values that a reader needs to act on it. A new kind is a new row here and,
 * because `words.ts` is a mapped type over this interface, a new sentence there.
 */
export interface ProblemValues {
  /** The caller asked for something contradictory or incomplete: exit code 2. */
  usage: { readonly message: string };
  /** A file could not be opened, read or written. */
  file: { readonly file: string; readonly reason: string };
  /** A file is of a format that is not understood; refused by name. */
  format: { readonly file: string; readonly found: string };
  /** A file claims a format but its content is broken or contradicts itself. */
  content: { readonly file: string; readonly reason: string };
  /** A size or count passes the limit that protects this process. */
  limit: { readonly what: string; readonly value: number; readonly limit: number };
  /** A pickle names a global that is not on the allowlist. */
  'unknown-global': { readonly file: string; readonly name: string };
  /** Two things that must fit each other do not (resolution, channels, shapes, geometry). */
  mismatch: { readonly what: string; readonly expected: string; readonly found: string };
  /** Something named is not there (a model, cohort, run, weights file). */
  missing: { readonly what: string; readonly name: string };
  /** A device or execution provider cannot be used here. */
  device: { readonly device: string; readonly reason: string };
  /** The job was cancelled by its owner. */
  cancelled: { readonly job: string };
  /** A child process ended while it still had work. */
  process: { readonly process: string; readonly reason: string };
  /** A drive or folder that the work needs is not there at present. */
  drive: { readonly folder: string; readonly reason: string };
  /** A PACS cannot be reached, refuses, or breaks the rules. `again`: another attempt may succeed. */
  peer: { readonly peer: string; readonly reason: string; readonly again: boolean };
  /** A run of the catalog failed; the reason is in words already. */
  run: { readonly run: string; readonly reason: string };
}

export type ProblemKind = keyof ProblemValues;

/** The one error class of Residua. `values` depends on `kind`; the message is for logs and tests only. */
export class Problem<K extends ProblemKind = ProblemKind> extends Error {
  override readonly name = 'Problem';
  readonly kind: K;
  readonly values: ProblemValues[K];

  constructor(kind: K, values: ProblemValues[K], options?: ErrorOptions) {
    super(`${kind}: ${JSON.stringify(values)}`, options);
    this.kind = kind;
    this.values = values;
  }
}

/** The system's code of an error or of what caused it, such as `ENOSPC` or `SQLITE_FULL`. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, cause } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : systemCode(cause);
}

/** Codes of what a person can mend: a drive that is full, read-only, unplugged or failing, or a folder without permission. */
const mendable =
  /^(ENOSPC|EDQUOT|EROFS|EACCES|EPERM|EIO|ENODEV|ENXIO|ENOTCONN|ESTALE|SQLITE_(FULL|READONLY|IOERR|CANTOPEN)(_\w+)?)$/;

/** True when work failed for its drive or folder, and can go on once that is mended. */
export function isMendable(error: unknown): boolean {
  return isProblem(error, 'drive') || mendable.test(systemCode(error) ?? '');
}

/** True for a Problem, of one kind when `kind` is given. */
export function isProblem<K extends ProblemKind = ProblemKind>(error: unknown, kind?: K): error is Problem<K> {
  return error instanceof Problem && (kind === undefined || error.kind === kind);
}
