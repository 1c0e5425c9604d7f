// Labels of training images as the vectors that a conditional network takes.
import type { Label } from '../archive/dataset-zip.ts';
import { Problem } from '../platform/errors.ts';

/** More classes than any set of images has: a guard against a wrong column. */
const mostClasses = 65_536;

/** Label vectors of images by their numbers. */
export interface LabelVectors {
  /** Length of a vector; 0 without labels. */
  readonly size: number;
  readonly of: (index: number) => Float32Array;
}

const none = new Float32Array(0);
export const withoutLabels: LabelVectors = { size: 0, of: () => none };

/**
 * Class numbers become one-hot vectors as long as the largest number plus one; vectors are taken as they are (published
 * `dataset.py`). `name` tells messages which image is meant. Throws `content` when a class is no whole number from 0,
 * vectors differ in length, or both are mixed.
 */
export function labelVectors(labels: readonly Label[], name: (index: number) => string): LabelVectors {
  const [first] = labels;
  if (first === undefined) return withoutLabels;
  const fits = typeof first === 'number' ? isClass : (label: Label) => isVector(label, first.length);
  const wrong = labels.findIndex((label) => !fits(label));
  if (wrong >= 0) {
    const expected =
      typeof first === 'number' ? 'a class, a whole number from 0' : `a vector of ${first.length} numbers`;
    throw new Problem('content', { file: name(wrong), reason: `its label is not ${expected}` });
  }
  if (typeof first !== 'number') {
    return { size: first.length, of: (index) => Float32Array.from(labels[index] as readonly number[]) };
  }
  const size = 1 + (labels as readonly number[]).reduce((largest, label) => Math.max(largest, label), 0);
  return {
    size,
    of: (index) => {
      const vector = new Float32Array(size);
      vector[labels[index] as number] = 1;
      return vector;
    },
  };
}

const isClass = (label: Label): boolean =>
  typeof label === 'number' && Number.isInteger(label) && label >= 0 && label < mostClasses;
const isVector = (label: Label, length: number): boolean =>
  typeof label !== 'number' && label.length === length && length > 0 && label.every(Number.isFinite);
