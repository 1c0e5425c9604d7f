// Joins the families of a run into `anomaly`: which scores take part, what held-out normals say, and the reason of each image.
import { type AnomalyModel, anomalyOf, fewestNormals, fitAnomaly } from '../statistics/anomaly.ts';
import { anomaly, anomalyScores } from './families/anomaly.ts';
import { familyNamed } from './families.ts';
import type { FamilyResult, Reason } from './family.ts';
import { notUnusual } from './reasons.ts';

/** What the families of a run found in one image. */
export type Found = readonly (FamilyResult & { readonly family: string })[];

export interface Judged {
  readonly result: FamilyResult & { readonly family: string };
  readonly why: Reason;
}

/** More anomalous than one of ten normals: below it there is nothing to give a reason for. */
const worthAReason = 1;

/** The families that find what is wrong with an image rather than how it was made; the first that a run has leads. */
const leading = ['localiser', 'features', 'typicality'];

/**
 * Fits on what was found in held-out normals. Null where they are too few, or no family takes part. Throws what `fitAnomaly`
 * throws for scores that are no numbers.
 */
export function anomalyJudge(normals: readonly Found[]): ((found: Found) => Judged) | null {
  const [first] = normals;
  if (first === undefined || normals.length < fewestNormals) return null;
  const columns = columnsOf(first.map(({ family }) => family));
  if (columns.length === 0) return null;
  const rowOf = (found: Found) => {
    const byFamily = new Map(found.map((each) => [each.family, each.values]));
    return columns.map(({ family, name }) => byFamily.get(family)![name]!);
  };
  const model: AnomalyModel = fitAnomaly(columns, normals.map(rowOf));
  return (found) => {
    const { score, p, most } = anomalyOf(model, rowOf(found));
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

/** The scores with a reason, those of the leading family first. */
function columnsOf(families: readonly string[]) {
  const lead = leading.find((name) => families.includes(name));
  const ordered = families.toSorted((a, b) => Number(b === lead) - Number(a === lead));
  return ordered.flatMap((family) =>
    familyNamed(family)!.scores.flatMap(({ name, abnormal, reason }) =>
      reason === undefined ? [] : [{ name, family, end: abnormal, reason, ofScanner: !leading.includes(family) }],
    ),
  );
}
