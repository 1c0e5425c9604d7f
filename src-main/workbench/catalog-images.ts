// Pixels of catalog images: read from their files as they were at import, or refused with what has become of them.
import type { DecodedImage } from '../archive/decoded-image.ts';
import type { ArchiveEntry } from '../archive/entry.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { setFileState } from '../catalog/tables/files.ts';
import { type ImageRecord, imageRecord } from '../catalog/tables/images.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import type { Decoder } from './decoder.ts';

export function entryOf({ path, file, inside, companion, size, modified }: ImageRecord): ArchiveEntry {
  const entry = { path, file, inside: [...inside], size, modified };
  return companion === null ? entry : { ...entry, companion };
}

/**
 * The frame of a catalog image. When its file is gone or has other content since the import, the catalog notes it and
 * Problem `file` says so: what is scored is what was imported.
 */
export async function readImage(catalog: Catalog, decoder: Decoder, id: number): Promise<DecodedImage> {
  const record = imageRecord(catalog, id);
  try {
    const { image, sha256 } = await decoder.frame(entryOf(record), record.frame);
    if (record.sha256 !== null && sha256 !== record.sha256) throw changed(record);
    if (record.state === 'vanished') setFileState(catalog, id, 'present', null);
    return image;
  } catch (error) {
    if (isMissing(error)) {
      const reason = 'is no longer where it was at import';
      setFileState(catalog, id, 'vanished', reason);
      throw new Problem('file', { file: record.path, reason }, { cause: error });
    }
    if (isProblem(error, 'mismatch')) throw noteChange(catalog, record, changed(record));
    if (isProblem(error, 'file') && error.values.reason === changedReason) throw noteChange(catalog, record, error);
    throw error;
  }
}

const changedReason = 'has other content than at import; import it again';
const changed = ({ path }: ImageRecord) => new Problem('file', { file: path, reason: changedReason });

function noteChange(catalog: Catalog, { id }: ImageRecord, problem: Problem<'file'>): Problem {
  setFileState(catalog, id, 'changed', problem.values.reason);
  return problem;
}

function isMissing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error as NodeJS.ErrnoException).code === 'ENOENT' || isMissing(error.cause);
}
