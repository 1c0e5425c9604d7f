// Attributes of single frames: in enhanced objects from the per-frame and shared functional groups, else from the root.
import type { Geometry, Window } from '../decoded-image.ts';
import { codeString } from './code-strings.ts';
import { type Attributes, decimals, items, numberAt, textValues } from './data-set.ts';

export const PER_FRAME = 'x52009230';
export const SHARED = 'x52009229';

/** The first item of the macro `sequence` that holds for frame `index`, or the root where there is none (PS3.3 C.7.6.16). */
export function macro(root: Attributes, index: number, sequence: string): Attributes {
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
  const nuclear = tomographicSlice(root, index);
  const orientation = nuclear?.orientation ?? decimals(macro(root, index, 'x00209116'), 'x00200037');
  const position = nuclear?.position ?? decimals(macro(root, index, 'x00209113'), 'x00200032');
  const [between = Number.NaN] = decimals(measures, 'x00180088');
  const [thickness = Number.NaN] = decimals(measures, 'x00180050');
  const sliceSpacing = [Math.abs(between), thickness].find((length) => Number.isFinite(length) && length > 0);
  const frameStep = nuclear?.offset ?? numberOfOffset(root, index);
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

/**
 * Slices that nuclear medicine has reconstructed (PS3.3 C.8.4.9, C.8.4.10): the detector sequence places the first one, the
 * others follow at Spacing Between Slices along the normal, which may be negative. Undefined for everything else.
 */
function tomographicSlice(root: Attributes, index: number) {
  const [detector] = items(root, 'x00540022');
  const type = textValues(root, 'x00080008')[2];
  if (detector === undefined || type === undefined || !/^RECON (GATED )?TOMO$/.test(type)) return undefined;
  const orientation = decimals(detector, 'x00200037');
  const position = decimals(detector, 'x00200032');
  const [between = Number.NaN] = decimals(root, 'x00180088');
  const slice = numberAt(root, 'x00540080', 'US', index) ?? index + 1;
  if (!finite(orientation, 6) || !finite(position, 3)) return undefined;
  return { orientation, position, offset: (slice - 1) * between };
}

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

/** Window presets of frame `index`; those with an impossible width are left out. */
export function windowsOf(root: Attributes, index: number): readonly Window[] {
  const voi = macro(root, index, 'x00289132');
  const widths = decimals(voi, 'x00281051');
  const explanations = textValues(voi, 'x00281055');
  const shape = codeString(voi, 'x00281056').term ?? 'LINEAR';
  return decimals(voi, 'x00281050').flatMap((center, preset) => {
    const width = widths[preset] ?? Number.NaN;
    const valid = Number.isFinite(center) && (shape === 'LINEAR' ? width >= 1 : width > 0);
    const explanation = explanations[preset];
    return valid ? [{ center, width, function: shape, ...(explanation ? { explanation } : {}) }] : [];
  });
}
