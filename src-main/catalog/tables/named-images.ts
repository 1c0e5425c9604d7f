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
    const fits = ({ path, file }: Place, whole: readonly string[]) =>
      [partsOf(path), partsOf(file)].some((own, index) => {
        const ends = [...own.slice(0, -1), whole.at(-1) === own.at(-1) ? own.at(-1)! : withoutEnding(own.at(-1) ?? '')];
        const alike = alikeFromTheEnd(ends, whole);
        return alike === whole.length || (index === 0 && alike === ends.length);
      });
    const exact = (byName.get(last) ?? []).filter((place) => fits(place, wanted));
    return ofFrame(exact.length > 0 ? exact : (byStem.get(last) ?? []).filter((place) => fits(place, wanted)));
  };
}

function alikeFromTheEnd(a: readonly string[], b: readonly string[]): number {
  let alike = 0;
  while (alike < Math.min(a.length, b.length) && a.at(-1 - alike) === b.at(-1 - alike)) alike++;
  return alike;
}
