// Commands over plain folders that may run as one job of a cluster instead: the same words, without those about the cluster.
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { type CommandJob, followCommand, submitCommand } from '../cluster/command-job.ts';
import { readClusterSettings } from '../cluster/settings.ts';
import { Problem } from '../platform/errors.ts';
import { type AnyCommand, type CommandDefinition, defineCommand, flag, type Options, option } from './command.ts';
import type { Context } from './context.ts';
import { clusterOf, clusterOptions } from './shared-options.ts';

const jobNumber = z.string().regex(/^[1-9]\d*$/, 'expected the number of a job');

const own = {
  ...clusterOptions,
  detach: option('--detach [flag]', 'with --cluster slurm: end once the job is queued', flag),
  after: option('--after <job>', 'with --cluster slurm: start when this job has ended well', jobNumber.optional()),
} as const;

/** As `defineCommand`; with `--cluster slurm` the command is queued instead of run, and followed unless it is left alone. */
export function defineClusterCommand<A extends Options, O extends Options>(
  definition: CommandDefinition<A, O>,
): AnyCommand {
  return defineCommand({
    ...definition,
    options: { ...definition.options, ...own },
    async run(values, context, called) {
      // A run of the catalog knows by itself where it computes.
      const isOfCatalog = 'cohort' in values && values.cohort !== undefined;
      if (values.cluster !== 'slurm' || isOfCatalog) {
        if (values.detach) throw new Problem('usage', { message: '--detach needs --cluster slurm, and no --cohort' });
        return definition.run(withoutOwn(values), context, { ...called, where: clusterOf(values) });
      }
      const settings = await readClusterSettings(
        join(context.catalogFolder, 'cluster.json'),
        clusterOf(values).clusterSettings,
      );
      const job = await submitCommand({
        name: called.name,
        words: withoutClusterWords(called.words),
        workingFolder: process.cwd(),
        folder: settings.exchange ?? resolve('residua-jobs'),
        settings,
        after: values.after === undefined ? [] : [values.after],
      });
      if (values.detach) return context.print(job.job);
      context.remark(`job ${job.job}; its log is ${job.log}`);
      return follow(job, settings, context);
    },
  });
}

/** The values that the command itself has declared. */
function withoutOwn<V extends Readonly<Record<keyof typeof own, unknown>>>(values: V): V {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !(name in own))) as V;
}

const follow = (job: CommandJob, settings: Parameters<typeof followCommand>[1], context: Context): Promise<void> =>
  followCommand(job, settings, (line) => context.remark(line), context);

const withValue = ['--cluster', '--cluster-set', '--sbatch', '--after'] as const;

/** The words of a command without those about where it runs. */
export function withoutClusterWords(words: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if ((withValue as readonly string[]).includes(word)) index++;
    else if (![...withValue, '--detach'].some((name) => word === name || word.startsWith(`${name}=`))) kept.push(word);
  }
  return kept;
}

/** What the words of a command say about where it runs. */
export function clusterWords(words: readonly string[]): {
  readonly scheduler: string | undefined;
  readonly overrides: readonly string[];
} {
  const valuesOf = (name: string) =>
    words.flatMap((word, index) =>
      word === name ? (words[index + 1] ?? []) : word.startsWith(`${name}=`) ? word.slice(name.length + 1) : [],
    );
  const options = valuesOf('--sbatch').map((word) => `sbatch=${word}`);
  return { scheduler: valuesOf('--cluster').at(-1), overrides: [...valuesOf('--cluster-set'), ...options] };
}
