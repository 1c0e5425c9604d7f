// Methods of scores over time: the view, its report, and the alerts that a run of scores checks.
import type { driftMethods as contract } from '../../../src-preload/contract/drift.ts';
import { appendAudit } from '../../catalog/tables/audit.ts';
import { listScoreNames } from '../../catalog/tables/scores.ts';
import { driftOf } from '../../evaluation/drift.ts';
import { driftReport } from '../../evaluation/drift-report.ts';
import { changeSettings, readSettings } from '../../holdings/settings.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { now } from '../../platform/time.ts';
import { byRunAndPreference } from '../../scoring/families.ts';
import type { MethodsOf, Service } from './method.ts';

export const driftMethods: MethodsOf<keyof typeof contract> = {
  'drift.view': (request, service) => copied(driftOf(service.open().catalog, request)),
  'drift.scores': (_, service) => {
    const names = byRunAndPreference(listScoreNames(service.open().catalog)).map(({ score }) => score);
    return { scores: [...new Set(names)] };
  },
  'drift.report': async ({ file, ...request }, service) => {
    const page = driftReport(driftOf(service.open().catalog, request), request, alertsOf(service));
    await writeFileAtomic(file, page);
    return {};
  },
  'drift.alerts': (_, service) => ({ alerts: [...alertsOf(service)] }),
  'drift.alert': ({ score, alert, by }, service) => {
    const { catalog } = service.open();
    catalog.transaction(() => {
      const others = alertsOf(service).filter((each) => each.score !== score);
      changeSettings(catalog, { alerts: alert === null ? others : [...others, { score, ...alert }] });
      appendAudit(catalog, {
        at: now(),
        actor: by,
        event: 'alert',
        details: { score, ...(alert ?? { removed: true }) },
      });
    });
    return {};
  },
};

const alertsOf = (service: Service) => readSettings(service.open().catalog).alerts ?? [];

const copied = ({ groups, chart, ...rest }: ReturnType<typeof driftOf>) => ({
  ...rest,
  groups: [...groups],
  chart: chart === null ? null : { ...chart, points: [...chart.points] },
});
