// Which header and data files of one listing belong together: formats such as NIfTI may keep the two apart.
import { imageFormats } from './formats/formats.ts';

/** One direction of a pair: what a name ends with, and the ending of the file beside it. */
interface Direction {
  readonly ending: RegExp;
  readonly own: RegExp;
  readonly other: string;
}

const direction = (own: string, other: string): Direction => ({
  ending: new RegExp(`\\.${own}(\\.gz)?$`, 'i'),
  own: new RegExp(own, 'i'),
  other,
});

const pairs = [
  ...new Map(imageFormats.flatMap(({ pair }) => (pair === undefined ? [] : [[pair.header, pair]]))).values(),
];
const fromHeader = pairs.map(({ header, data }) => direction(header, data));
const fromData = pairs.map(({ header, data }) => direction(data, header));

/** The files of one folder or zip, by name. */
export class HeaderPairs {
  readonly #names: ReadonlySet<string>;

  constructor(names: Iterable<string>) {
    this.#names = new Set(names);
  }

  /** The data file beside this header. */
  dataOf(name: string): string | undefined {
    return this.#partner(name, fromHeader);
  }

  /** True for a data file that will be read with its header. */
  isData(name: string): boolean {
    return this.#partner(name, fromData) !== undefined;
  }

  #partner(name: string, directions: readonly Direction[]): string | undefined {
    for (const { ending, own, other } of directions) {
      const stem = name.replace(ending, '');
      if (stem === name) continue;
      const exact = name.slice(stem.length).replace(own, other);
      const candidates = [exact, `.${other}`, `.${other}.gz`].map((end) => stem + end);
      const found = candidates.find((candidate) => this.#names.has(candidate));
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
