// A real Slurm of two nodes on this machine, for tests: Debian's slurm-wlm and munge, on the loopback, without accounting.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive } from '../../src-main/platform/atomic-file.ts';

const programs = ['slurmctld', 'slurmd', 'sbatch', 'munged', 'munge'];

/** Why a real Slurm cannot be started here; undefined where it can. */
export const lacksSlurm: string | undefined = (() => {
  if (process.platform !== 'linux') return 'Slurm runs on Linux';
  if (process.getuid?.() !== 0) return 'Slurm for tests is started as root';
  const missing = programs.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
  return missing.length === 0 ? undefined : `Debian's slurm-wlm and munge are not installed (${missing.join(', ')})`;
})();

/** A free port of this machine, as far as one can know. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}

const run = (program: string, words: readonly string[], env: NodeJS.ProcessEnv) =>
  execFileSync(program, words, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

export interface RealSlurm extends AsyncDisposable {
  /** For programs that speak with it. */
  readonly env: NodeJS.ProcessEnv;
  readonly command: (program: string, ...words: string[]) => string;
  /** Starts the daemon of a node again. */
  readonly startNode: (name: string) => void;
  /** The process of a node's daemon; undefined while it does not run. */
  readonly nodeProcess: (name: string) => number | undefined;
}

export const nodeNames = ['n1', 'n2'] as const;

/** Starts it below `folder` and waits until both nodes are idle. */
export async function startSlurm(folder: string): Promise<RealSlurm> {
  const conf = join(folder, 'slurm.conf');
  for (const name of ['state', 'log']) mkdirSync(join(folder, name), { recursive: true });
  const [control, ...ports] = await Promise.all([freePort(), freePort(), freePort()]);
  const nodes = nodeNames.map(
    (name, index) =>
      `NodeName=${name} NodeHostname=${hostname().split('.')[0]} NodeAddr=127.0.0.1 Port=${ports[index]} CPUs=1 RealMemory=4000`,
  );
  writeFileSync(
    conf,
    `ClusterName=test
SlurmctldHost=localhost
AuthType=auth/munge
CryptoType=crypto/munge
ProctrackType=proctrack/pgid
TaskPlugin=task/none
ReturnToService=2
SlurmUser=root
SlurmdUser=root
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool-%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd-%n.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdLogFile=${folder}/log/slurmd-%n.log
SlurmctldPort=${control}
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
KillWait=5
MinJobAge=300
SlurmctldTimeout=30
SlurmdTimeout=10
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
${nodes.join('\n')}
PartitionName=main Nodes=ALL Default=YES MaxTime=1:00:00 State=UP PriorityTier=1
PartitionName=high Nodes=ALL MaxTime=1:00:00 State=UP PriorityTier=10
`,
  );
  const env = { ...process.env, SLURM_CONF: conf };
  if (spawnSync('munge', ['-n']).status !== 0) {
    execFileSync('sh', ['-c', 'mkdir -p /run/munge && chown munge:munge /run/munge']);
    execFileSync('su', ['-s', '/bin/sh', 'munge', '-c', '/usr/sbin/munged --pid-file=/run/munge/munged.pid']);
  }
  const pid = (name: string): number | undefined => {
    const file = join(folder, `${name}.pid`);
    return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
  };
  const startNode = (name: string) => void run('slurmd', ['-N', name], env);
  run('slurmctld', ['-c'], env);
  for (const name of nodeNames) startNode(name);
  const slurm: RealSlurm = {
    env,
    command: (program, ...words) => run(program, words, env),
    startNode,
    nodeProcess: (name) => pid(`slurmd-${name}`),
    [Symbol.asyncDispose]: async () => {
      const daemons = [...nodeNames.map((node) => `slurmd-${node}`), 'slurmctld'].flatMap((name) => pid(name) ?? []);
      for (const daemon of daemons) if (isAlive(daemon)) process.kill(daemon);
      // The controller writes its state at the end.
      for (let wait = 0; wait < 100 && daemons.some(isAlive); wait++) await pause(100);
    },
  };
  for (let wait = 0; wait < 60; wait++) {
    const states = spawnSync('sinfo', ['-h', '-N', '-o', '%T'], { env, encoding: 'utf8' }).stdout.trim();
    if (states !== '' && states.split('\n').every((state) => state === 'idle')) return slurm;
    await pause(500);
  }
  await slurm[Symbol.asyncDispose]();
  throw new Error('Slurm for tests did not start');
}
