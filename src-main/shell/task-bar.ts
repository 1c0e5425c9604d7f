// The progress of running jobs on the window's button in the task bar (dock, launcher): hidden windows show it too.
import type { EventValue } from '../../src-preload/contract.ts';

/** What Electron's `setProgressBar` takes: -1 removes the bar, 2 is progress of unknown length. */
type Bar = number;

/**
 * Remembers how far each running job is. `told` returns what the bar shows now, or null where that is as before: the mean of the jobs whose
 * length is known.
 */
export function taskBarProgress(): {
  readonly progress: (event: EventValue<'run.progress'>) => Bar | null;
  readonly changed: (event: EventValue<'run.changed'>) => Bar | null;
} {
  const shares = new Map<number, number | undefined>();
  let shown: Bar = -1;
  const told = (): Bar | null => {
    const known = [...shares.values()].filter((share) => share !== undefined);
    const mean = known.reduce((sum, share) => sum + share, 0) / known.length;
    const bar = shares.size === 0 ? -1 : known.length === 0 ? 2 : Math.round(mean * 100) / 100;
    if (bar === shown) return null;
    shown = bar;
    return bar;
  };
  return {
    progress: ({ id, progress: { done, total } }) => {
      shares.set(id, total > 0 ? Math.min(1, done / total) : undefined);
      return told();
    },
    changed: ({ id, state }) => {
      if (state === 'running') shares.set(id, shares.get(id));
      else shares.delete(id);
      return told();
    },
  };
}
