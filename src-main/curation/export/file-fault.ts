// Errors that concern one file of an export, and what is said about them.
import { isProblem, Problem, systemCode } from '../../platform/errors.ts';
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

/** Whether an error says that a file is not there. */
export function saysGone(error: unknown): boolean {
  return systemCode(error) === 'ENOENT';
}

const mostNamed = 5;

/** What an export says that needs files which are not there: their paths below what was imported, and what can be done. */
export function missingFiles(paths: readonly string[], images: number): Problem<'missing'> {
  const named = paths.slice(0, mostNamed).join(', ');
  const more = paths.length > mostNamed ? ` and ${(paths.length - mostNamed).toLocaleString('en')} more` : '';
  const remedy = 'locate their folder (residua relocate), or export without them (--without-missing)';
  const files = paths.length === 1 ? 'the file' : `${paths.length.toLocaleString('en')} files`;
  return new Problem('missing', {
    what: `${files} of ${images.toLocaleString('en')} images to be exported`,
    name: `${named}${more}; ${remedy}`,
  });
}
