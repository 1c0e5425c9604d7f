// Alerts of a run that has scored new images: too many of them beyond a limit.
import type { Alert } from '../../src-preload/schemas/drift.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { newScores } from '../catalog/tables/origins.ts';
import { extendProvenance, type Run } from '../catalog/tables/runs.ts';
import { readSettings } from '../holdings/settings.ts';
import { describeScore } from '../scoring/families.ts';

/** A line for each alert that the new images of a run raise; they are kept with the run. None for a run without new images. */
export function raiseAlerts(catalog: Catalog, { id }: Pick<Run, 'id'>): readonly string[] {
  const lines = (readSettings(catalog).alerts ?? []).flatMap(
    (alert) => alertLine(alert, newScores(catalog, id, alert.score)) ?? [],
  );
  if (lines.length > 0) extendProvenance(catalog, id, { alerts: lines });
  return lines;
}

/** Undefined where it is not raised. Scores that are abnormal when low are beyond the limit below it. */
export function alertLine({ score, limit, share }: Alert, values: readonly number[]): string | undefined {
  if (values.length === 0) return undefined;
  const isLow = describeScore(score)?.score.abnormal === 'low';
  const beyond = values.filter((value) => (isLow ? value <= limit : value >= limit)).length;
  if (beyond / values.length <= share) return undefined;
  const percent = (part: number) => `${Number((100 * part).toFixed(1))} %`;
  return `Alert: ${score} is ${isLow ? 'at most' : 'at least'} ${limit} on ${beyond.toLocaleString('en')} of ${values.length.toLocaleString('en')} new images (${percent(beyond / values.length)}; the alert allows ${percent(share)})`;
}
