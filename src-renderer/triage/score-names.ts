// Every score of every run of the catalog, newest run first, and how they are written.
import type { ScoreName } from '../../src-preload/schemas/image.ts';
import { useAnswer } from '../host/use-host.ts';

export const sameScore = (a: ScoreName, b: ScoreName): boolean => a.run === b.run && a.score === b.score;
export const scoreLabel = ({ run, score }: ScoreName): string => `${score} (run ${run})`;

/** Three significant digits, as every list of scores shows them. */
export const scoreText = (value: number): string => {
  const size = Math.abs(value);
  return size !== 0 && (size < 0.001 || size >= 100_000)
    ? value.toExponential(2)
    : String(Number(value.toPrecision(3)));
};

/** Undefined until known. */
export function useScoreNames(): readonly ScoreName[] | undefined {
  return useAnswer('scores.list', {}).data?.scores;
}
