// The words beside the bar of a job: how far, how fast lately, how long still.
import { describe, expect, it } from 'vitest';
import { durationWords, type Pace, paced, paceWords } from '../../src-renderer/jobs/pace.ts';

/** The words after some steps of [seconds, done]. */
function words(total: number, ...steps: readonly (readonly [seconds: number, done: number])[]): string {
  let pace: Pace | undefined;
  for (const [seconds, done] of steps) pace = paced(pace, { stage: 'importing', done, total }, seconds * 1000);
  return paceWords(pace!);
}

describe('the pace of a job', () => {
  it('has no rate before something was done', () => {
    expect(words(25_017, [3, 512])).toBe('importing 512 of 25,017');
  });

  it('tells rate and time left of what is lately done, whatever came before', () => {
    expect(words(25_017, [0, 0], [10, 5000])).toBe('importing 5,000 of 25,017, 500 per second, 40 seconds left');
    const quickThenSlow = [...Array.from({ length: 11 }, (_, second) => [second, second * 2000] as const)];
    const slow = Array.from({ length: 60 }, (_, second) => [11 + second, 20_000 + second * 10] as const);
    expect(words(21_000, ...quickThenSlow, ...slow)).toBe('importing 20,590 of 21,000, 10 per second, 41 seconds left');
  });

  it('tells the rate of a job that steps more seldom than that', () => {
    expect(words(10, [0, 1], [600, 2], [1200, 3])).toBe('importing 3 of 10, 0.10 per minute, 70 minutes left');
  });

  it('begins anew with another stage, and where a job has gone back', () => {
    expect(words(0, [0, 0], [10, 1000], [20, 5])).toBe('importing 5');
  });

  it('writes small rates with two figures, large ones whole, and durations as people say them', () => {
    expect(words(100, [0, 10], [10, 30])).toBe('importing 30 of 100, 2.0 per second, 35 seconds left');
    expect(words(5000, [0, 10], [11, 2410])).toMatch(/, 218 per second, /);
    expect([0.2, 600, 3 * 3600].map(durationWords)).toEqual(['1 second', '10 minutes', '3.0 hours']);
  });
});
