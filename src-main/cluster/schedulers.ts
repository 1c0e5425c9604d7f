// Every scheduler.
import { openLocalTasks } from './local-tasks.ts';
import type { OpenScheduler } from './scheduler.ts';
import type { SchedulerName } from './settings.ts';
import { openSlurm } from './slurm.ts';

export const openScheduler: Readonly<Record<SchedulerName, OpenScheduler>> = {
  slurm: openSlurm,
  local: openLocalTasks,
};
