// How scores are named and written, and which end of each is abnormal.

import type { ScoreFacts } from '../../src-preload/schemas/catalog.ts';
import type { Order, ScoreName } from '../../src-preload/schemas/image.ts';

export const sameScore = (a: ScoreName, b: ScoreName): boolean => a.run === b.run && a.score === b.score;
export const scoreLabel = ({ run, score }: ScoreName): string => `${score} (run ${run})`;

type Facts = readonly ScoreFacts[];

/** The facts of every score that this program computes. */
export const factsOf = (families: readonly { readonly scores: Facts }[]): Facts =>
  families.flatMap(({ scores }) => scores);

/** What a score means, as a sentence; undefined for one that another program has added. */
export function scoreMeaning(facts: Facts, { score }: Pick<ScoreName, 'score'>): string | undefined {
  const found = facts.find(({ name }) => name === score);
  return found === undefined
    ? undefined
    : sentence(`${found.meaning}${found.unit === null ? '' : `; in ${found.unit}`}`);
}

/** The order by a score with the most abnormal images first. */
export const mostAbnormalFirst = (facts: Facts, by: ScoreName): Order => ({
  by,
  descending: facts.find(({ name }) => name === by.score)?.abnormal !== 'low',
});

/** Help is written as the end of a line; alone it is a sentence. */
export const sentence = (help: string): string => `${help.charAt(0).toUpperCase()}${help.slice(1)}.`;

/** Three significant digits, also where they are zeros: in every list of scores they stand below each other. */
export const scoreText = (value: number): string => {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size < 0.001 || size >= 100_000) return value.toExponential(2);
  return size < 100 ? value.toPrecision(3) : String(Number(value.toPrecision(3)));
};

/** Why an image is anomalous, where there is little room: of something at a place, the place. */
export const shortReason = (why: string): string => why.replace(/^something (?=at|in)/, '');
