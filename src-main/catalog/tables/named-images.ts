// Finds the images that a name, a path or a SHA-256 from another program means; exactly, or not at all.
import type { Catalog } from '../catalog.ts';

/** Where an image lies; `frame` counts from 0. */
interface Place {
  readonly id: number;
  readonly frame: number;
  readonly path: string;
  readonly file: string;
  readonly name: string;
  readonly sha256: string | null;
}

/** The numbers of the images that a text means: none, one, or several that it does not tell apart. */
export type ImageFinder = (text: string, frame: number | null) => readonly number[];

const partsOf = (path: string): readonly string[] => path.split(/[\\/]+/).filter((part) => part !== '' && part !== '.');
const withoutEnding = (name: string): string => name.replace(/(\.nii)?\.[A-Za-z][A-Za-z0-9]*$/, '');

/**
 * A text of 64 hexadecimal digits is the SHA-256 of a file. Any other is a name or a path: the image's path must end with it, or
 * it with the path below the folder that was imported. The ending of the file may be missing. ` #2` after a name, as Residua
 * writes it, or `frame` (from 0) says which frame; without, a file of several frames means them all.
 */
export function imageFinder(catalog: Catalog): ImageFinder {
  const places = catalog.all<Place>(
    `SELECT i.id, i.frame, i.name, f.path, f.file, f.sha256 FROM images i JOIN files f ON f.id = i.file
     WHERE f.state <> 'changed' ORDER BY i.id`,
  );
  const byHash = Map.groupBy(places, ({ sha256 }) => sha256 ?? '');
  const byName = Map.groupBy(places, ({ path }) => partsOf(path).at(-1) ?? '');
  const byStem = Map.groupBy(places, ({ path }) => withoutEnding(partsOf(path).at(-1) ?? ''));
  return (given, givenFrame) => {
    const [, text = given, ordinal] = /^(.*) #(\d+)$/.exec(given.trim()) ?? [undefined, given.trim()];
    const frame = ordinal === undefined ? givenFrame : Number(ordinal) - 1;
    const ofFrame = (found: readonly Place[]) =>
      found.filter((place) => frame === null || place.frame === frame).map(({ id }) => id);
    if (/^[0-9a-f]{64}$/i.test(text)) return ofFrame(byHash.get(text.toLowerCase()) ?? []);
    const wanted = partsOf(text);
    const last = wanted.at(-1);
    if (last === undefined) return [];
    const exact = best(byName.get(last) ?? [], wanted);
    return ofFrame(exact.length > 0 ? exact : best(byStem.get(last) ?? [], wanted));
  };
}

/** Those that a path fits with most of its folders: of two files of one name, the one whose whole path was given is meant. */
function best(places: readonly Place[], wanted: readonly string[]): readonly Place[] {
  const fitting = places
    .map((place) => ({ place, parts: partsInCommon(place, wanted) }))
    .filter(({ parts }) => parts > 0);
  const most = Math.max(...fitting.map(({ parts }) => parts));
  return fitting.filter(({ parts }) => parts === most).map(({ place }) => place);
}

/** How many parts of a path an image's has at its end, 0 unless one of the two is used up. */
function partsInCommon({ path, file }: Place, wanted: readonly string[]): number {
  const last = wanted.at(-1)!;
  const found = [partsOf(path), partsOf(file)].map((own, index) => {
    const name = own.at(-1) ?? '';
    const alike = alikeFromTheEnd([...own.slice(0, -1), last === name ? name : withoutEnding(name)], wanted);
    // The file's path begins at the root of this machine: only the path below the imported folder is the same elsewhere.
    return alike === wanted.length || (index === 0 && alike === own.length) ? alike : 0;
  });
  return Math.max(...found);
}

function alikeFromTheEnd(a: readonly string[], b: readonly string[]): number {
  let alike = 0;
  while (alike < Math.min(a.length, b.length) && a.at(-1 - alike) === b.at(-1 - alike)) alike++;
  return alike;
}
