// Where a run computes: in this process's engine, or as tasks, of this machine or of a cluster.
import { z } from 'zod';
import { schedulerName } from '../schemas/cluster.ts';
import { parameter } from './parameter.ts';

export const clusterChoice = {
  cluster: parameter({
    schema: schedulerName.nullable().default(null),
    option: '--cluster <name>',
    label: 'Compute on',
    help: 'divide the work into tasks: of a Slurm cluster, or of this machine (local)',
    choices: { null: 'this computer', slurm: 'the Slurm cluster', local: 'this computer, as separate tasks' },
    effect: 'speed',
    folded: true,
  }),
} as const;

/** Settings of cluster.json with other values for this run, as `partition=gpu`; those of lists are added. */
const clusterSettings = parameter({
  schema: z.array(z.string().max(4096)).max(100).default([]),
  option: '--cluster-set <name=value>',
  label: 'Cluster settings',
  help: 'a setting of cluster.json for this run, such as partition=gpu (repeatable)',
  effect: 'speed',
});

/** What a run keeps of where it computes. */
export const clusterParameters = { ...clusterChoice, clusterSettings } as const;
