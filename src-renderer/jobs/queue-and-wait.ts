// Queues a run and waits for its end, for work of several steps.

import type { Host } from '../../src-preload/host.ts';
import type { Run } from '../../src-preload/schemas/run.ts';
import type { JobRequest } from './dialogs/job-request.ts';

/** Resolves with the run when it is done; rejects with the reason when it ends otherwise. */
export async function queueAndWait(host: Host, request: JobRequest): Promise<Run> {
  const ended = Promise.withResolvers<Run>();
  let id: number | undefined;
  const heard: Run[] = [];
  const consider = (run: Run) => {
    if (id === undefined) heard.push(run);
    if (run.id !== id || run.state === 'queued' || run.state === 'running') return;
    if (run.state === 'done') ended.resolve(run);
    else ended.reject(new Error(`${run.title}: ${run.reason ?? run.state}`));
  };
  const stop = host.on('run.changed', consider);
  try {
    const queued = await host.call('runs.queue', request);
    id = queued.id;
    for (const run of [...heard, queued]) consider(run);
    return await ended.promise;
  } finally {
    stop();
  }
}
