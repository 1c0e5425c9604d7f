// Dice: counts of labels, sums over slices, cases without a pixel.
import { describe, expect, it } from 'vitest';
import { diceCoefficient, overlapOf, sumOverlaps } from '../../src-main/statistics/dice.ts';

const first = overlapOf([0, 1, 1, 2, 0, 0], [0, 1, 2, 2, 2, 0]);
const second = overlapOf([1, 1], [1, 0]);

describe('Dice', () => {
  it('counts each label, and all of them together under 0', () => {
    expect(first.get(1)).toEqual({ predicted: 2, reference: 1, both: 1 });
    expect(first.get(2)).toEqual({ predicted: 1, reference: 3, both: 1 });
    expect(first.get(0)).toEqual({ predicted: 3, reference: 4, both: 3 });
    expect(diceCoefficient(first.get(0)!)).toBeCloseTo(6 / 7, 15);
  });

  it('of a volume is that of its summed slices, not their mean', () => {
    const volume = sumOverlaps([first, second]);
    expect(volume.get(1)).toEqual({ predicted: 4, reference: 2, both: 2 });
    expect(diceCoefficient(volume.get(1)!)).toBeCloseTo(2 / 3, 15);
  });

  it('is not defined where neither has a pixel, and 0 where one has', () => {
    expect(diceCoefficient(overlapOf([0, 0], [0, 0]).get(0)!)).toBeUndefined();
    expect(diceCoefficient(overlapOf([3, 0], [0, 0]).get(3)!)).toBe(0);
  });

  it('refuses segmentations of other sizes', () => {
    expect(() => overlapOf([0], [0, 1])).toThrow('mismatch');
  });
});
