// Methods about runs: queue, list, stop, resume, their logs and provenance.
import { importedScores } from '../../catalog/tables/imported-scores.ts';
import { getRun, listRuns } from '../../catalog/tables/runs.ts';
import { listScoreNames, scoreNamesOf } from '../../catalog/tables/scores.ts';
import { importScores } from '../../curation/scores/import-scores.ts';
import { readNewestSheet, readTicks } from '../../holdings/training-plot.ts';
import { endTasksOf, statusOf, tasksOf } from '../../jobs/cluster-tasks.ts';
import { createQueuedRun } from '../../jobs/create-run.ts';
import { endEstimate, estimateRun, spaceOf } from '../../jobs/estimate-run.ts';
import { readRunLog } from '../../jobs/run-log.ts';
import { raiseAlerts } from '../../jobs/score-alerts.ts';
import { now } from '../../platform/time.ts';
import { version } from '../../platform/version.ts';
import { byRunAndPreference, importedFamily, scoreFamilies } from '../../scoring/families.ts';
import { toRun } from '../to-contract.ts';
import type { MethodsNamed } from './method.ts';

export const runMethods: MethodsNamed<'runs' | 'scores'> = {
  'runs.queue': (request, service) => {
    const { catalog, queue } = service.open();
    endEstimate(service);
    return toRun(queue.enqueue(createQueuedRun(catalog, request)));
  },
  'runs.list': (_, service) => {
    const { catalog, queue } = service.open();
    return { runs: listRuns(catalog).map((run) => toRun(queue.present(run))) };
  },
  'scores.families': (_, service) => {
    const known = scoreFamilies.map(({ open, looksAtOriginals: _, ...facts }) => ({
      ...facts,
      onePass: open !== undefined,
    }));
    const imported = service.isOpen() ? importedFamily(importedScores(service.open().catalog)) : undefined;
    return { families: imported === undefined ? known : [...known, imported] };
  },
  'scores.import': async (request, service) => {
    const { catalog, decoder } = service.open();
    const asked = { ...request, at: now(), program: version };
    const { run, images, unmatched } = await importScores(catalog, asked, decoder.table);
    raiseAlerts(catalog, { id: run });
    return { run, images, unmatched: [...unmatched] };
  },
  'scores.list': (_, service) => ({ scores: byRunAndPreference(listScoreNames(service.open().catalog)) }),
  'runs.detail': ({ id }, service) => {
    const { catalog, queue } = service.open();
    const run = queue.present(getRun(catalog, id));
    const { parameters, provenance, model } = run;
    const scores = scoreNamesOf(catalog, id).map((score) => ({ run: id, score }));
    return { run: toRun(run), parameters, provenance, model, scores };
  },
  'runs.cluster': async ({ id }, service) => ({ status: await statusOf(getRun(service.open().catalog, id)) }),
  'runs.tasks': async ({ id, lines }, service) => ({
    tasks: await tasksOf(getRun(service.open().catalog, id), lines),
  }),
  'runs.cancel': ({ id }, service) => stopRun(service, id, 'cancel'),
  'runs.pause': ({ id }, service) => stopRun(service, id, 'pause'),
  'runs.resume': ({ id }, service) => toRun(service.open().queue.enqueue(id)),
  'runs.plot': async ({ id }, service) => ({ points: await readTicks(service.open().catalog, id) }),
  'runs.samples': async ({ id }, service) => ({ png: await readNewestSheet(service.open().catalog, id) }),
  'runs.space': (request, service) => ({ bytes: spaceOf(request, service.open().catalog) }),
  'runs.estimate': async (request, service) => ({ seconds: await estimateRun(request, service) }),
  'runs.log': ({ id, ...wanted }, service) => ({ lines: readRunLog(service.open().catalog, id, wanted) }),
};

/** Tasks outlive the process that submitted them: those of a run that nobody follows are ended too. */
async function stopRun(
  service: Parameters<(typeof runMethods)['runs.cancel']>[1],
  id: number,
  how: 'cancel' | 'pause',
) {
  const { catalog, queue } = service.open();
  const run = await queue[how](id);
  await endTasksOf(catalog, getRun(catalog, id));
  return toRun(run);
}
