// Tasks as processes of this machine: what small departments and the tests use. They end with the process that started them.
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { availableParallelism, hostname } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../platform/make-folder.ts';
import { exchangePaths } from './exchange.ts';
import type { ArrayRequest, LiveTask, OpenScheduler } from './scheduler.ts';
import { programWords } from './slurm-script.ts';

/** A task in the order of its turn. */
interface LocalTask {
  readonly job: string;
  readonly index: number;
  readonly request: ArrayRequest;
  process: ChildProcess | undefined;
}

/** Arrays are numbered on: two in one folder must not write one log. */
let arrays = Date.now();

export const openLocalTasks: OpenScheduler = async (settings) => {
  const slots = settings.tasksAtOnce ?? Math.max(1, Math.floor(availableParallelism() / settings.cpus));
  let live: LocalTask[] = [];

  const startNext = () => {
    for (const task of live) {
      if (live.filter(({ process }) => process !== undefined).length >= slots) return;
      if (task.process === undefined) start(task);
    }
  };

  const start = (task: LocalTask) => {
    const { exchange, submission } = task.request;
    const { logs } = exchangePaths(exchange);
    makeFolder(logs);
    const [program, ...first] = programWords({ ...settings, container: null }, []) as [string, ...string[]];
    const words = ['cluster', 'task', exchange, '--submission', `${submission}`, '--index', `${task.index}`];
    const child = spawn(program, [...first, ...words, '--shard-seconds', `${settings.shardSeconds}`, '--with-parent'], {
      // Its standard input closes when this process ends, however that ends.
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, RESIDUA_THREADS: `${settings.cpus}` },
    });
    const log = createWriteStream(join(logs, `${task.job}_${task.index}.log`), { flags: 'a' });
    log.on('error', () => {});
    child.stdin.on('error', () => {});
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    child.on('error', (error) => log.write(`${error.message}\n`));
    child.once('close', () => {
      log.end();
      live = live.filter((each) => each !== task);
      startNext();
    });
    task.process = child;
  };

  const ended = (task: LocalTask) =>
    new Promise<void>((resolve) => {
      if (task.process === undefined || task.process.exitCode !== null || task.process.signalCode !== null) resolve();
      else task.process.once('close', () => resolve());
    });

  return {
    name: 'local',
    mostTasks: 10_000,
    nodes: 1,
    slots,
    submit: async (request) => {
      const job = `${arrays++}`;
      for (let index = 0; index < request.count; index++) live.push({ job, index, request, process: undefined });
      startNext();
      return job;
    },
    // Another process's tasks have ended with it.
    find: async () => [],
    tasks: async (jobs) =>
      live
        .filter(({ job }) => jobs.includes(job))
        .map(
          ({ job, index, process }): LiveTask => ({
            job,
            index,
            state: process === undefined ? 'waiting' : 'running',
            reason: process === undefined ? 'other tasks are running' : null,
            node: process === undefined ? null : hostname(),
          }),
        ),
    cancel: async (jobs) => {
      const cancelled = live.filter(({ job }) => jobs.includes(job));
      live = live.filter((task) => !cancelled.includes(task) || task.process !== undefined);
      for (const { process } of cancelled) process?.kill('SIGTERM');
      await Promise.all(cancelled.map(ended));
    },
  };
};
