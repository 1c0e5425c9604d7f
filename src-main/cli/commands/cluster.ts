// residua cluster: runs that are computed by tasks of a cluster or of this machine; and the tasks themselves.
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Workbench } from '../../../src-preload/contract.ts';
import { clusterParameters } from '../../../src-preload/parameters/cluster.ts';
import { checkCluster } from '../../cluster/check.ts';
import { answerProbe } from '../../cluster/probe.ts';
import { runTask } from '../../cluster/run-task.ts';
import { nodeLauncher } from '../../engine/start-engine.ts';
import { Problem } from '../../platform/errors.ts';
import { runChain } from '../chain.ts';
import { count, defineCommand, flag, number, option, text, whole } from '../command.ts';
import type { Context } from '../context.ts';
import { clusterOf, clusterOptions } from '../shared-options.ts';
import { textTable } from '../text-table.ts';
import { followRun, withCatalog } from '../with-catalog.ts';

const { clusterSet, sbatch } = clusterOptions;

export const cluster = defineCommand({
  details: `Example: residua run archive --normals normals --cluster slurm, then residua cluster status
check says whether a cluster can be used, before anything is queued; status lists runs with tasks; cancel ends the tasks of a run; resume
collects what they have computed, and submits what is missing; logs prints what tasks have printed, with --failed of those that failed;
chain carries out the commands in a file, a line each, one after the other: import, run, evaluate, export, or train, run.
docs/cluster.md says how a cluster is set up. The actions task and probe are what a node runs: nobody calls them by hand.`,
  arguments: {
    action: option(
      '<action>',
      'what to do',
      z.enum(['check', 'status', 'cancel', 'resume', 'logs', 'chain', 'task', 'probe']),
    ),
    target: option(
      '[target]',
      'the number of a run (without it: the newest with tasks); check: a folder of images; chain: a file of commands',
      text.optional(),
    ),
  },
  options: {
    json: option('--json [flag]', 'status, check: print JSON', flag),
    failed: option('--failed [flag]', 'logs: only of tasks that failed', flag),
    lines: option('--lines <number>', 'logs: lines of each task', count.default(20)),
    clusterSet,
    sbatch,
    submission: option('--submission <number>', 'task: the submission that it is of', whole.default(0)),
    index: option('--index <number>', 'task: its place in the submission', whole.default(0)),
    shardSeconds: option(
      '--shard-seconds <number>',
      'task: results are written at least so often',
      number.default(600),
    ),
    withParent: option('--with-parent [flag]', 'task: stop when standard input ends', flag),
  },
  async run({ action, target, ...values }, context) {
    if (action === 'task') return task(target, values, context);
    if (action === 'probe') return answerProbe(demanded(target), nodeLauncher);
    if (action === 'chain') return runChain(demanded(target), context);
    if (action === 'check') {
      const { clusterSettings } = clusterOf({ cluster: 'slurm', ...values });
      return check(target, clusterSettings, values.json, context);
    }
    await withCatalog(context, { create: false }, async (workbench) => {
      const runs = await runsWithTasks(workbench);
      if (action === 'status')
        return status(workbench, target === undefined ? runs : [chosen(runs, target)], values.json, context);
      const run = chosen(runs, target);
      if (action === 'cancel') {
        await workbench.call('runs.cancel', { id: run.id });
        context.print(`run ${run.id}: cancelled`);
      } else if (action === 'logs') {
        const { tasks } = await workbench.call('runs.tasks', { id: run.id, lines: values.lines });
        for (const { share, state, node, reason, lines } of tasks) {
          if (values.failed && state !== 'failed') continue;
          context.print(`share ${share}, ${state} on ${node}${reason === null ? '' : `: ${reason}`}`);
          for (const line of lines) context.print(`  ${line}`);
        }
      } else {
        const done = await followRun(workbench, () => workbench.call('runs.resume', { id: run.id }), context);
        context.print(
          `run ${done.id}: ${done.done} images scored${done.skipped > 0 ? `, ${done.skipped} skipped` : ''}`,
        );
      }
    });
  },
});

