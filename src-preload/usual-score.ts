// The score that a list is ordered by unless somebody chooses: the first one of the newest complete run.
import type { ScoreName } from './schemas/image.ts';
import type { Run } from './schemas/run.ts';

/** A run counts as complete with so large a share of the images of the largest one: single files that failed since do not matter. */
const completeShare = 0.95;

/** What is known of a run that may have scores. */
export type ScoredRun = Pick<Run, 'id' | 'kind' | 'state' | 'done'>;

/**
 * The ids of the complete runs among those that have `scores`, newest first: finished, over as many images as any. While none
 * has finished, those with the most images, so that a first run can be watched.
 */
export function completeRuns(scores: readonly ScoreName[], runs: readonly ScoredRun[]): readonly number[] {
  const all = runs.filter(({ id }) => scores.some(({ run }) => run === id));
  // What was learned from verdicts, and what another program says, re-ranks nothing until somebody chooses it.
  const own = all.filter(({ kind }) => kind !== 'learn' && kind !== 'imported scores');
  const scored = own.length > 0 ? own : all;
  const finished = scored.filter(({ state }) => state === 'done');
  const candidates = finished.length > 0 ? finished : scored;
  const most = Math.max(0, ...candidates.map(({ done }) => done));
  return candidates
    .filter(({ done }) => done >= most * completeShare)
    .map(({ id }) => id)
    .toSorted((a, b) => b - a);
}

/** The first score (`scores` has the most telling of each run first) of the newest complete run; undefined where there is none. */
export function usualScore(scores: readonly ScoreName[], runs: readonly ScoredRun[]): ScoreName | undefined {
  const [run] = completeRuns(scores, runs);
  return scores.find((name) => name.run === run) ?? scores[0];
}
