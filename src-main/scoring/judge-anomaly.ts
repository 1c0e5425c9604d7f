// Joins families into `anomaly`: which scores take part, what held-out normals say, and the reason of each image.
import { type AnomalyModel, anomalyOf, fewestNormals, fitAnomaly } from '../statistics/anomaly.ts';
import { anomaly, anomalyScores } from './families/anomaly.ts';
import { scoreFamilies } from './families.ts';
import type { FamilyResult, Reason } from './family.ts';
import { notUnusual } from './reasons.ts';

/** What families found in one image. */
export type Found = readonly (Pick<FamilyResult, 'values' | 'reasons'> & { readonly family: string })[];

export interface Judged {
  readonly result: FamilyResult & { readonly family: string };
  readonly why: Reason;
}

/** More anomalous than one of ten normals: below it there is nothing to give a reason for. */
const worthAReason = 1;

/** The families that find what is wrong with an image rather than how it was made; the first that there is leads. */
const leading = ['localiser', 'features', 'typicality', 'reconstruction'];

/**
 * Fits on what was found in held-out normals; some of them may lack a family. Null where those that have all are too few, or no family takes
 * part. An image that is judged has every family. Throws what `fitAnomaly` throws for scores that are no numbers.
 */
export function anomalyJudge(normals: readonly Found[]): ((found: Found) => Judged) | null {
  const columns = columnsOf(normals);
  const rows = normals.map((found) => rowOf(columns, found));
  const complete = rows.filter((row) => !row.includes(undefined)).length;
  if (columns.length === 0 || complete < fewestNormals) return null;
  const model: AnomalyModel = fitAnomaly(columns, rows);
  return (found) => {
    const { score, p, most } = anomalyOf(model, rowOf(columns, found) as number[]);
    const { family, name, reason } = columns[most]!;
    const own = found.find((each) => each.family === family)?.reasons?.[name];
    return {
      result: {
        family: anomaly.name,
        values: { [anomalyScores.anomaly]: score, [anomalyScores.p]: p },
        map: null,
      },
      why: score < worthAReason ? { reason: notUnusual, place: null } : (own ?? { reason, place: null }),
    };
  };
}

type Column = ReturnType<typeof columnsOf>[number];

function rowOf(columns: readonly Column[], found: Found): readonly (number | undefined)[] {
  const byFamily = new Map(found.map((each) => [each.family, each.values]));
  return columns.map(({ family, name }) => byFamily.get(family)?.[name]);
}

/** The scores with a reason that normals have, those of the leading family first. */
function columnsOf(normals: readonly Found[]) {
  const known = new Set(normals.flatMap((found) => found.flatMap(({ values }) => Object.keys(values))));
  const families = scoreFamilies.flatMap(({ name: family, scores }) => {
    const own = scores.flatMap(({ name, abnormal, reason, ofFailure = false, relative = false }) =>
      reason === undefined || !known.has(name)
        ? []
        : [{ name, family, end: abnormal, reason, ofScanner: !leading.includes(family), ofFailure, relative }],
    );
    // That a measurement did not fail says nothing of the image.
    return own.every(({ ofFailure }) => ofFailure) ? [] : [own];
  });
  const lead = leading.find((name) => families.some(([column]) => column!.family === name));
  return families.toSorted(([a], [b]) => Number(b!.family === lead) - Number(a!.family === lead)).flat();
}
