// What a kind of run does once its turn has come, and what it is given to do it with.
import type { CatalogPart } from '../../src-preload/contract/method.ts';
import type { LogLine } from '../../src-preload/schemas/run.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Run } from '../catalog/tables/runs.ts';
import type { JobControl } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';

/** `signal` ends the run between two steps; its reason is `paused`, `cancelled` or `interrupted`: the program ends. */
export interface RunTools extends JobControl {
  readonly catalog: Catalog;
  readonly launch: Launcher;
  /** A window shows the catalog meanwhile: work that nobody waits for gives way to it. */
  readonly background: boolean;
  readonly log: (level: LogLine['level'], text: string) => void;
  /** Tells faces that these parts of the catalog are different now. */
  readonly changed: (...parts: readonly CatalogPart[]) => void;
}

/** Resolves when all is done. What it has told the catalog by then stays, whatever happens. */
export type RunProgram = (run: Run, tools: RunTools) => Promise<void>;

/**
 * One at a time of each lane: engines share the machine's cores, an import need not wait for a training. Runs that others compute are
 * `remote`: any number at once.
 */
export type Lane = 'heavy' | 'light' | 'remote';
