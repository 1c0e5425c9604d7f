// One number for how anomalous an image is: a conformal p-value of all its scores together, fitted on held-out normals.
import { Problem } from '../platform/errors.ts';
import { conformalP } from './conformal.ts';
import {
  type AbnormalEnd,
  fewestNormals as fewestOfScore,
  fitNormalScores,
  type NormalScores,
  surpriseOf,
} from './surprise.ts';

/** A score that takes part, and which of its ends is abnormal. */
export interface AnomalyColumn {
  readonly name: string;
  /** Scores of one family say the same in several ways: the loudest speaks. */
  readonly family: string;
  readonly end: AbnormalEnd;
  /** True for what differs between scanners without anything being wrong. */
  readonly ofScanner?: boolean;
  /** True for what tells that the family's measurement failed: where no normal reaches it, scores that are not `relative` say nothing. */
  readonly ofFailure?: boolean;
  readonly relative?: boolean;
}

export interface AnomalyModel {
  /** The first one leads. */
  readonly columns: readonly AnomalyColumn[];
  readonly normals: readonly NormalScores[];
  /** Of each column: the surprise that no normal reaches, even by one of many scores. */
  readonly beyond: readonly number[];
  /** What is said together of the normals that `normals` was not fitted on. */
  readonly calibration: Float64Array;
  readonly calibrated: NormalScores;
}

export interface Anomaly {
  /** Minus log10 of the p-value, which beyond the normals falls on: two images beyond all of them still have an order. */
  readonly score: number;
  /** The share of held-out normals that are as anomalous: valid whatever the scores are (Vovk et al. 2005). */
  readonly p: number;
  /** Index of the column that contributed most. */
  readonly most: number;
}

/** Fewer held-out normals cannot both tell what is usual and calibrate. */
export const fewestNormals = 2 * fewestOfScore;

/**
 * Fits on held-out normals, a row each with a value for each column, or undefined where a family was not computed. Half of them
 * say how surprising each score is, the other half, as far as nothing is missing, how surprising all together are. The first
 * column leads: its surprise counts in full. Every other family counts by what three of a hundred normals exceed, and what only
 * tells scanners apart by what is beyond all normals: a sum of many small surprises finds another hospital instead of what is
 * wrong. A family whose measurement failed counts as what three of a hundred normals exceed, whatever its distances are. No labelled
 * anomaly takes part. Throws `usage` for too few normals.
 */
export function fitAnomaly(
  columns: readonly AnomalyColumn[],
  rows: readonly (readonly (number | undefined)[])[],
): AnomalyModel {
  const isComplete = (row: (typeof rows)[number]): row is readonly number[] => !row.includes(undefined);
  const complete = rows.filter(isComplete);
  if (complete.length < fewestNormals) {
    const message = `at least ${fewestNormals} held-out normals are needed to calibrate; there are ${complete.length}`;
    throw new Problem('usage', { message });
  }
  const ordered = [...complete, ...rows.filter((row) => !isComplete(row))];
  const [first, second] = [0, 1].map((half) => ordered.filter((_, index) => index % 2 === half));
  const known = columns.map((_, column) => first!.flatMap((row) => row[column] ?? []));
  const normals = columns.map(({ end }, column) => fitNormalScores(known[column]!, end));
  const beyond = known.map(({ length }) => Math.log10((length + 1) * columns.length));
  const together = (row: readonly number[]) => sumOf(contributions({ columns, normals, beyond }, row));
  const calibration = Float64Array.from(second!.filter(isComplete), together);
  return { columns, normals, beyond, calibration, calibrated: fitNormalScores(calibration, 'high') };
}

/** Judges an image by its value for each column. Throws `mismatch` for another number of values. */
export function anomalyOf(model: AnomalyModel, row: readonly number[]): Anomaly {
  const { columns, calibration, calibrated } = model;
  if (row.length !== columns.length) {
    throw new Problem('mismatch', { what: 'scores', expected: `${columns.length}`, found: `${row.length}` });
  }
  const parts = contributions(model, row);
  const together = sumOf(parts);
  return {
    score: surpriseOf(calibrated, together),
    p: conformalP(calibration, together),
    most: parts.indexOf(Math.max(...parts)),
  };
}

/** Three of a hundred normals are as far out. */
const unusual = 1.5;

/** What each column adds: of each family only its loudest, and of one that failed what says so. */
function contributions(
  { columns, normals, beyond }: Pick<AnomalyModel, 'columns' | 'normals' | 'beyond'>,
  row: readonly number[],
): readonly number[] {
  const surprises = row.map((value, column) => surpriseOf(normals[column]!, value));
  const failures = new Map<string, number>();
  for (const [column, { family, ofFailure }] of columns.entries()) {
    const far = surprises[column]! - beyond[column]!;
    const best = failures.get(family);
    if (!ofFailure || far <= 0) continue;
    if (best === undefined || far > surprises[best]! - beyond[best]!) failures.set(family, column);
  }
  // Of several scores one is unusual by chance the more often.
  const voices = (family: string) => columns.filter((each) => each.family === family && !each.ofFailure).length;
  const thresholds = columns.map(({ family, ofScanner }, column) => {
    if (ofScanner) return beyond[column]!;
    return family === columns[0]!.family ? unusual : unusual + Math.log10(voices(family));
  });
  const parts = columns.map(({ family, ofFailure, relative }, column) => {
    if (ofFailure) return failures.get(family) === column ? unusual : 0;
    if (failures.has(family) && !relative) return 0;
    if (column === 0) return surprises[column]!;
    return Math.max(0, surprises[column]! - thresholds[column]!);
  });
  const loudest = new Map<string, number>();
  for (const [column, { family }] of columns.entries()) {
    const best = loudest.get(family);
    if (best === undefined || parts[column]! > parts[best]!) loudest.set(family, column);
  }
  return parts.map((part, column) => (loudest.get(columns[column]!.family) === column ? part : 0));
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
