// Finds files of the catalog that were moved: by size first, then by the SHA-256 of those few that may be the same.
import { stat } from 'node:fs/promises';
import { sep } from 'node:path';
import type { ArchiveEntry } from '../archive/entry.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { filesOfSize, type KnownFile } from '../catalog/tables/moved-files.ts';
import { type RemovedFile, removedOfSize } from '../catalog/tables/removal.ts';
import type { Decoder } from '../decoder/decoder-pool.ts';
import { diskPath } from '../platform/disk-path.ts';
import { isProblem } from '../platform/errors.ts';

/** Whether nothing is at a place of the disk any more; a disk that does not answer says nothing. */
export async function isGone(file: string): Promise<boolean> {
  try {
    await stat(diskPath(file));
    return false;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

/** A file that the catalog has, or one that somebody has removed from it. */
type Candidate = KnownFile | RemovedFile;

/**
 * Recognises entries of an archive as files whose place is empty by now, of the catalog or removed from it. Each file is given away
 * once. A copy of a file that is still where it was is another file.
 */
export class MovedFiles {
  readonly #catalog: Catalog;
  readonly #decoder: Pick<Decoder, 'sha256'>;
  readonly #isWanted: (file: Candidate) => boolean;
  readonly #bySize = new Map<number, Promise<readonly Candidate[]>>();
  readonly #gone = new Map<string, Promise<boolean>>();
  readonly #taken = new Set<string>();

  constructor(catalog: Catalog, decoder: Pick<Decoder, 'sha256'>, isWanted: (file: Candidate) => boolean = () => true) {
    this.#catalog = catalog;
    this.#decoder = decoder;
    this.#isWanted = isWanted;
  }

  /** The file that an entry is, if it is one. An entry that cannot be read is none. */
  async find(entry: ArchiveEntry): Promise<Candidate | undefined> {
    const candidates = await this.#candidates(entry.size);
    if (candidates.every((file) => this.#taken.has(keyOf(file)))) return undefined;
    const sha256 = await this.#decoder.sha256(entry).catch((error: unknown) => {
      if (isProblem(error, 'cancelled') || isProblem(error, 'process')) throw error;
      return undefined;
    });
    // From here to the end nothing waits: no two entries get the same file.
    const same = candidates.filter((file) => file.sha256 === sha256 && !this.#taken.has(keyOf(file)));
    const [best] = same.toSorted((a, b) => likeness(b, entry) - likeness(a, entry));
    if (best !== undefined) this.#taken.add(keyOf(best));
    return best;
  }

  /** Whether the file is not where it was. */
  isGone(candidate: Candidate): Promise<boolean> {
    if (!('removed' in candidate) && candidate.state === 'changed') return Promise.resolve(true);
    const { file } = candidate;
    const known = this.#gone.get(file) ?? isGone(file);
    this.#gone.set(file, known);
    return known;
  }

  /** Gives a file away; false where it was before. */
  take(file: KnownFile): boolean {
    if (this.#taken.has(keyOf(file))) return false;
    this.#taken.add(keyOf(file));
    return true;
  }

  #candidates(size: number): Promise<readonly Candidate[]> {
    const known = this.#bySize.get(size) ?? this.#look(size);
    this.#bySize.set(size, known);
    return known;
  }

  async #look(size: number): Promise<readonly Candidate[]> {
    const all = [...filesOfSize(this.#catalog, size), ...removedOfSize(this.#catalog, size)];
    const files = all.filter(this.#isWanted);
    const gone = await Promise.all(files.map((file) => this.isGone(file)));
    return files.filter((_, index) => gone[index]);
  }
}

const keyOf = (file: Candidate): string =>
  'removed' in file ? `removed ${JSON.stringify([file.file, file.inside])}` : `file ${file.id}`;

/** How many parts of the path below the source two places share, from the end. */
function likeness(file: Candidate, entry: ArchiveEntry): number {
  const path = 'removed' in file ? [file.file.replaceAll(sep, '/'), ...file.inside].join('/') : file.path;
  const [before, after] = [path, entry.path].map((text) => text.split('/').reverse()) as [string[], string[]];
  const differs = before.findIndex((part, index) => part !== after[index]);
  return differs === -1 ? before.length : differs;
}
