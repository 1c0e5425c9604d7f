// The sizes that a file from outside may claim: checked before memory is taken for them.
import { Problem } from '../platform/errors.ts';

const MiB = 2 ** 20;

/** Every limit of reading an archive, in bytes or counts. */
export const limits = {
  /** One file, or one entry that a zip stores as it is, as bytes in memory. */
  fileBytes: 1024 * MiB,
  /** What a compressed file (gzip, deflated DICOM, entry of a zip) may grow to: half of what a decoder process may take. */
  inflatedBytes: 512 * MiB,
  /** Texts, profiles and thumbnails inside a PNG. */
  sideDataBytes: 16 * MiB,
  /** The samples of one frame. */
  frameBytes: 256 * MiB,
  /** The samples of all frames of a file together: each is decoded at import. */
  decodedBytes: 8 * 1024 * MiB,
  /** Width or height of a frame. */
  side: 65_535,
  /** Frames of one file. */
  frames: 100_000,
  /** A zip inside a zip, which is held in memory. */
  nestedZipBytes: 256 * MiB,
  /** All zips inside a zip together, as a multiple of its own size: each of them is inflated to be listed. */
  nestedZipGrowth: 20,
  /** Zips inside zips inside a zip. */
  zipDepth: 3,
  /** What a gzipped tar may be unpacked to: so much, or this multiple of its own size, where that is more. */
  tarBytes: 4 * 1024 * MiB,
  tarGrowth: 20,
  /** Entries of one archive: the walk and every decoder hold some 300 bytes for each, and list them in a few seconds. */
  zipEntries: 1_000_000,
  /** Folders within folders. */
  folderDepth: 64,
} as const;

/** Throws `limit` when `value` passes the limit called `name`. */
export function checkLimit(name: keyof typeof limits, what: string, value: number): void {
  if (!(value <= limits[name])) throw new Problem('limit', { what, value, limit: limits[name] });
}
