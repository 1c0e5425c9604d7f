// What a PACS may send: every bound on its answers, checked before memory is taken for them.
import { limits as archiveLimits } from '../archive/limits.ts';
import { Problem } from '../platform/errors.ts';

const KiB = 2 ** 10;
const MiB = 2 ** 20;

/** Bytes, or counts. */
export const limits = {
  /** One instance; larger files would not be read either. */
  instanceBytes: archiveLimits.fileBytes,
  /** The beginning of an instance, in which its identifiers must lie. */
  headBytes: 16 * MiB,
  /** One page of answers to a query by DICOMweb. */
  pageBytes: 64 * MiB,
  /** The headers of a response, and those of a part of it. */
  headerBytes: 16 * KiB,
  redirects: 3,
  /** Instances of one transfer that are not what was asked for. */
  refusals: 1_000,
  studies: 5_000,
  series: 50_000,
  instancesOfSeries: 100_000,
  instances: 2_000_000,
  /** A PDU with data, which we announce, and one that negotiates. */
  dataPduBytes: 256 * KiB,
  negotiationPduBytes: 128 * KiB,
  /** A command set, and one answer to a query. */
  commandBytes: 64 * KiB,
  identifierBytes: MiB,
  /** Sequences within sequences. */
  depth: 32,
  /** One value of an answer, as text. */
  valueCharacters: 1024,
} as const;

/** Throws `limit` when `value` passes the limit called `name`. */
export function checkLimit(name: keyof typeof limits, what: string, value: number): void {
  if (!(value <= limits[name])) throw new Problem('limit', { what, value, limit: limits[name] });
}
