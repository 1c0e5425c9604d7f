// Disturbs what computes a run on a real Slurm at random moments: kills a task, its engine, the daemon of a node, the submitting
// program; cancels a task from outside, queues it again as a preemption does, takes a node down.
// node test/cluster/slurm-kills.ts [--kills 40] [--seed 1] prints a table of what was killed; faults end it with code 1.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { textTable } from '../../src-main/cli/text-table.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { main, residua } from '../cli/residua.ts';
import { lacksSlurm, nodeNames, type RealSlurm, startSlurm } from './real-slurm.ts';

const tinyNetwork = fileURLToPath(new URL('../golden/stylegan2/tiny.pkl', import.meta.url));
const images = 60;
/** Killing stops here: what is left then must complete. */
const fewest = 12;

interface Running {
  readonly id: number;
  readonly parent: number;
  readonly words: string;
}

/** The processes of this machine. */
function processes(): readonly Running[] {
  return readdirSync('/proc').flatMap((name): Running[] => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      const parent = Number(
        readFileSync(`/proc/${name}/stat`, 'utf8')
          .replace(/^.*\) \S /s, '')
          .split(' ')[0],
      );
      return [{ id: Number(name), parent, words }];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}

export const victims = ['task', 'engine', 'node', 'submitter', 'scancel', 'requeue', 'down'] as const;
export type Victim = (typeof victims)[number];
export type Kills = Readonly<Record<Victim, number>>;

const noKills = () => Object.fromEntries(victims.map((victim) => [victim, 0])) as Record<Victim, number>;

interface Round {
  readonly folder: string;
  readonly slurm: RealSlurm;
  /** What is killed; killing stops early when little is left to compute. */
  readonly kills: number;
  readonly seed: number;
  /** Milliseconds between two kills, at least and at most. */
  readonly pause?: readonly [number, number];
}

/** Results of every image, whatever computed them. */
function resultsOf(catalogFolder: string) {
  const catalog = openCatalog(catalogFolder);
  try {
    return {
      faults: catalog.integrityFaults(),
      items: catalog.all('SELECT image, state, reason FROM run_items ORDER BY image', {}),
      scores: catalog.all('SELECT image, score, value, reason FROM scores ORDER BY image, score', {}),
      files: catalog.all('SELECT image, role FROM run_files ORDER BY image, role', {}),
    };
  } finally {
    catalog.close();
  }
}

/** How many images the run has; 0 before there is one. */
function doneIn(catalogFolder: string): number {
  try {
    const catalog = openCatalog(catalogFolder);
    try {
      return catalog.column<number>("SELECT count(*) FROM run_items WHERE state <> 'queued'", {})[0] ?? 0;
    } finally {
      catalog.close();
    }
  } catch {
    return 0;
  }
}

