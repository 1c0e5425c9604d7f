// Alerts of a run that has scored new images: too many of them beyond a limit.
import type { Alert } from '../../src-preload/schemas/drift.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { abnormalSign } from '../catalog/tables/imported-scores.ts';
import { newScores } from '../catalog/tables/origins.ts';
import { extendProvenance, type Run } from '../catalog/tables/runs.ts';
import { readSettings } from '../holdings/settings.ts';
import { describeScore } from '../scoring/families.ts';

/** A line for each alert that the new images of a run raise; they are kept with the run. None for a run without new images. */
export function raiseAlerts(catalog: Catalog, { id }: Pick<Run, 'id'>): readonly string[] {
  const lines = (readSettings(catalog).alerts ?? []).flatMap((alert) => {
    const { score } = alert;
    const isLow = describeScore(score)?.score.abnormal === 'low' || abnormalSign(catalog, { run: id, score }) < 0;
    return alertLine(alert, newScores(catalog, id, score), isLow ? 'low' : 'high') ?? [];
  });
  if (lines.length > 0) extendProvenance(catalog, id, { alerts: lines });
  return lines;
}

const percent = (part: number): string => `${Number((100 * part).toFixed(1))} %`;

/** Undefined where it is not raised. Of a score whose `low` end is abnormal, values up to the limit count. */
export function alertLine(
  { score, limit, share }: Alert,
  values: readonly number[],
  abnormal: 'low' | 'high',
): string | undefined {
  const beyond = values.filter((value) => (abnormal === 'low' ? value <= limit : value >= limit)).length;
  if (values.length === 0 || beyond / values.length <= share) return undefined;
  const [some, all] = [beyond, values.length].map((count) => count.toLocaleString('en'));
  const where = `${abnormal === 'low' ? 'at most' : 'at least'} ${limit}`;
  return `Alert: ${score} is ${where} on ${some} of ${all} new images (${percent(beyond / values.length)}; the alert allows ${percent(share)})`;
}
