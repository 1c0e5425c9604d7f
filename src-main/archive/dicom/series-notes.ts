// What a person should know of a series before it is taken for a volume, and why one is no volume. In words.
import type { Series, Slice } from './series.ts';

/** So many gaps, copies or slices of a series are told one by one. */
const toldOneByOne = 3;

/** Copies, tilt, gaps, shifts, several slices at one place, and slices whose unit is not known. */
export function seriesNotes(series: Series<Slice>): readonly string[] {
  const { uneven, spacing, tilt, repeated, slices, turned } = series;
  const always = [...copyNotes(series), ...rescaleNotes(slices)];
  if (repeated) return [...always, 'several slices lie at one position (a series over time, or of several echoes)'];
  const usual = `elsewhere ${spacing?.toFixed(2)} mm`;
  const gaps = uneven.map(({ after, distance }) => `${distance.toFixed(2)} mm behind slice ${after + 1}, ${usual}`);
  const distances = uneven.map(({ distance }) => distance).sort((a, b) => a - b);
  const [least, most] = [distances[0], distances.at(-1)].map((distance) => distance?.toFixed(2));
  const range = least === most ? `${least} mm` : `${least} to ${most} mm`;
  return [
    ...always,
    ...(tilt > 0 ? [`the gantry was tilted by ${tilt.toFixed(1)} degrees`] : []),
    ...(turned > 0.1 ? [`the planes of its slices differ by up to ${turned.toFixed(2)} degrees`] : []),
    ...shiftNotes(series),
    ...(gaps.length <= toldOneByOne
      ? gaps
      : [`${uneven.length} distances of ${range}, the first behind slice ${uneven[0]!.after + 1}, ${usual}`]),
  ];
}

/** Names of files, the first few. */
function named(slices: readonly Slice[]): string {
  const names = slices
    .slice(0, toldOneByOne)
    .map(({ path, frame }) => (frame.count > 1 ? `${path} #${frame.index + 1}` : path));
  const more = slices.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function copyNotes({ copies }: Series<Slice>): readonly string[] {
  if (copies.length === 0) return [];
  return [
    `${copies.length === 1 ? '1 copy of a slice was' : `${copies.length} copies of slices were`} left out: ${named(copies)}`,
  ];
}

function rescaleNotes(slices: readonly Slice[]): readonly string[] {
  const lacking = lackingRescale(slices);
  if (lacking.length === 0) return [];
  const which = lacking.length === slices.length ? 'all slices' : named(lacking);
  return [`${reasonOf(lacking[0]!)} (${which}): values there are as stored, their unit is not known`];
}

/** Slices whose rescale is not known, and those that have none while others of the series have one. */
function lackingRescale(slices: readonly Slice[]): readonly Slice[] {
  const scaled = slices.some(
    ({ rescale }) => rescale !== undefined && (rescale.slope !== 1 || rescale.intercept !== 0),
  );
  return slices.filter(({ rescale }) => rescale?.unknown !== undefined || (scaled && rescale?.absent === true));
}

const reasonOf = ({ rescale }: Slice) => rescale?.unknown ?? 'Rescale Slope and Rescale Intercept are missing';

/** Slices may lie off the line of the others by a tenth of a pixel, or of a twentieth of a millimetre where that is more. */
function shiftLimit({ slices }: Series<Slice>): number {
  const { spacing } = slices[0]!.geometry;
  return Math.max(0.05, 0.1 * Math.min(spacing?.row ?? 1, spacing?.column ?? 1));
}

function shiftNotes(series: Series<Slice>): readonly string[] {
  const { index, distance } = series.stray.across;
  if (distance <= shiftLimit(series)) return [];
  return [
    `slice ${index + 1} (${named([series.slices[index]!])}) is shifted in its plane by ${distance.toFixed(2)} mm`,
  ];
}

/**
 * Why no single affine is true for the slices, or undefined when one is: several slices at one place, slices that are shifted
 * in their plane, or missing ones. Steps may differ by a tenth, as positions of few digits do.
 */
export function volumeFault(series: Series<Slice>): string | undefined {
  const { repeated, stray, slices, spacing } = series;
  if (repeated) return 'the series has several slices at one position (over time, or several echoes)';
  const [shift] = shiftNotes(series);
  if (shift !== undefined) return `${shift}: it makes no volume with the others`;
  const [first, last] = [slices[0]!, slices.at(-1)!].map(({ geometry }) => geometry.position);
  if (first === undefined || last === undefined || slices.length < 3) return undefined;
  const step = Math.hypot(...first.map((value, axis) => value - last[axis]!)) / (slices.length - 1);
  if (stray.along.distance <= Math.max(0.05, 0.1 * step)) return undefined;
  const { after, distance } = series.uneven.reduce((a, b) => (b.distance > a.distance ? b : a));
  const gap = `${distance.toFixed(2)} mm behind slice ${after + 1}, elsewhere ${spacing!.toFixed(2)} mm`;
  return `slices are missing or unevenly spaced (${gap}): no single affine is true for them`;
}

/** Slices of known and of unknown unit in one series, named; undefined when all are of one kind. */
export function mixedUnits({ slices }: Series<Slice>): string | undefined {
  const lacking = lackingRescale(slices);
  if (lacking.length === 0 || lacking.length === slices.length) return undefined;
  return `${reasonOf(lacking[0]!)} in ${named(lacking)}, but not in the other slices`;
}
