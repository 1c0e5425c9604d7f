// The queue of runs: starts what is queued, one per lane; pauses, cancels, resumes; notes how each ended.

import type { CatalogPart } from '../../src-preload/contract/method.ts';
import type { LogLine } from '../../src-preload/schemas/run.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { holdProcessLock, isProcessAlive, type ProcessLock } from '../catalog/process-lock.ts';
import {
  claimRun,
  getRun,
  interruptDeadRuns,
  listRuns,
  nextItems,
  type Run,
  setRunState,
} from '../catalog/tables/runs.ts';
import { isMendable, isProblem, Problem } from '../platform/errors.ts';
import type { Progress } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';
import { now } from '../platform/time.ts';
import { inWords } from '../platform/words.ts';
import { RunLog } from './run-log.ts';
import type { Lane, RunProgram } from './run-program.ts';
import { raiseAlerts } from './score-alerts.ts';

/** What runs a kind of job, and in which lane. */
export interface RunEntry {
  readonly lane: Lane;
  readonly load: () => Promise<RunProgram>;
}
export type RunEntries = Readonly<Record<string, RunEntry | undefined>>;

/** What the queue reports about its runs, as it happens. */
export interface QueueEvents {
  readonly changed: (run: Run) => void;
  readonly progressed: (run: number, progress: Progress) => void;
  readonly logged: (run: number, line: LogLine) => void;
  /** These parts of the catalog are different now. */
  readonly catalogChanged: (parts: readonly CatalogPart[]) => void;
}

interface Active {
  readonly lane: Lane;
  readonly stop: AbortController;
  /** What the run becomes when it stops because it was told to. */
  stopsAs: 'paused' | 'cancelled' | 'interrupted';
  readonly finished: Promise<void>;
}

/** The runs of one catalog that this process carries out. */
export class RunQueue {
  readonly #catalog: Catalog;
  readonly #programs: RunEntries;
  readonly #launch: Launcher;
  readonly #events: QueueEvents;
  /** Undefined in a catalog that is only read: nothing can run there. */
  readonly #lock: ProcessLock | undefined;
  readonly #isAlive = (process: number): boolean => isProcessAlive(this.#catalog, process);
  readonly #waiting = new Set<number>();
  readonly #active = new Map<number, Active>();
  /** How runs ended whose end the catalog could not note, since its drive is full or gone. */
  readonly #unsaved = new Map<number, Run>();
  #closed = false;
  #background = false;

  constructor(catalog: Catalog, programs: RunEntries, launch: Launcher, events: QueueEvents) {
    this.#catalog = catalog;
    this.#lock = catalog.readOnly ? undefined : holdProcessLock(catalog);
    this.#programs = programs;
    this.#launch = launch;
    this.#events = events;
  }

