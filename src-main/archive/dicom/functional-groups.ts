// Attributes of single frames: in enhanced objects from the per-frame and shared functional groups, else from the root.
import { Problem } from '../../platform/errors.ts';
import type { Frame, Geometry, LookupTable, Window } from '../decoded-image.ts';
import { type Attributes, decimals, items, numbers, rawBytes, text, textValues } from './data-set.ts';

const PER_FRAME = 'x52009230';
const SHARED = 'x52009229';

/** The first item of the macro `sequence` that holds for frame `index`, or the root where there is none (PS3.3 C.7.6.16). */
function macro(root: Attributes, index: number, sequence: string): Attributes {
  const groups = [items(root, PER_FRAME)[index], items(root, SHARED)[0]];
  for (const group of groups) {
    const [found] = group === undefined ? [] : items(group, sequence);
    if (found !== undefined) return found;
  }
  return root;
}

const finite = (values: readonly number[], count: number): boolean =>
  values.length >= count && values.slice(0, count).every(Number.isFinite);

/** Spacing, orientation and position of frame `index`; what is missing or no number is left out. */
export function geometryOf(root: Attributes, index: number): Geometry {
  const measures = macro(root, index, 'x00289110');
  const spacing = ['x00280030', 'x00181164', 'x00182010']
    .map((tag) => decimals(measures, tag))
    .find((two) => finite(two, 2));
  const orientation = decimals(macro(root, index, 'x00209116'), 'x00200037');
  const position = decimals(macro(root, index, 'x00209113'), 'x00200032');
  const [between = Number.NaN] = decimals(measures, 'x00180088');
  const [thickness = Number.NaN] = decimals(measures, 'x00180050');
  const sliceSpacing = [between, thickness].find((length) => Number.isFinite(length) && length > 0);
  const [frameStep = Number.NaN] = [numberOfOffset(root, index)];
  return {
    ...(spacing !== undefined && spacing[0]! > 0 && spacing[1]! > 0
      ? { spacing: { row: spacing[0]!, column: spacing[1]! } }
      : {}),
    ...(sliceSpacing === undefined ? {} : { sliceSpacing }),
    ...(finite(orientation, 6) ? { orientation: orientation.slice(0, 6) as unknown as Six } : {}),
    ...(finite(position, 3) ? { position: shifted(position, orientation, frameStep) } : {}),
  };
}

type Six = NonNullable<Geometry['orientation']>;

/** Dose grids keep their frames' distances from the first in (3004,000C), along the normal of the image. */
function numberOfOffset(root: Attributes, index: number): number {
  return decimals(root, 'x3004000c')[index] ?? Number.NaN;
}

function shifted(
  position: readonly number[],
  orientation: readonly number[],
  offset: number,
): [number, number, number] {
  const [x, y, z] = position as [number, number, number];
  if (!Number.isFinite(offset) || !finite(orientation, 6)) return [x, y, z];
  const [a, b, c, d, e, f] = orientation as unknown as Six;
  return [x + offset * (b * f - c * e), y + offset * (c * d - a * f), z + offset * (a * e - b * d)];
}

/** Modality rescale of frame `index`: slope and intercept, or the scaling of a dose grid. */
export function rescaleOf(root: Attributes, index: number): Frame['rescale'] {
  const transformation = macro(root, index, 'x00289145');
  const [slope = Number.NaN] = decimals(transformation, 'x00281053');
  const [intercept = Number.NaN] = decimals(transformation, 'x00281052');
  const [dose = Number.NaN] = decimals(root, 'x3004000e');
  if (Number.isFinite(dose)) return { slope: dose, intercept: 0 };
  return {
    slope: Number.isFinite(slope) && slope !== 0 ? slope : 1,
    intercept: Number.isFinite(intercept) ? intercept : 0,
  };
}

const windowFunctions = ['LINEAR', 'LINEAR_EXACT', 'SIGMOID'] as const;

/** Window presets of frame `index`; those with an impossible width are left out. */
export function windowsOf(root: Attributes, index: number): readonly Window[] {
  const voi = macro(root, index, 'x00289132');
  const widths = decimals(voi, 'x00281051');
  const explanations = textValues(voi, 'x00281055');
  const named = text(voi, 'x00281056');
  const shape = windowFunctions.find((name) => name === named) ?? 'LINEAR';
  return decimals(voi, 'x00281050').flatMap((center, preset) => {
    const width = widths[preset] ?? Number.NaN;
    const valid = Number.isFinite(center) && (shape === 'LINEAR' ? width >= 1 : width > 0);
    const explanation = explanations[preset];
    return valid ? [{ center, width, function: shape, ...(explanation ? { explanation } : {}) }] : [];
  });
}

const tableNames = { x00283000: 'modality', x00283010: 'VOI' } as const;

/**
 * Lookup tables of a sequence, modality (0028,3000) or VOI (0028,3010). `signedInput`: whether what is looked up may be
 * negative, for files that do not say how the descriptor is written. Throws `content` when a table is incomplete: without
 * it the values would mean something else.
 */
export function lookupTablesOf(
  root: Attributes,
  sequence: keyof typeof tableNames,
  signedInput: boolean,
  name: string,
): readonly LookupTable[] {
  return items(root, sequence).map((item) => {
    const [declared, , bits] = numbers(item, 'x00283002', 'US');
    const written = item.elements.x00283002?.vr;
    const signed = written === 'SS' || (written !== 'US' && signedInput);
    const first = numbers(item, 'x00283002', signed ? 'SS' : 'US')[1];
    const count = declared === 0 ? 65_536 : declared;
    const values = count === undefined ? undefined : tableEntries(item, count, bits);
    if (first === undefined || bits === undefined || bits < 1 || bits > 16 || values === undefined) {
      throw new Problem('content', { file: name, reason: `the ${tableNames[sequence]} lookup table is incomplete` });
    }
    const explanation = text(item, 'x00283003');
    return { first, bits, values, ...(explanation ? { explanation } : {}) };
  });
}

/** Entries of two bytes; those of 8 bits are also written as bytes. Undefined when there are too few. */
function tableEntries(item: Attributes, count: number, bits: number | undefined): Uint16Array | undefined {
  const words = numbers(item, 'x00283006', 'US');
  if (words.length >= count) return Uint16Array.from(words.slice(0, count));
  const bytes = rawBytes(item, 'x00283006');
  return bits === 8 && bytes !== undefined && bytes.length >= count
    ? Uint16Array.from(bytes.subarray(0, count))
    : undefined;
}
