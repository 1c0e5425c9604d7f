// Reads a file as it was at import, or says what has become of it.
import { existsSync } from 'node:fs';
import { refuseGoneSource } from '../archive/source.ts';
import { diskPath } from '../platform/disk-path.ts';
import { isProblem, Problem } from '../platform/errors.ts';

/** What is known of a file since its import. */
export interface ImportedFile {
  /** For people. */
  readonly path: string;
  /** On the disk. */
  readonly file: string;
  /** Folder or zip that it was imported from. */
  readonly source: string;
  /** Null where it was never read. */
  readonly sha256: string | null;
}

/** What can become of a file, in words. */
export const fates = {
  vanished: 'is no longer where it was at import',
  changed: 'has other content than at import; import it again',
} as const;

/**
 * What `read` gives. Throws `file` when the file is gone or has other content than at import, after telling `onFate`; `drive` when
 * the whole archive is gone, about which nothing is told; else what `read` throws.
 */
export async function readAsImported<T extends { readonly sha256: string }>(
  { path, file, source, sha256 }: ImportedFile,
  read: () => Promise<T>,
  onFate: (fate: keyof typeof fates) => void = () => {},
): Promise<T> {
  const refuse = (fate: keyof typeof fates) => {
    onFate(fate);
    return new Problem('file', { file: path, reason: fates[fate] });
  };
  try {
    const result = await read();
    if (sha256 !== null && result.sha256 !== sha256) throw refuse('changed');
    return result;
  } catch (error) {
    if (isProblem(error, 'cancelled')) throw error;
    await refuseGoneSource(source);
    if (!existsSync(diskPath(file))) throw refuse('vanished');
    // The size is compared before anything is decoded.
    if (isProblem(error, 'mismatch') && error.values.what.startsWith('size of ')) throw refuse('changed');
    throw error;
  }
}
