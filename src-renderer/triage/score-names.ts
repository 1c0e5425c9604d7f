// Every score of every run of the catalog, newest run first, and how they are written.
import type { ScoreName } from '../../src-preload/schemas/image.ts';
import { useAnswer } from '../host/use-host.ts';

export const sameScore = (a: ScoreName, b: ScoreName): boolean => a.run === b.run && a.score === b.score;
export const scoreLabel = ({ run, score }: ScoreName): string => `${score} (run ${run})`;

/** Three significant digits, also where they are zeros: in every list of scores they stand below each other. */
export const scoreText = (value: number): string => {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 0.001 || size >= 100_000) return value.toExponential(2);
  return size < 100 ? value.toPrecision(3) : String(Number(value.toPrecision(3)));
};

/** Undefined until known. */
export function useScoreNames(): readonly ScoreName[] | undefined {
  return useAnswer('scores.list', {}).data?.scores;
}
