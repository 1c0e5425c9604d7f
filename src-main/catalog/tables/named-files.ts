// Finds the file of the catalog that a name from elsewhere means: a mask, a row of a table.
import type { Catalog } from '../catalog.ts';

/** A file with its images in the order of its frames. */
export interface NamedFile {
  readonly file: number;
  /** Below the folder it was imported from. */
  readonly path: string;
  readonly images: readonly {
    readonly id: number;
    readonly frame: number;
    readonly width: number;
    readonly height: number;
    readonly scan: number | null;
  }[];
}

/** `one`: what is meant. Otherwise how many files the name may mean: none, or several. */
export type Found = { readonly one: NamedFile } | { readonly candidates: number };

/** Words that tools add to the name of an image to name its segmentation or its channel. */
const additions = /([-_. ](seg|segmentation|mask|pred|prediction|label|labels|gt))+$|_\d{4}$/i;

/** `a/Scan_01_mask.nii.gz` -> `a`, `scan_01`. */
function partsOf(path: string): readonly string[] {
  const parts = path.toLowerCase().split(/[\\/]/);
  const name = parts.pop()!.replace(/(\.nii|\.hdr|\.img)?\.[a-z][a-z0-9]*$/, '');
  return [...parts, name.replace(additions, '') || name];
}

/**
 * Looks names up among the files that are there. The last part of a path must be the same but for the ending, upper case
 * and words such as `_mask`; where that means several files, folders decide, from the last one on.
 */
export function fileFinder(catalog: Catalog): (name: string) => Found {
  const byName = Map.groupBy(namedFiles(catalog), ({ path }) => partsOf(path).at(-1)!);
  return (name) => {
    const wanted = partsOf(name);
    const ranked = (byName.get(wanted.at(-1)!) ?? []).map((file) => ({
      file,
      alike: alikeFromTheEnd(partsOf(file.path), wanted),
    }));
    const most = ranked.reduce((highest, { alike }) => Math.max(highest, alike), 0);
    const best = ranked.filter(({ alike }) => alike === most);
    return best.length === 1 ? { one: best[0]!.file } : { candidates: best.length };
  };
}

function alikeFromTheEnd(a: readonly string[], b: readonly string[]): number {
  let alike = 0;
  while (alike < Math.min(a.length, b.length) && a.at(-1 - alike) === b.at(-1 - alike)) alike++;
  return alike;
}

function namedFiles(catalog: Catalog): readonly NamedFile[] {
  const rows = catalog.all<{ file: number; path: string } & NamedFile['images'][number]>(
    `SELECT f.id AS file, f.path, i.id, i.frame, i.width, i.height, i.scan
     FROM files f JOIN images i ON i.file = f.id WHERE f.state = 'present' ORDER BY f.id, i.frame`,
  );
  return [...Map.groupBy(rows, ({ file }) => file)].map(([file, own]) => ({
    file,
    path: own[0]!.path,
    images: own.map(({ id, frame, width, height, scan }) => ({ id, frame, width, height, scan })),
  }));
}
