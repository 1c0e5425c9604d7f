// Intervals that the data do not give: of one image or one patient there is none, whatever the bootstrap draws.
import { describe, expect, it } from 'vitest';
import { judgeDetection } from '../../src-main/engine/detection.ts';
import { rocWithBand } from '../../src-main/engine/roc.ts';
import { quiet } from '../../src-main/platform/job.ts';

const normal = { scores: [1, 2, 3, 4, 5, 6] };

describe('intervals', () => {
  it.each([
    ['one image', { scores: [9] }],
    ['three images of one patient', { scores: [9, 8, 7], patients: ['P1', 'P1', 'P1'] }],
  ])('of %s are none', async (_, anomalous) => {
    const [found] = await judgeDetection([{ anomalous, normal }], quiet);
    expect(found).toMatchObject({ auroc: 1, lower: null, upper: null, sensitivityLower: null, sensitivityUpper: null });
    const curve = rocWithBand({ anomalous, normal });
    expect(curve.auroc).toEqual({ value: 1, lower: null, upper: null });
    expect([curve.lower.length, curve.upper.length]).toEqual([0, 0]);
    const [turned] = await judgeDetection([{ anomalous: normal, normal: anomalous }], quiet);
    expect(turned).toMatchObject({ auroc: 0, lower: null });
  });

  it.each([
    ['two images', { scores: [9, 0] }],
    ['two patients', { scores: [9, 8, 0], patients: ['P1', 'P1', 'P2'] }],
    ['one patient and an unknown one', { scores: [9, 0], patients: ['P1', undefined] }],
  ])('of %s are wide', async (_, anomalous) => {
    const [found] = await judgeDetection([{ anomalous, normal }], quiet);
    expect([found!.lower, found!.upper]).toEqual([0, 1]);
    expect(rocWithBand({ anomalous, normal }).lower).not.toHaveLength(0);
  });
});
