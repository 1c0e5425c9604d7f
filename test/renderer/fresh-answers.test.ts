// Which answers the window requests again after a change, by the contract's table.
import { describe, expect, it } from 'vitest';
import { methods } from '../../src-preload/contract.ts';
import { keepsIds, staleAfter } from '../../src-renderer/host/fresh-answers.ts';

describe('stale answers', () => {
  it('after new scores are those about scores: lists, ROC, review curve, segmentation', () => {
    const stale = staleAfter(methods, 'scores');
    for (const method of [
      'images.page',
      'images.ids',
      'scores.list',
      'statistics.histogram',
      'statistics.roc',
      'statistics.review',
      'statistics.above',
      'segmentation.cases',
      'segmentation.detection',
    ] as const)
      expect(stale).toContain(method);
    expect(stale).not.toContain('images.frame');
    expect(stale).not.toContain('views.list');
  });

  it('are none of those that are requested by number and never change', () => {
    const never = ['images.frame', 'images.map', 'images.reconstruction', 'devices.list'] as const;
    for (const part of ['images', 'verdicts', 'runs', 'scores', 'cohorts', 'segmentations'] as const)
      expect(staleAfter(methods, part).filter((method) => never.some((each) => each === method))).toEqual([]);
  });

  it('keep the list of an archive unless its filter or order depends on what has changed', () => {
    const order = { by: 'imported', descending: false } as const;
    const keeps = (filter: object, part: 'cohorts' | 'verdicts' | 'tags' | 'images') =>
      keepsIds(methods, { filter, order }, new Set([part] as const));
    expect(keeps({}, 'cohorts')).toBe(true);
    expect(keeps({ cohort: 1 }, 'cohorts')).toBe(false);
    expect(keeps({ outsideCohorts: [1] }, 'cohorts')).toBe(false);
    expect(keeps({ cohort: 1 }, 'verdicts')).toBe(true);
    expect(keeps({ text: 'a' }, 'tags')).toBe(false);
    expect(keeps({}, 'images')).toBe(false);
  });
});
