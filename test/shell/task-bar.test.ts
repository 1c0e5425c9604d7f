// The progress of running jobs in the task bar.
import { describe, expect, it } from 'vitest';
import { taskBarProgress } from '../../src-main/shell/task-bar.ts';
import type { EventValue } from '../../src-preload/contract.ts';

const progress = (id: number, done: number, total: number) => ({ id, progress: { stage: 'scoring', done, total } });
const changed = (id: number, state: string) => ({ id, state }) as EventValue<'run.changed'>;

describe('the task bar', () => {
  it('shows the mean of the running jobs, unknown lengths as such, and nothing once all have ended', () => {
    const bar = taskBarProgress();
    expect(bar.changed(changed(1, 'running'))).toBe(2);
    expect(bar.progress(progress(1, 25, 100))).toBe(0.25);
    expect(bar.progress(progress(1, 25, 100))).toBe(null);
    expect(bar.progress(progress(2, 75, 100))).toBe(0.5);
    expect(bar.changed(changed(1, 'done'))).toBe(0.75);
    expect(bar.changed(changed(3, 'running'))).toBe(null);
    expect(bar.changed(changed(2, 'failed'))).toBe(2);
    expect(bar.changed(changed(3, 'cancelled'))).toBe(-1);
    expect(bar.changed(changed(3, 'cancelled'))).toBe(null);
  });
});
