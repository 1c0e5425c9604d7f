// The other side of the speed ratios: the published PyTorch code on this machine, when it is there.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Measure } from './measure.ts';

/** Where a checkout of NVlabs/stylegan2-ada-pytorch is; nothing of it is in this project. */
const variable = 'RESIDUA_STYLEGAN2_ADA';

type Task = 'projection-step' | 'training-64' | 'training-256';

/**
 * Seconds that the published code takes for a task of `published.py`, best of several; or null with a reason when the
 * checkout or Debian's python3-torch is not there.
 */
export function publishedSeconds(task: Task): number | string {
  const checkout = process.env[variable];
  if (checkout === undefined) return `set ${variable} to a checkout of stylegan2-ada-pytorch to measure both sides`;
  const script = join(import.meta.dirname, 'published.py');
  const { status, stdout, stderr } = spawnSync('/usr/bin/python3', [script, checkout, task], {
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '2' },
  });
  return status === 0
    ? Number(stdout.trim().split('\n').at(-1))
    : `published.py failed: ${stderr.trim().split('\n').at(-1)}`;
}

/** Our seconds, and the ratio to the published code's where that could be measured. */
export function compared(name: string, seconds: number, target: number, task: Task): Measure[] {
  return ratio(name, seconds, target, publishedSeconds(task));
}

/**
 * The same where both sides are quick: the best of several rounds by turns, so that what else the machine does meets both.
 */
export async function comparedByTurns(
  name: string,
  own: () => Promise<number>,
  target: number,
  task: Task,
): Promise<Measure[]> {
  let seconds = await own();
  let published = publishedSeconds(task);
  for (let round = 1; round < 3; round++) {
    seconds = Math.min(seconds, await own());
    const again = typeof published === 'string' ? published : publishedSeconds(task);
    published = typeof published === 'string' || typeof again === 'string' ? again : Math.min(published, again);
  }
  return ratio(name, seconds, target, published);
}

function ratio(name: string, seconds: number, target: number, published: number | string): Measure[] {
  const own: Measure = { name, value: seconds, unit: 's', target: null };
  if (typeof published === 'string') return [{ ...own, note: published }];
  return [
    own,
    { name: `${name}, published`, value: published, unit: 's', target: null },
    { name: `${name}, ratio`, value: seconds / published, unit: '', target },
  ];
}
