// Which header and data files of one listing belong together: formats such as NIfTI may keep the two apart.
import { imageFormats } from './formats/formats.ts';

const pairs = new Map(imageFormats.flatMap(({ pair }) => (pair === undefined ? [] : [[pair.header, pair]])));

/** The files of one folder or zip, by name. */
export class HeaderPairs {
  readonly #names: ReadonlySet<string>;

  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
  }

  /** The data file beside this header. */
  dataOf(name: string): string | undefined {
    return this.#partner(name, ({ header, data }) => [header, data]);
  }

  /** True for a data file that will be read with its header. */
  isData(name: string): boolean {
    return this.#partner(name, ({ header, data }) => [data, header]) !== undefined;
  }

  #partner(
    name: string,
    endings: (pair: { readonly header: string; readonly data: string }) => readonly [own: string, other: string],
  ): string | undefined {
    for (const pair of pairs.values()) {
      const [own, other] = endings(pair);
      const stem = name.replace(new RegExp(`\\.${own}(\\.gz)?$`, 'i'), '');
      if (stem === name) continue;
      const exact = name.slice(stem.length).replace(new RegExp(own, 'i'), other);
      const candidates = [exact, `.${other}`, `.${other}.gz`].map((end) => stem + end);
      const found = candidates.find((candidate) => this.#names.has(candidate));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
