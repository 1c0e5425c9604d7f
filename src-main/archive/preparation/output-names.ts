// The names of a command's outputs: those of the inputs with another ending, and never one name for two inputs.
import { Problem } from '../../platform/errors.ts';
import type { ArchiveEntry } from '../entry.ts';

/** The path of an entry without its ending: `a/b.nii.gz` -> `a/b`. */
export function stemOf({ path }: Pick<ArchiveEntry, 'path'>): string {
  return path.replace(/(\.nii|\.hdr|\.img)?(\.gz|\.[A-Za-z]{3,5})?$/, '');
}

/**
 * Names the outputs of a command's entries. Call `of` for the entries in order, each before it is read, so that a second run
 * finds the same names. Of `scan.png` and `scan.tif` the first gets the plain name, `scan.png`; the other one keeps its ending,
 * `scan.tif.png`.
 */
export class OutputNames {
  /** Name -> the entry whose output it is. */
  readonly #owners = new Map<string, string>();

  /** The path of an output below its folder. Throws `content` when other inputs have the names that it could have. */
  of(entry: ArchiveEntry, ending: string): string {
    const names = [stemOf(entry), entry.path].map((stem) => stem + ending);
    const name = names.find((each) => (this.#owners.get(each) ?? entry.path) === entry.path);
    if (name === undefined) {
      const reason = `${names[0]} is the output of ${this.#owners.get(names[0]!)} already`;
      throw new Problem('content', { file: entry.path, reason });
    }
    this.#owners.set(name, entry.path);
    return name;
  }
}
