// Commands that work on a catalog: open it through a workbench process, queue a run, follow it to its end.
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Request, Workbench } from '../../src-preload/contract.ts';
import { importFacts } from '../../src-preload/jobs/import.ts';
import type { Run, RunDetail, RunState } from '../../src-preload/schemas/run.ts';
import { completeRuns } from '../../src-preload/usual-score.ts';
import { nodeLauncher } from '../engine/start-engine.ts';
import { Problem } from '../platform/errors.ts';
import { openOrCreateCatalog, startWorkbench, type WorkbenchProcess } from '../workbench/client.ts';
import type { Context } from './context.ts';
import { isNamed } from './ranking.ts';

/** Opens the command's catalog for `work`; with `create`, makes one where there is none. */
export async function withCatalog(
  context: Context,
  { create }: { readonly create: boolean },
  work: (workbench: WorkbenchProcess) => Promise<void>,
): Promise<void> {
  await using workbench = startWorkbench(nodeLauncher, { resume: false });
  const folder = context.catalogFolder;
  if (!create) await workbench.call('catalog.open', { folder });
  else if ((await openOrCreateCatalog(workbench, folder)) === 'created') context.remark(`new catalog: ${folder}`);
  await work(workbench);
}

const over: ReadonlySet<RunState> = new Set(['done', 'failed', 'cancelled', 'paused', 'interrupted']);

/**
 * Queues a run and shows its progress and skipped files until it is done. Ctrl-C pauses it: the same command goes on
 * with it. Throws `run` when it fails, `cancelled` when it was stopped, `process` when the workbench died.
 */
export function follow(workbench: WorkbenchProcess, request: Request<'runs.queue'>, context: Context): Promise<Run> {
  return followRun(workbench, () => workbench.call('runs.queue', request), context);
}

/** The same with a run that `start` queues, or resumes. With `detaches`, resolves once all of it is in tasks of a cluster. */
export async function followRun(
  workbench: WorkbenchProcess,
  start: () => Promise<Run>,
  context: Context,
  detaches = false,
): Promise<Run> {
  const ended = Promise.withResolvers<Run>();
  let id: number | undefined;
  const early: Run[] = [];
  const consider = (run: Run) => {
    if (id === undefined) early.push(run);
    else if (run.id === id && over.has(run.state)) ended.resolve(run);
  };
  const stopHearing = [
    workbench.on('run.changed', consider),
    workbench.on('run.progress', ({ progress: { note, ...progress } }) =>
      context.report(note === undefined ? progress : { ...progress, note }),
    ),
    workbench.on('run.log', ({ line }) => {
      if (line.level === 'skipped' || line.level === 'noted' || context.verbose) context.remark(line.text);
    }),
    workbench.onDeath((reason) => ended.reject(new Problem('process', { process: 'workbench', reason }))),
  ];
  const stop = () => {
    if (id !== undefined) workbench.call('runs.pause', { id }).catch(ended.reject);
  };
  context.signal.addEventListener('abort', stop);
  try {
    const queued = await start();
    id = queued.id;
    for (const run of [...early, queued]) consider(run);
    if (context.signal.aborted) stop();
    if (queued.state === 'running') waitForOther(start, ended);
    if (detaches) waitForTasks(workbench, queued, ended);
    return judge(await ended.promise, detaches);
  } finally {
    context.signal.removeEventListener('abort', stop);
    for (const stopOne of stopHearing) stopOne();
  }
}

/** Another process has the run: asks again until it has ended it, or has died and the run is this process's own. */
function waitForOther(start: () => Promise<Run>, { resolve, reject }: PromiseWithResolvers<Run>): void {
  const ask = async () => {
    const run = await start();
    if (over.has(run.state)) resolve(run);
    else if (run.state === 'running') setTimeout(() => void ask().catch(reject), 500);
  };
  ask().catch(reject);
}

/** Resolves once every image of a run is in a task: these go on without this program. */
function waitForTasks(workbench: WorkbenchProcess, run: Run, { resolve, reject }: PromiseWithResolvers<Run>): void {
  const ask = async () => {
    const { status } = await workbench.call('runs.cluster', { id: run.id });
    if (status?.submitted === true) resolve(run);
    else setTimeout(() => void ask().catch(reject), 500);
  };
  ask().catch(reject);
}

function judge(run: Run, detached = false): Run {
  if (run.state === 'done' || (detached && !over.has(run.state))) return run;
  if (run.state === 'failed' || run.reason !== null) {
    throw new Problem('run', { run: run.title, reason: run.reason ?? run.state });
  }
  throw new Problem('cancelled', { job: run.title });
}

