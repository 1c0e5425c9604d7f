// Every family of scores. To add one: docs/design.md, "Adding a score".

import type { ScoreFamilyFacts } from '../../src-preload/schemas/catalog.ts';
import { acquisition } from './families/acquisition.ts';
import { anomaly } from './families/anomaly.ts';
import { combination } from './families/combination.ts';
import { features } from './families/features.ts';
import { learned } from './families/learned.ts';
import { localiser } from './families/localiser.ts';
import { reconstruction } from './families/reconstruction.ts';
import { text } from './families/text.ts';
import { typicality } from './families/typicality.ts';
import type { ScoreFacts, ScoreFamily } from './family.ts';

/** The order in which a ranking without a choice prefers them. */
export const scoreFamilies: readonly ScoreFamily[] = [
  anomaly,
  localiser,
  reconstruction,
  typicality,
  features,
  acquisition,
  text,
  combination,
  learned,
];

/** Scores of other programs as a family, which computes nothing; undefined where there are none. The newest of a name counts. */
export function importedFamily(
  scores: readonly { readonly name: string; readonly abnormal: 'high' | 'low' }[],
): ScoreFamilyFacts | undefined {
  const byName = new Map(scores.toReversed().map((score) => [score.name, score]));
  const foreign = [...byName.values()].filter(({ name }) => describeScore(name) === undefined);
  if (foreign.length === 0) return undefined;
  return {
    name: 'imported',
    title: 'Scores of other programs',
    scores: foreign.map(({ name, abnormal }) => ({
      name,
      meaning: 'imported from a table of another program',
      unit: null,
      abnormal,
    })),
    map: null,
    needs: [],
    cost: 'none',
    source: 'the program that computed them',
    onePass: false,
  };
}

/** Families that look once at each image: one pass computes all that were requested. */
export const onePassFamilies: readonly ScoreFamily[] = scoreFamilies.filter(({ open }) => open !== undefined);

export function familyNamed(name: string): ScoreFamily | undefined {
  return scoreFamilies.find((family) => family.name === name);
}

/** Families that compare images with normals: what a run without a choice computes. Others answer another question and are named. */
export const comparingFamilies: readonly ScoreFamily[] = onePassFamilies.filter(({ needs }) =>
  needs.includes('normals'),
);

/** The family that a score belongs to, and what is known of it; undefined for one that another program has added. */
export function describeScore(name: string): { readonly family: ScoreFamily; readonly score: ScoreFacts } | undefined {
  for (const family of scoreFamilies) {
    const score = family.scores.find((each) => each.name === name);
    if (score !== undefined) return { family, score };
  }
  return undefined;
}

const preference = new Map(
  scoreFamilies.flatMap(({ scores }) => scores.map(({ name }) => name)).map((name, at) => [name, at]),
);

/** The most telling of some scores: by the order of the families and of their scores; unknown ones come last. */
export function mostTelling<S extends { readonly score: string }>(scores: readonly S[]): S | undefined {
  const at = ({ score }: S) => preference.get(score) ?? preference.size;
  return scores.reduce<S | undefined>(
    (best, score) => (best === undefined || at(score) < at(best) ? score : best),
    undefined,
  );
}

/** Newest run first, and of each run the most telling score first. */
export function byRunAndPreference<S extends { readonly run: number; readonly score: string }>(
  scores: readonly S[],
): readonly S[] {
  const at = ({ score }: S) => preference.get(score) ?? preference.size;
  return scores.toSorted((a, b) => b.run - a.run || at(a) - at(b));
}

/** Role of the file that holds a family's map of an image. */
export const mapRoleOf = (family: string): string => `${family} map`;
