// Scores how unusual an image's acquisition is: each measure's distance from the normals, on either side.
import { Problem } from '../../platform/errors.ts';
import type { FamilyContext, FamilyScorer } from '../family.ts';
import { acquisitionReasons } from '../reasons.ts';
import {
  type AcquisitionMeasures,
  fewestNormals,
  type GreySquare,
  measureAcquisition,
  measuresVersion,
} from './measures.ts';

const names = ['sharpness', 'noise', 'contrast', 'exposure'] as const satisfies readonly (keyof AcquisitionMeasures)[];

/** A measure that does not vary among the normals: whatever differs at all is far from them, but a finite number of steps. */
const leastDeviation = 1e-3;

/** Centre and width of the normals: median, and median absolute deviation as a standard deviation. */
interface Usual {
  readonly median: number;
  readonly deviation: number;
}

/** The scorer throws `usage` for too few normals. */
export async function openAcquisition({ channels, side, keep }: FamilyContext): Promise<FamilyScorer> {
  const normals: AcquisitionMeasures[] = [];
  let usual: Readonly<Record<keyof AcquisitionMeasures, Usual>>;
  const look = await keep({
    name: 'acquisition',
    identity: `${measuresVersion} ${channels} x ${side}`,
    count: names.length,
    precision: 'single',
    look: async (images) =>
      images.map((image) => {
        const measures = measureAcquisition(greyOf(image, channels, side));
        return Float32Array.from(names, (name) => measures[name]);
      }),
  });
  const measure = async (images: readonly Float32Array[]) =>
    (await look(images)).map(
      (values) => Object.fromEntries(names.map((name, at) => [name, values[at]!])) as unknown as AcquisitionMeasures,
    );
  return {
    learn: async (image) => {
      normals.push(...(await measure([image])));
    },
    fit: async () => {
      if (normals.length < fewestNormals) {
        const message = `the acquisition is compared with at least ${fewestNormals} normals; there are ${normals.length}`;
        throw new Problem('usage', { message });
      }
      usual = Object.fromEntries(
        names.map((name) => [name, usualOf(normals.map((measures) => measures[name]))]),
      ) as unknown as typeof usual;
      if (names.every((name) => usual[name].deviation <= leastDeviation)) {
        const message = `the acquisition of the ${normals.length} normals does not vary: copies of one image do not tell what is usual`;
        throw new Problem('usage', { message });
      }
    },
    score: async (images, step) => {
      step();
      return (await measure(images)).map((measures) => {
        const distance = (name: keyof AcquisitionMeasures) =>
          Math.abs(measures[name] - usual[name].median) / usual[name].deviation;
        const reasonOf = (name: keyof AcquisitionMeasures) =>
          acquisitionReasons[name][measures[name] < usual[name].median ? 0 : 1];
        return {
          values: Object.fromEntries(names.map((name) => [name, distance(name)])),
          map: null,
          reasons: Object.fromEntries(names.map((name) => [name, { reason: reasonOf(name), place: null }])),
        };
      });
    },
    release: async () => {},
  };
}

/** Model space [C, side, side] in -1..1 as levels 0..255; three channels become luma. */
function greyOf(image: Float32Array, channels: 1 | 3, side: number): GreySquare {
  const plane = side * side;
  const value = (pixel: number) =>
    channels === 1
      ? image[pixel]!
      : 0.299 * image[pixel]! + 0.587 * image[plane + pixel]! + 0.114 * image[2 * plane + pixel]!;
  return { side, levels: Float32Array.from({ length: plane }, (_, pixel) => (value(pixel) + 1) * 127.5) };
}

function usualOf(values: readonly number[]): Usual {
  const median = medianOf(values);
  const spread = 1.4826 * medianOf(values.map((value) => Math.abs(value - median)));
  return { median, deviation: Math.max(spread, leastDeviation) };
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
