// Tables `runs` and `run_items`: each job with its full provenance, its state, and what it still has to do.
import { Problem } from '../../platform/errors.ts';
import type { Catalog, Values } from '../catalog.ts';
import { type ImageResult, writeResult } from './scores.ts';

/** `interrupted`: its process died; it continues where it was. */
export type RunState = 'queued' | 'running' | 'paused' | 'interrupted' | 'done' | 'failed' | 'cancelled';

export type PlainObject = Readonly<Record<string, unknown>>;

/** A run to be. `provenance`: seeds, device, versions and hashes. `images`: what it has to do, one by one. */
export interface NewRun {
  readonly kind: string;
  readonly title: string;
  readonly parameters: PlainObject;
  readonly provenance: PlainObject;
  readonly model?: number | undefined;
  readonly recipe?: PlainObject | undefined;
  readonly images?: ArrayLike<number> | undefined;
  readonly at: string;
}

/** A run as stored. `done`, `skipped` and `total` count what the catalog has acknowledged. Times are UTC. */
export interface Run {
  readonly id: number;
  readonly kind: string;
  readonly title: string;
  readonly parameters: PlainObject;
  readonly provenance: PlainObject;
  readonly model: number | null;
  readonly recipe: PlainObject | null;
  readonly state: RunState;
  readonly reason: string | null;
  /** Number of the lock of the process that runs it. */
  readonly process: number | null;
  readonly stage: string;
  readonly done: number;
  readonly skipped: number;
  readonly total: number;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

type RunColumns = Omit<Run, 'parameters' | 'provenance' | 'recipe'> & {
  readonly parameters: string;
  readonly provenance: string;
  readonly recipe: string | null;
};

const columns = `id, kind, title, parameters, provenance, model, recipe, state, reason, process, stage, done, skipped, total,
  created_at AS createdAt, started_at AS startedAt, ended_at AS endedAt`;

/** Adds a queued run with its items. */
export function createRun(catalog: Catalog, run: NewRun): number {
  return catalog.transaction(() => {
    const { id } = catalog.run(
      `INSERT INTO runs (kind, title, parameters, provenance, model, recipe, state, created_at)
       VALUES (@kind, @title, @parameters, @provenance, @model, @recipe, 'queued', @at)`,
      {
        kind: run.kind,
        title: run.title,
        parameters: JSON.stringify(run.parameters),
        provenance: JSON.stringify(run.provenance),
        model: run.model ?? null,
        recipe: run.recipe === undefined ? null : JSON.stringify(run.recipe),
        at: run.at,
      },
    );
    if (run.images !== undefined) addRunItems(catalog, id, run.images);
    return id;
  });
}

/** Gives a run more images to do; those that it has already are left as they are. */
export function addRunItems(catalog: Catalog, run: number, images: ArrayLike<number>): void {
  catalog.transaction(() => {
    const { changes } = catalog.run(
      `INSERT INTO run_items (run, image) SELECT @run, value FROM json_each(@images) WHERE true ON CONFLICT DO NOTHING`,
      { run, images: JSON.stringify(Array.from(images)) },
    );
    catalog.run('UPDATE runs SET total = total + @changes WHERE id = @run', { run, changes });
  });
}

/** Replaces the parameters of a run that is resumed with another device or batch size. */
export function setRunParameters(catalog: Catalog, id: number, parameters: PlainObject): void {
  catalog.run('UPDATE runs SET parameters = @parameters WHERE id = @id', {
    id,
    parameters: JSON.stringify(parameters),
  });
}

/** Throws `missing`. */
export function getRun(catalog: Catalog, id: number): Run {
  const [run] = selectRuns(catalog, 'WHERE id = @id', { id });
  if (run === undefined) throw new Problem('missing', { what: 'run', name: String(id) });
  return run;
}

/** All runs, newest first. */
export function listRuns(catalog: Catalog): readonly Run[] {
  return selectRuns(catalog, 'ORDER BY id DESC', {});
}

function selectRuns(catalog: Catalog, tail: string, values: Values): readonly Run[] {
  return catalog.all<RunColumns>(`SELECT ${columns} FROM runs ${tail}`, values).map((row) => ({
    ...row,
    parameters: JSON.parse(row.parameters) as PlainObject,
    provenance: JSON.parse(row.provenance) as PlainObject,
    recipe: row.recipe === null ? null : (JSON.parse(row.recipe) as PlainObject),
  }));
}

/** Makes a run this process's own. False when it is running already, is done, or another process was faster. */
export function claimRun(catalog: Catalog, id: number, process: number, at: string): boolean {
  const { changes } = catalog.run(
    `UPDATE runs SET state = 'running', reason = NULL, process = @process, started_at = coalesce(started_at, @at),
       ended_at = NULL
     WHERE id = @id AND state NOT IN ('running', 'done')`,
    { id, process, at },
  );
  return changes > 0;
}

/** Ends or pauses a run, with the reason in words where it did not simply finish. */
export function setRunState(
  catalog: Catalog,
  id: number,
  state: Exclude<RunState, 'running'>,
  reason: string | null,
  at: string,
): void {
  catalog.run(
    `UPDATE runs SET state = @state, reason = @reason, process = NULL,
       ended_at = CASE WHEN @state IN ('done', 'failed', 'cancelled') THEN @at END
     WHERE id = @id`,
    { id, state, reason, at },
  );
}

/** Notes where a run without items is (training, import). */
export function setRunProgress(
  catalog: Catalog,
  id: number,
  progress: { readonly stage: string; readonly done: number; readonly skipped: number; readonly total: number },
): void {
  catalog.run('UPDATE runs SET stage = @stage, done = @done, skipped = @skipped, total = @total WHERE id = @id', {
    ...progress,
    id,
  });
}

/** Adds to what is known about how a run was made (the device it got, throughput, hashes). */
export function extendProvenance(catalog: Catalog, id: number, more: PlainObject): void {
  catalog.run('UPDATE runs SET provenance = json_patch(provenance, @more) WHERE id = @id', {
    id,
    more: JSON.stringify(more),
  });
}

/** Marks the runs whose process is gone as interrupted; their ids. To be called when a workbench starts. */
export function interruptDeadRuns(catalog: Catalog, isAlive: (process: number) => boolean): readonly number[] {
  return catalog.transaction(() =>
    catalog
      .all<{ id: number; process: number }>(`SELECT id, process FROM runs WHERE state = 'running'`)
      .filter(({ process }) => !isAlive(process))
      .map(({ id }) => {
        const reason = 'its process ended while it was running';
        catalog.run(
          `UPDATE runs SET state = 'interrupted', reason = @reason, process = NULL WHERE id = @id AND state = 'running'`,
          { id, reason },
        );
        return id;
      }),
  );
}

/** The next images that a run has to do, in the order of their ids. */
export function nextItems(catalog: Catalog, run: number, limit: number): readonly number[] {
  return catalog.column<number>(
    `SELECT image FROM run_items WHERE run = @run AND state = 'queued' ORDER BY image LIMIT @limit`,
    { run, limit },
  );
}

/**
 * Stores what became of some images of a run, all or nothing: scores, patches, files, and that they are done (or
 * skipped, with the reason). Told twice about the same image, the catalog keeps the second and counts it once.
 */
export function recordResults(catalog: Catalog, run: number, results: readonly ImageResult[]): void {
  catalog.transaction(() => {
    const changes = { queued: 0, done: 0, skipped: 0 };
    for (const result of results) {
      const state = result.skipped === undefined ? 'done' : 'skipped';
      const before = catalog.get<{ state: keyof typeof changes }>(
        'SELECT state FROM run_items WHERE run = @run AND image = @image',
        { run, image: result.image },
      );
      if (before === undefined) {
        throw new Problem('missing', { what: `image of run ${run}`, name: String(result.image) });
      }
      catalog.run('UPDATE run_items SET state = @state, reason = @reason WHERE run = @run AND image = @image', {
        run,
        image: result.image,
        state,
        reason: result.skipped ?? null,
      });
      changes[before.state]--;
      changes[state]++;
      writeResult(catalog, run, result);
    }
    const { done, skipped } = changes;
    catalog.run('UPDATE runs SET done = done + @done, skipped = skipped + @skipped WHERE id = @run', {
      run,
      done,
      skipped,
    });
  });
}

/** What a run skipped, and why. */
export function skippedItems(catalog: Catalog, run: number): readonly { image: number; reason: string }[] {
  return catalog.all(`SELECT image, reason FROM run_items WHERE run = @run AND state = 'skipped' ORDER BY image`, {
    run,
  });
}

/** All images of a run, in the order of their ids. */
export function runItems(catalog: Catalog, run: number): readonly number[] {
  return catalog.column<number>('SELECT image FROM run_items WHERE run = @run ORDER BY image', { run });
}

/** The images that a run has done, in the order of their ids. */
export function doneItems(catalog: Catalog, run: number): readonly number[] {
  return catalog.column<number>(`SELECT image FROM run_items WHERE run = @run AND state = 'done' ORDER BY image`, {
    run,
  });
}