type RunWithTasks = Awaited<ReturnType<typeof runsWithTasks>>[number];

/** Runs whose parameters name a scheduler, newest first. */
async function runsWithTasks(workbench: Workbench) {
  const { runs } = await workbench.call('runs.list', {});
  const details = await Promise.all(
    runs.map(async (run) => ({ run, detail: await workbench.call('runs.detail', { id: run.id }) })),
  );
  const choice = z.object({ cluster: clusterParameters.cluster.schema });
  return details.flatMap(({ run, detail }) => (choice.safeParse(detail.parameters).data?.cluster ? [run] : []));
}

function chosen(runs: readonly RunWithTasks[], target: string | undefined): RunWithTasks {
  const run = target === undefined ? runs[0] : runs.find(({ id }) => String(id) === target);
  if (run === undefined) throw new Problem('missing', { what: 'run with tasks', name: target ?? 'any' });
  return run;
}

/** Of a run that is over, what was last seen of its tasks says nothing. */
const over: ReadonlySet<string> = new Set(['done', 'cancelled']);

async function status(
  workbench: Workbench,
  runs: readonly RunWithTasks[],
  json: boolean,
  context: Context,
): Promise<void> {
  const rows = await Promise.all(
    runs.map(async (run) => ({ run, ...(await workbench.call('runs.cluster', { id: run.id })) })),
  );
  if (json) return context.print(JSON.stringify(rows, null, 2));
  if (rows.length === 0) return context.print('no run has tasks');
  const table = rows.map(({ run, status }) => [
    String(run.id),
    run.state,
    `${run.done + run.skipped} of ${run.total}`,
    status?.jobs.join(' ') ?? '',
    run.reason ??
      (over.has(run.state) ? '' : `${run.state === 'running' ? '' : 'last seen: '}${status?.summary ?? 'no task yet'}`),
  ]);
  context.print(textTable(['run', 'state', 'images', 'arrays', 'tasks'], table));
}

async function check(
  images: string | undefined,
  overrides: readonly string[],
  json: boolean,
  context: Context,
): Promise<void> {
  const folder = images === undefined ? null : resolve(images);
  const findings = await checkCluster(
    { catalogFolder: resolve(context.catalogFolder), images: folder, overrides },
    context,
  );
  if (json) context.print(JSON.stringify(findings, null, 2));
  else
    for (const { ok, text, remedy } of findings)
      context.print(`${ok ? 'ok  ' : 'FAIL'}  ${text}${remedy === null ? '' : `\n      ${remedy}`}`);
  const failed = findings.filter(({ ok }) => !ok).length;
  if (failed > 0)
    throw new Problem('run', { run: 'cluster check', reason: `${failed} of ${findings.length} checks failed` });
}

interface TaskValues {
  readonly submission: number;
  readonly index: number;
  readonly shardSeconds: number;
  readonly withParent: boolean;
}

async function task(
  exchange: string | undefined,
  { withParent, ...values }: TaskValues,
  context: Context,
): Promise<void> {
  const control = { signal: stopSignal(withParent), report: () => {} };
  // A standard input that is listened to keeps this process alive.
  const state = await runTask({ exchange: demanded(exchange), ...values }, nodeLauncher, control).finally(() =>
    process.stdin.destroy(),
  );
  context.print(`share ${state}`);
}

function demanded(folder: string | undefined): string {
  if (folder !== undefined) return folder;
  throw new Problem('usage', { message: 'the file or folder is missing' });
}

/** A scheduler may send its signal several times, to the script and to this process: all of them mean one stop. */
function stopSignal(withParent: boolean): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.removeAllListeners(signal);
    process.on(signal, () => stop.abort('interrupted'));
  }
  if (withParent) process.stdin.on('end', () => stop.abort('interrupted')).resume();
  return stop.signal;
}
