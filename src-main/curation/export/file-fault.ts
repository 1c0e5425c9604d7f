// Errors that concern one file of an export, and what is said about them.
import { isProblem } from '../../platform/errors.ts';
import { inWords, systemReason } from '../../platform/words.ts';

/** A full disk or a cancelled job ends the export; a broken or missing image is skipped. */
export function concernsOneFile(error: unknown): boolean {
  if (isProblem(error)) return !['cancelled', 'usage', 'process', 'drive'].includes(error.kind);
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** The reason without the name of the file, which may be a person's. */
export function reasonOf(error: unknown): string {
  if (isProblem(error, 'file') || isProblem(error, 'content')) return error.values.reason;
  if (isProblem(error, 'format')) return `is not a format that Residua reads (${error.values.found})`;
  return systemReason(error) ?? (isProblem(error) ? `cannot be read (${error.kind})` : inWords(error));
}
