// residua cluster: runs that are computed by tasks of a cluster or of this machine; and the tasks themselves.
import { z } from 'zod';
import { runTask } from '../../cluster/run-task.ts';
import { nodeLauncher } from '../../engine/start-engine.ts';
import { Problem } from '../../platform/errors.ts';
import { defineCommand, flag, number, option, text, whole } from '../command.ts';

export const cluster = defineCommand({
  details: `Example: residua run archive --normals normals --cluster slurm, then residua cluster status
docs/cluster.md says how a cluster is set up. The action task is what a node runs: nobody calls it by hand.`,
  arguments: {
    action: option('<action>', 'what to do', z.enum(['task'])),
    exchange: option('[exchange]', 'task: the exchange folder of the run', text.optional()),
  },
  options: {
    submission: option('--submission <number>', 'task: the submission that it is of', whole.default(0)),
    index: option('--index <number>', 'task: its place in the submission', whole.default(0)),
    shardSeconds: option(
      '--shard-seconds <number>',
      'task: results are written at least so often',
      number.default(600),
    ),
    withParent: option('--with-parent [flag]', 'task: stop when standard input ends', flag),
  },
  async run({ exchange, withParent, ...values }, context) {
    if (exchange === undefined) throw new Problem('usage', { message: 'task needs its exchange folder' });
    const control = { signal: stopSignal(withParent), report: () => {} };
    // A standard input that is listened to keeps this process alive.
    const state = await runTask({ exchange, ...values }, nodeLauncher, control).finally(() => process.stdin.destroy());
    context.print(`share ${state}`);
  },
});

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