/** The id of a cohort by its name. Throws `missing`. */
export async function cohortNamed(workbench: Workbench, name: string): Promise<number> {
  const { cohorts } = await workbench.call('cohorts.list', {});
  const cohort = cohorts.find((each) => each.name === name);
  if (cohort === undefined) throw new Problem('missing', { what: 'cohort', name });
  return cohort.id;
}

/** A cohort by its name, or one made of the images of a folder, zip or file, named as that unless the name is `taken`. Throws `missing` when there is neither. */
export async function cohortOf(
  workbench: WorkbenchProcess,
  nameOrPath: string,
  context: Context,
  taken?: string,
): Promise<number> {
  const known = await demandCohort(workbench, nameOrPath);
  if (known !== undefined) {
    // A cohort whose import was stopped has a part of its images only.
    const stopped = await stoppedImport(workbench, nameOrPath);
    if (stopped !== undefined) await follow(workbench, { kind: 'import', parameters: stopped }, context);
    return known;
  }
  // Two folders of one name, `archive/images` and `normals/images`, must not become one cohort.
  const cohort = basename(nameOrPath) === taken ? nameOrPath : basename(nameOrPath);
  const sources = [resolve(nameOrPath)];
  await follow(workbench, { kind: 'import', parameters: { sources, kind: null, cohort } }, context);
  return cohortNamed(workbench, cohort);
}

/** The parameters of the newest import into a cohort, if that import did not finish. */
async function stoppedImport(workbench: Workbench, cohort: string) {
  const { runs } = await workbench.call('runs.list', {});
  for (const { id, kind, state } of runs) {
    if (kind !== 'import') continue;
    const { parameters } = await workbench.call('runs.detail', { id });
    const parsed = importFacts.parameters.safeParse(parameters);
    if (!parsed.success || parsed.data.cohort !== cohort) continue;
    return state === 'done' ? undefined : parsed.data;
  }
  return undefined;
}

/** The id of a cohort that is there; undefined for a path that one can be made of. Throws `missing` when there is neither. */
export async function demandCohort(workbench: Workbench, nameOrPath: string): Promise<number | undefined> {
  const { cohorts } = await workbench.call('cohorts.list', {});
  const known = cohorts.find(({ name }) => name === nameOrPath);
  if (known === undefined && !existsSync(nameOrPath))
    throw new Problem('missing', { what: 'cohort', name: nameOrPath });
  return known?.id;
}

/**
 * The requested run, or the newest complete one that has the requested score, or any score. A cancelled run, or one over a few
 * images, does not hide those over the archive. Throws `missing`.
 */
export async function scoredRun(
  workbench: Workbench,
  requested: number | undefined,
  score?: string,
): Promise<RunDetail> {
  const scored = await scoredRuns(workbench, requested);
  const having = scored.filter(({ scores }) => score === undefined || scores.some((name) => isNamed(name, score)));
  // Which scores there are instead is said by who looks for one.
  const found = newestComplete(having) ?? newestComplete(scored);
  if (found !== undefined) return found;
  throw new Problem('missing', { what: 'run with scores', name: requested === undefined ? 'any' : `${requested}` });
}

/** The newest complete run of each kind that has scores, the newest first. Throws `missing` when there is none. */
export async function newestScoredRuns(workbench: Workbench): Promise<readonly RunDetail[]> {
  const byKind = Map.groupBy(await scoredRuns(workbench), ({ run }) => run.kind);
  if (byKind.size === 0) throw new Problem('missing', { what: 'run with scores', name: 'any' });
  const newest = [...byKind.values()]
    .map((details) => newestComplete(details)!)
    .toSorted((a, b) => b.run.id - a.run.id);
  // The first run decides which images are judged: not a table of another program, while there is one of our own.
  return newest.toSorted((a, b) => Number(isImported(a)) - Number(isImported(b)));
}

const isImported = ({ run }: RunDetail): boolean => run.kind === 'imported scores';

function newestComplete(details: readonly RunDetail[]): RunDetail | undefined {
  const [id] = completeRuns(
    details.flatMap(({ scores }) => scores),
    details.map(({ run }) => run),
  );
  return details.find(({ run }) => run.id === id);
}

/** The runs that have scores, newest first. */
async function scoredRuns(workbench: Workbench, requested?: number): Promise<readonly RunDetail[]> {
  const { runs } = await workbench.call('runs.list', {});
  const ids = requested === undefined ? runs.map(({ id }) => id) : [requested];
  const details = await Promise.all(ids.map((id) => workbench.call('runs.detail', { id })));
  return details.filter(({ scores }) => scores.length > 0);
}
