// What of a frame's attributes could not be read as the standard writes it: every decimal and code string that decides something.

import { codeString } from './code-strings.ts';
import { type Attributes, decimals } from './data-set.ts';
import { macro } from './functional-groups.ts';

/** Numbers written as text, each in the functional group that may hold it (none: in the root only). */
const decimalAttributes: readonly (readonly [tag: string, name: string, group: string | undefined])[] = [
  ['x00280030', 'Pixel Spacing', 'x00289110'],
  ['x00181164', 'Imager Pixel Spacing', undefined],
  ['x00182010', 'Nominal Scanned Pixel Spacing', undefined],
  ['x00180050', 'Slice Thickness', 'x00289110'],
  ['x00180088', 'Spacing Between Slices', 'x00289110'],
  ['x00200037', 'Image Orientation', 'x00209116'],
  ['x00200032', 'Image Position', 'x00209113'],
  ['x00281050', 'Window Center', 'x00289132'],
  ['x00281051', 'Window Width', 'x00289132'],
  ['x00200013', 'Instance Number', undefined],
  ['x00280034', 'Pixel Aspect Ratio', undefined],
];

/** In words, without values of the file. */
export function oddities(root: Attributes, index: number): readonly string[] {
  const unreadable = decimalAttributes.flatMap(([tag, name, group]) => {
    const holder = group === undefined ? root : macro(root, index, group);
    return decimals(holder, tag).some((value) => !Number.isFinite(value)) ? [`${name} cannot be read`] : [];
  });
  const shape = codeString(macro(root, index, 'x00289132'), 'x00281056');
  const presentation = codeString(root, 'x20500020');
  const assumed = shape.term === undefined && shape.note !== undefined ? `${shape.note}: read as LINEAR` : shape.note;
  return [...unreadable, ...notesOf(assumed, presentation.note), ...aspect(root)];
}

/** Pixels that are not square (PS3.3 C.7.6.3.1.7), where no spacing says how large they are. */
function aspect(root: Attributes): readonly string[] {
  const [vertical, horizontal] = decimals(root, 'x00280034');
  if (vertical === undefined || horizontal === undefined || !(vertical > 0) || !(horizontal > 0)) return [];
  if (vertical === horizontal) return [];
  return [`pixels are ${(vertical / horizontal).toPrecision(3)} times as high as wide; they are shown as squares`];
}

const notesOf = (...notes: readonly (string | undefined)[]) => notes.filter((note) => note !== undefined);
