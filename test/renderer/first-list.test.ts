// What the window lists first: the usual score of the newest complete run, the archive without its reference normals.
import { describe, expect, it } from 'vitest';
import { completeRuns, usualScore } from '../../src-preload/usual-score.ts';
import { archiveFilter, orderAndScore } from '../../src-renderer/triage/first-list.ts';
import { mostAbnormalFirst, scoreMeaning } from '../../src-renderer/triage/score-names.ts';

const scoresOf = (...runs: readonly number[]) =>
  runs.flatMap((run) => ['WD patch', 'MSE full'].map((score) => ({ run, score })));
const run = (
  id: number,
  done: number,
  state: 'done' | 'running' | 'cancelled' = 'done',
  kind: 'project' | 'learn' = 'project',
) => ({ id, done, state, kind });

describe('the usual score', () => {
  it('is the first one of the newest run that finished over as many images as any', () => {
    const runs = [run(5, 1), run(4, 60, 'cancelled'), run(3, 99), run(2, 100), run(1, 100)];
    expect(completeRuns(scoresOf(5, 4, 3, 2, 1), runs)).toEqual([3, 2, 1]);
    expect(usualScore(scoresOf(5, 4, 3, 2, 1), runs)).toEqual({ run: 3, score: 'WD patch' });
  });

  it('leaves out runs without scores, however many images they have', () => {
    const runs = [run(3, 10), run(2, 5000), run(1, 10)];
    expect(completeRuns(scoresOf(3, 1), runs)).toEqual([3, 1]);
  });

  it('is that of the largest unfinished run while none has finished, and none without scores', () => {
    expect(completeRuns(scoresOf(2, 1), [run(2, 3, 'running'), run(1, 40, 'cancelled')])).toEqual([1]);
    expect(usualScore([], [run(1, 3)])).toBeUndefined();
  });

  it('is never silently what was learned from verdicts', () => {
    const runs = [run(2, 100, 'done', 'learn'), run(1, 100)];
    expect(usualScore(scoresOf(2, 1), runs)).toEqual({ run: 1, score: 'WD patch' });
    expect(completeRuns(scoresOf(2), runs)).toEqual([2]);
  });
});

describe('the first list', () => {
  const facts = [
    { name: 'WD patch', meaning: 'high is odd', unit: null, abnormal: 'high' as const },
    { name: 'conformal p', meaning: 'low is odd', unit: null, abnormal: 'low' as const },
  ];
  const names = [...scoresOf(2), { run: 2, score: 'conformal p' }];

  it('has the most abnormal first, whichever end of the score that is', () => {
    expect(orderAndScore(null, null, names, names[0], facts)).toEqual({
      order: { by: names[0], descending: true },
      score: names[0],
    });
    expect(mostAbnormalFirst(facts, names[2]!)).toEqual({ by: names[2], descending: false });
    expect(scoreMeaning(facts, names[2]!)).toBe('Low is odd.');
    expect(scoreMeaning(facts, { score: 'of another program' })).toBeUndefined();
  });

  it('keeps what was selected as long as the catalog has it', () => {
    const kept = { by: names[1]!, descending: false };
    expect(orderAndScore(kept, names[1]!, names, names[0], facts)).toEqual({ order: kept, score: names[1] });
    const gone = { by: { run: 9, score: 'WD patch' }, descending: false };
    expect(orderAndScore(gone, gone.by, names, names[0], facts).score).toEqual(names[0]);
    expect(orderAndScore(null, null, [], undefined, facts).order).toEqual({ by: 'imported', descending: false });
  });

  it('leaves out the reference normals, unless there is nothing else', () => {
    const cohort = (id: number, images: number, reference: boolean) => ({
      ...{ id, images, reference, name: `cohort ${id}` },
      createdAt: '2026-01-01T12:00:00.000Z',
    });
    const cohorts = [cohort(1, 120, false), cohort(2, 400, true)];
    expect(archiveFilter(cohorts, { images: 520 })).toEqual({ outsideCohorts: [2] });
    expect(archiveFilter(cohorts, { images: 400 })).toEqual({});
    expect(archiveFilter([cohort(1, 120, false)], { images: 120 })).toEqual({});
  });
});
