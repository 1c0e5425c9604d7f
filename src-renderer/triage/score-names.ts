// Every score of every run of the catalog, newest run first, and how they are written.
import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ScoreName } from '../../src-preload/schemas/image.ts';
import { asked, useAnswer, useHost } from '../host/use-host.ts';

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
  const host = useHost();
  const runs = useAnswer('runs.list', {});
  const scoring = (runs.data?.runs ?? []).filter(({ done }) => done > 0);
  const details = useQueries({ queries: scoring.map(({ id }) => asked(host, 'runs.detail', { id })) });
  const known = runs.data !== undefined && details.every(({ data, error }) => data !== undefined || error !== null);
  const names = known ? details.flatMap(({ data }) => data?.scores ?? []) : undefined;
  // The same names are the same value, so that nothing is asked twice.
  const key = names === undefined ? undefined : JSON.stringify(names);
  return useMemo(() => (key === undefined ? undefined : (JSON.parse(key) as ScoreName[])), [key]);
}