/** Runs the work undisturbed in one process and then disturbed on Slurm. Throws when the results differ in anything. */
export async function killRun({ folder, slurm, kills, seed, pause = [500, 3000] }: Round): Promise<Kills> {
  const counts = noKills();
  const random = randomFrom(seed).fork('slurm kills');
  const drawn = await residua([
    'phantoms',
    '--outdir',
    join(folder, 'a'),
    '--size',
    '32',
    '--normals',
    `${images}`,
    '--per-kind',
    '0',
  ]);
  if (drawn.code !== 0) throw new Error(drawn.stderr);
  const work = [
    'run',
    join(folder, 'a/images'),
    '--network',
    tinyNetwork,
    '--num-steps',
    '150',
    '--loss',
    'pixel',
    '--patch-size',
    '8',
  ];
  const undisturbed = await residua([...work, '--catalog', join(folder, 'here')]);
  if (undisturbed.code !== 0) throw new Error(undisturbed.stderr);
  const expected = resultsOf(join(folder, 'here'));
  const catalog = join(folder, 'cluster');
  const settings = ['time=0:20:00', 'pollSeconds=0.5', 'shardSeconds=1', 'attempts=20'];
  const words = [
    ...work,
    '--catalog',
    catalog,
    '--cluster',
    'slurm',
    ...settings.flatMap((each) => ['--cluster-set', each]),
  ];
  let printed = '';
  let submitter: ChildProcess;
  const start = () => {
    submitter = spawn(process.execPath, [main, ...words], { env: slurm.env, stdio: ['ignore', 'ignore', 'pipe'] });
    submitter.stderr!.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-20_000);
    });
  };
  start();
  const kill = (id: number | undefined): boolean => {
    if (id === undefined) return false;
    try {
      process.kill(id, 'SIGKILL');
      return true;
    } catch {
      return false;
    }
  };
  /** `12_3` of a task that runs. */
  const liveTask = (): string | undefined => {
    const lines = slurm.command('squeue', '-h', '-r', '-t', 'RUNNING', '-o', '%i').trim().split('\n').filter(Boolean);
    return lines[random.below(Math.max(1, lines.length))];
  };
  /** A task that was queued again waits two minutes unless somebody says otherwise. */
  const hurry = () => {
    for (const line of slurm.command('squeue', '-h', '-r', '-t', 'PENDING', '-o', '%i %r').trim().split('\n')) {
      const [task, reason] = line.split(' ');
      if (reason !== 'BeginTime') continue;
      try {
        slurm.command('scontrol', 'update', `jobid=${task}`, 'StartTime=now');
      } catch {
        // It has started meanwhile.
      }
    }
  };
  const strike: Record<Victim, () => Promise<boolean>> = {
    task: async () => {
      const tasks = processes().filter(
        ({ words }) => words.includes(` cluster task ${catalog}`) && !words.startsWith('/bin/bash'),
      );
      return kill(tasks[random.below(Math.max(1, tasks.length))]?.id);
    },
    engine: async () => {
      const all = processes();
      const tasks = new Set(all.filter(({ words }) => words.includes(` cluster task ${catalog}`)).map(({ id }) => id));
      const engines = all.filter(({ parent, words }) => tasks.has(parent) && words.includes('engine/main.ts'));
      return kill(engines[random.below(Math.max(1, engines.length))]?.id);
    },
    node: async () => {
      const name = nodeNames[random.below(nodeNames.length)]!;
      if (!kill(slurm.nodeProcess(name))) return false;
      await new Promise((resolve) => setTimeout(resolve, 500));
      slurm.startNode(name);
      return true;
    },
    submitter: async () => {
      const workbench = processes().find(
        ({ parent, words }) => parent === submitter.pid && words.includes('workbench/main.ts'),
      );
      const killed = kill(submitter.pid);
      kill(workbench?.id);
      await new Promise((resolve) => setTimeout(resolve, 300));
      start();
      return killed;
    },
    scancel: async () => {
      const task = liveTask();
      if (task === undefined) return false;
      slurm.command('scancel', task);
      return true;
    },
    requeue: async () => {
      const task = liveTask();
      if (task === undefined) return false;
      slurm.command('scontrol', 'requeue', task);
      return true;
    },
    down: async () => {
      const name = nodeNames[random.below(nodeNames.length)]!;
      slurm.command('scontrol', 'update', `nodename=${name}`, 'state=down', 'reason=test');
      await new Promise((resolve) => setTimeout(resolve, 1000));
      try {
        slurm.command('scontrol', 'update', `nodename=${name}`, 'state=resume');
      } catch {
        // Its daemon has reported for duty meanwhile, which is as good.
      }
      return true;
    },
  };
  let total = 0;
  while (total < kills && submitter!.exitCode === null && images - doneIn(catalog) > fewest) {
    await new Promise((resolve) => setTimeout(resolve, pause[0] + random.uniform() * (pause[1] - pause[0])));
    const victim = victims[random.below(victims.length)]!;
    hurry();
    if (submitter!.exitCode !== null || !(await strike[victim]())) continue;
    counts[victim]++;
    total++;
  }
  const hurrying = setInterval(hurry, 1000);
  const code = await new Promise<number | null>((resolve) => {
    if (submitter.exitCode !== null) resolve(submitter.exitCode);
    else submitter.once('close', resolve);
  });
  clearInterval(hurrying);
  if (code !== 0) throw new Error(`the run ended with code ${code}: ${printed}`);
  const found = resultsOf(catalog);
  for (const part of ['faults', 'items', 'scores', 'files'] as const) {
    if (JSON.stringify(found[part]) !== JSON.stringify(expected[part])) {
      throw new Error(`${part} differ from those of one process: ${JSON.stringify(found[part]).slice(0, 2000)}`);
    }
  }
  return counts;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { kills: { type: 'string', default: '40' }, seed: { type: 'string', default: '1' } },
  });
  if (lacksSlurm === undefined) await table(Number(values.kills), Number(values.seed));
  else console.log(`no kills: ${lacksSlurm}`);
}

async function table(wanted: number, seed: number): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'residua-slurm-'));
  const sums = noKills();
  const total = () => victims.reduce((sum, victim) => sum + sums[victim], 0);
  try {
    await using slurm = await startSlurm(join(home, 'slurm'));
    for (let round = 0; total() < wanted; round++) {
      const counts = await killRun({
        folder: join(home, `${round}`),
        slurm,
        kills: wanted - total(),
        seed: seed + round,
      });
      for (const victim of victims) sums[victim] += counts[victim];
      console.log(
        `round ${round + 1}: complete and equal after ${victims.map((victim) => `${counts[victim]} ${victim}`).join(', ')}`,
      );
    }
    console.log(
      textTable(['killed', 'times'], [...victims.map((victim) => [victim, sums[victim]] as const), ['all', total()]]),
    );
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
