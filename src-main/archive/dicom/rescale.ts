// The modality rescale of a frame (PS3.3 C.11.1, C.7.6.16.2.9): known, or unknown with the reason, never a silent default.
import type { Rescale } from '../decoded-image.ts';
import { type Attributes, decimals, items, text } from './data-set.ts';
import { macro, PER_FRAME, SHARED } from './functional-groups.ts';

/** SOP classes whose rescale is mandatory: CT, PET, and their enhanced and converted kinds. */
const rescaledClasses = new Set([
  '1.2.840.10008.5.1.4.1.1.2',
  '1.2.840.10008.5.1.4.1.1.2.1',
  '1.2.840.10008.5.1.4.1.1.2.2',
  '1.2.840.10008.5.1.4.1.1.128',
  '1.2.840.10008.5.1.4.1.1.128.1',
  '1.2.840.10008.5.1.4.1.1.130',
]);
/** Secondary captures: values are grey levels of their own, whatever the modality that they came from. */
const secondaryCapture = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.7(\.|$)/;

const slopeTag = 'x00281053';
const interceptTag = 'x00281052';
const typeTag = 'x00281054';
const transformationTag = 'x00289145';

/** Rescale of frame `index`: slope and intercept, the scaling of a dose grid, or why neither is known. */
export function rescaleOf(root: Attributes, index: number): Rescale {
  const [dose] = decimals(root, 'x3004000e');
  if (dose !== undefined) return dose > 0 ? { slope: dose, intercept: 0 } : unknown('Dose Grid Scaling cannot be read');
  const transformation = macro(root, index, transformationTag);
  const [slope] = decimals(transformation, slopeTag);
  const [intercept] = decimals(transformation, interceptTag);
  if (slope === undefined && intercept === undefined) return withoutRescale(root, index);
  if (slope === undefined) return unknown('Rescale Slope is missing');
  if (intercept === undefined) return unknown('Rescale Intercept is missing');
  if (!Number.isFinite(slope)) return unknown('Rescale Slope cannot be read');
  if (slope === 0) return unknown('Rescale Slope is 0');
  if (!Number.isFinite(intercept)) return unknown('Rescale Intercept cannot be read');
  const type = (text(transformation, typeTag) ?? 'HU').toUpperCase();
  return { slope, intercept, ...(type === 'HU' || type === '' ? {} : { otherUnit: type }) };
}

/** Values of most images are what is stored; those of CT and PET are not. */
function withoutRescale(root: Attributes, index: number): Rescale {
  if (isUnreadable(root, index)) return unknown('the rescale cannot be read');
  const sopClass = text(root, 'x00080016') ?? '';
  const isRescaled = rescaledClasses.has(sopClass) || text(root, 'x00080060') === 'CT';
  if (!isRescaled || secondaryCapture.test(sopClass) || !isGrey(root)) return { slope: 1, intercept: 0, absent: true };
  return unknown('Rescale Slope and Rescale Intercept are missing');
}

/** The rescale of an enhanced object is there, or the functional groups that may hold it, but not as a sequence with items. */
function isUnreadable(root: Attributes, index: number): boolean {
  const holdsNothing = (holder: Attributes, tag: string) =>
    (holder.elements[tag]?.length ?? 0) > 0 && items(holder, tag).length === 0;
  const groups = [root, items(root, PER_FRAME)[index], items(root, SHARED)[0]];
  const lost = groups.some((group) => group !== undefined && holdsNothing(group, transformationTag));
  return lost || [PER_FRAME, SHARED].some((tag) => holdsNothing(root, tag));
}

const isGrey = (root: Attributes) => /^MONOCHROME/i.test(text(root, 'x00280004') ?? '');

function unknown(reason: string): Rescale {
  return { slope: 1, intercept: 0, unknown: reason };
}