  /** Marks runs whose process died, and with `resume` (there is a window) continues these and all queued ones. */
  recover(resume: boolean): void {
    this.#background = resume;
    if (this.#catalog.readOnly) return;
    for (const id of interruptDeadRuns(this.#catalog, this.#isAlive)) this.#tell(id);
    if (!resume) return;
    for (const run of listRuns(this.#catalog).toReversed()) {
      if (run.state === 'queued' || run.state === 'interrupted') this.enqueue(run.id);
    }
  }

  /** A run as it is, also where the catalog could not be told. */
  present(run: Run): Run {
    return this.#unsaved.get(run.id) ?? run;
  }

  /** Gives a run its turn as soon as its lane is free; one that is running, or has nothing left to do, is left alone. */
  enqueue(id: number): Run {
    for (const dead of interruptDeadRuns(this.#catalog, this.#isAlive)) this.#tell(dead);
    const run = this.present(getRun(this.#catalog, id));
    const finished = run.state === 'done' && nextItems(this.#catalog, id, 1).length === 0;
    if (finished || run.state === 'running') return run;
    if (run.state !== 'queued' || this.#unsaved.delete(id)) setRunState(this.#catalog, id, 'queued', null, now());
    this.#waiting.add(id);
    queueMicrotask(() => this.#startNext());
    return this.#tell(id);
  }

  /** Stops a run after its present step; it can be resumed. Throws `usage` when it is not queued or running. */
  pause(id: number): Promise<Run> {
    return this.#stop(id, 'paused');
  }

  /** The same, with the intention not to go on. */
  cancel(id: number): Promise<Run> {
    return this.#stop(id, 'cancelled');
  }

  /** Stops everything as if this process had died, waits until it has stopped, and starts nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const active of this.#active.values()) {
      active.stopsAs = 'interrupted';
      active.stop.abort(active.stopsAs);
    }
    await Promise.all([...this.#active.values()].map(({ finished }) => finished));
    this.#lock?.release();
  }

  async #stop(id: number, as: 'paused' | 'cancelled'): Promise<Run> {
    const active = this.#active.get(id);
    if (active !== undefined) {
      active.stopsAs = as;
      active.stop.abort(as);
      await active.finished;
    } else {
      const { state } = getRun(this.#catalog, id);
      if (state === 'done' || state === 'failed' || state === 'cancelled' || state === 'running') {
        throw new Problem('usage', { message: `run ${id} is ${state}` });
      }
      this.#waiting.delete(id);
      setRunState(this.#catalog, id, as, null, now());
    }
    return this.#tell(id);
  }

  #startNext(): void {
    if (this.#closed) return;
    for (const id of this.#waiting) {
      const run = getRun(this.#catalog, id);
      const entry = this.#programs[run.kind];
      if (entry === undefined) {
        this.#waiting.delete(id);
        setRunState(this.#catalog, id, 'failed', `this version does not know runs of kind ${run.kind}`, now());
        this.#tell(id);
      } else {
        const own = laneOf(run, entry);
        if (own !== 'remote' && [...this.#active.values()].some(({ lane }) => lane === own)) continue;
        this.#waiting.delete(id);
        this.#start(run, own, entry);
      }
    }
  }

  #start({ id }: Run, lane: Lane, { load }: RunEntry): void {
    const log = new RunLog(this.#catalog, id);
    const say: Say = (level, text) => this.#events.logged(id, log.append(level, text));
    const stop = new AbortController();
    const work = async () => {
      if (this.#lock === undefined || !claimRun(this.#catalog, id, this.#lock.number, now())) return;
      this.#tell(id);
      say('information', 'started');
      const program = await load();
      await program(getRun(this.#catalog, id), {
        catalog: this.#catalog,
        launch: this.#launch,
        background: this.#background,
        signal: stop.signal,
        report: (progress: Progress) => this.#events.progressed(id, progress),
        log: say,
        changed: (...parts) => this.#events.catalogChanged([...parts, 'runs']),
      });
      for (const line of raiseAlerts(this.#catalog, { id })) say('noted', line);
      this.#end(id, 'done', null, say);
    };
    const active: Active = {
      lane,
      stop,
      stopsAs: 'interrupted',
      finished: work()
        .catch((error: unknown) => this.#endBadly(id, error, active, say))
        .finally(() => {
          this.#active.delete(id);
          this.#startNext();
        }),
    };
    this.#active.set(id, active);
  }

  #end(id: number, state: Parameters<typeof setRunState>[2], reason: string | null, say: Say): void {
    try {
      setRunState(this.#catalog, id, state, reason, now());
    } catch (error) {
      if (!isMendable(error)) throw error;
      this.#unsaved.set(id, { ...getRun(this.#catalog, id), state, reason, process: null });
    }
    say(state === 'failed' ? 'problem' : 'information', reason === null ? state : `${state}: ${reason}`);
    this.#tell(id);
  }

  #endBadly(id: number, error: unknown, active: Active, say: Say): void {
    if (active.stop.signal.aborted || isProblem(error, 'cancelled')) {
      this.#end(id, active.stopsAs, null, say);
    } else {
      // An error that is no Problem is a mistake of the program: where it happened belongs into the log.
      if (!isProblem(error) && !isMendable(error) && error instanceof Error) say('problem', error.stack ?? '');
      this.#end(id, isMendable(error) ? 'paused' : 'failed', inWords(error), say);
    }
  }

  #tell(id: number): Run {
    const run = this.present(getRun(this.#catalog, id));
    this.#events.changed(run);
    return run;
  }
}

const laneOf = ({ parameters }: Run, { lane }: RunEntry): Lane => (parameters.cluster === 'slurm' ? 'remote' : lane);

type Say = (level: Parameters<RunLog['append']>[0], text: string) => unknown;
