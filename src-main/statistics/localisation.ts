// Does the highest-scoring patch lie on the anomaly? Per image, over a cohort, and by chance.
import { Problem } from '../platform/errors.ts';
import type { GreyImage } from '../platform/grey-image.ts';
import type { Random } from '../platform/random/random.ts';
import { bootstrap, canResample, type Interval, percentileInterval } from './bootstrap.ts';
import { mean } from './moments.ts';

/** A square window by its top left pixel, in pixels of the annotation. */
export interface Patch {
  readonly row: number;
  readonly column: number;
  readonly size: number;
}

export interface Localisation {
  /** The patch shares at least one pixel with the annotated anomaly. */
  readonly overlaps: boolean;
  /** Share of the annotated area that the patch covers, 0 to 1. */
  readonly covered: number;
  /** Chance that a patch at a random position (all equally likely) overlaps the anomaly. */
  readonly overlapByChance: number;
  /** Share of the annotated area that a patch at a random position covers on average. */
  readonly coveredByChance: number;
}

/**
 * Compares a patch with the annotated anomaly (non-zero pixels, same geometry as the scored image). Throws `usage` when
 * the annotation is empty and `mismatch` when the patch does not lie in it.
 */
export function localise(patch: Patch, annotation: GreyImage): Localisation {
  const { width, height } = annotation;
  const { row, column, size } = patch;
  if (row < 0 || column < 0 || row + size > height || column + size > width)
    throw new Problem('mismatch', {
      what: 'patch and annotation',
      expected: `a patch inside ${width}x${height}`,
      found: `${size}x${size} at row ${row}, column ${column}`,
    });
  const stride = width + 1;
  const integral = integralOf(annotation);
  const areaIn = (top: number, left: number) => {
    const start = top * stride + left;
    const end = start + size * stride;
    return integral[end + size]! - integral[end]! - integral[start + size]! + integral[start]!;
  };
  const area = integral.at(-1)!;
  if (area === 0) throw new Problem('usage', { message: 'an annotation without an anomaly cannot be localised' });
  let overlapping = 0;
  let covered = 0;
  for (let top = 0; top <= height - size; top++)
    for (let left = 0; left <= width - size; left++) {
      const inside = areaIn(top, left);
      if (inside > 0) overlapping++;
      covered += inside;
    }
  const positions = (height - size + 1) * (width - size + 1);
  const inside = areaIn(row, column);
  return {
    overlaps: inside > 0,
    covered: inside / area,
    overlapByChance: overlapping / positions,
    coveredByChance: covered / positions / area,
  };
}

/** integral[row * (width + 1) + column] = annotated pixels above and to the left of (row, column), exclusive. */
function integralOf({ width, height, data }: GreyImage): Float64Array {
  const stride = width + 1;
  const integral = new Float64Array((height + 1) * stride);
  for (let row = 0; row < height; row++) {
    let rowSum = 0;
    for (let column = 0; column < width; column++) {
      rowSum += Number(data[row * width + column] !== 0);
      integral[(row + 1) * stride + column + 1] = integral[row * stride + column + 1]! + rowSum;
    }
  }
  return integral;
}

/** A share with its bootstrap interval, null where the images are of one patient, and what chance would give. */
export interface LocalisedShare {
  readonly share: number;
  readonly interval: Interval | null;
  readonly byChance: number;
}

/** What a cohort of anomalous images says about the highest-scoring patch. */
export interface LocalisationSummary {
  /** Share of images whose patch overlaps the anomaly. */
  readonly overlap: LocalisedShare;
  /** Mean share of the anomaly's area that the patch covers. */
  readonly covered: LocalisedShare;
}

/** Summarises the localisations of a cohort's anomalous images, with intervals clustered by patient where known. */
export function summariseLocalisations(
  localisations: readonly Localisation[],
  patients: readonly (string | undefined)[] | undefined,
  resamples: number,
  random: Random,
): LocalisationSummary {
  if (localisations.length === 0) throw new Problem('usage', { message: 'there is no annotated image to localise' });
  const group = { size: localisations.length, ...(patients === undefined ? {} : { patients }) };
  const summarise = (values: readonly number[], chances: readonly number[]) => {
    const drawn = bootstrap([group], ([draw]) => mean(draw!.map((image) => values[image]!)), resamples, random);
    const interval = canResample([group]) ? percentileInterval(drawn) : null;
    return { share: mean(values), interval, byChance: mean(chances) };
  };
  return {
    overlap: summarise(
      localisations.map(({ overlaps }) => Number(overlaps)),
      localisations.map(({ overlapByChance }) => overlapByChance),
    ),
    covered: summarise(
      localisations.map(({ covered }) => covered),
      localisations.map(({ coveredByChance }) => coveredByChance),
    ),
  };
}
