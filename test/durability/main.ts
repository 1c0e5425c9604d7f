// npm run test:durability [-- --kills 100 | --minutes 2] [--seed 1] [--only NAME]: kills every kind of job at random moments.
// After each kill: what lies on the disk is whole, nothing that was told is lost; and the same command completes the work exactly once.
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { textTable } from '../../src-main/cli/text-table.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { runAndKill, type Victim } from './killing.ts';
import { type Scenario, scenarios, type Work } from './scenarios.ts';
import { brokenFiles, leftovers } from './whole.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    minutes: { type: 'string' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', multiple: true, default: Object.keys(scenarios) },
  },
});
const until =
  values.minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + Number(values.minutes) * 6e4;
const wanted = values.minutes === undefined ? Number(values.kills) : Number.POSITIVE_INFINITY;
/** So often is one piece of work killed at most before it may complete. */
const killsInARow = 5;

interface Prepared {
  readonly scenario: Scenario;
  readonly base: string;
  /** How the work ends, and how long it takes, when nobody disturbs it. */
  readonly reference: Work;
  readonly milliseconds: number;
}

const home = await mkdtemp(join(tmpdir(), 'residua-durability-'));
let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    stopped = true;
  });
}
const random = randomFrom(Number(values.seed)).fork('durability');
const counts = new Map(values.only.map((name) => [name, { rounds: 0, kills: 0, amidst: 0, faults: 0 }]));
const faults: string[] = [];

async function prepare(name: string): Promise<Prepared> {
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`no job is called ${name}`);
  const base = join(home, name.replaceAll(' ', '-'));
  await scenario.prepare(base);
  const round = await newRound(base, 'reference');
  const { code, stderr, milliseconds } = await runAndKill(scenario.words(base, round));
  if (code !== 0) throw new Error(`${name}: ${stderr}`);
  return { scenario, base, reference: await scenario.work(round), milliseconds };
}

/** A copy of what the job starts from. */
async function newRound(base: string, name: string): Promise<string> {
  const round = join(base, name);
  await cp(join(base, 'round'), round, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  return round;
}

/** Kills one piece of work a few times, then lets it complete. */
async function disturb(name: string, { scenario, base, reference, milliseconds }: Prepared): Promise<void> {
  const count = counts.get(name)!;
  const round = await newRound(base, `round-${count.rounds++}`);
  const blame = (kill: string, found: readonly string[]) => {
    count.faults += found.length;
    for (const fault of found) {
      faults.push(`${name}, ${kill}: ${fault}`);
      console.log(faults.at(-1));
    }
  };
  let before: Work = new Map();
  for (let kill = 1; kill <= killsInARow; kill++) {
    const after = Math.round(milliseconds * (0.2 + 0.85 * random.uniform()));
    const victim: Victim = random.uniform() < 0.75 ? 'group' : 'face';
    const ending = await runAndKill(scenario.words(base, round), after, victim);
    if (!ending.killed) {
      before = await scenario.work(round);
      break;
    }
    const title = `round ${count.rounds}, kill ${kill} (${victim}, after ${after} ms)`;
    count.kills++;
    process.stderr.write(`${kills()}: ${name}, ${title}\n`);
    blame(title, await brokenFiles(round));
    const work = await scenario.work(round).catch((error: unknown) => error as Error);
    if (work instanceof Error) return blame(title, [inWords(work)]);
    blame(title, [...lost(before, work), ...scenario.lies(ending.stdout, work)]);
    if (work.size > 0 && work.size < reference.size) count.amidst++;
    before = work;
  }
  const { code, stdout, stderr } = await runAndKill(scenario.words(base, round));
  const complete = before.size === reference.size;
  // An export that is there already is not made again, and says so.
  if (code !== 0 && !(complete && name.startsWith('export'))) return blame('completing', [stderr.trim()]);
  const work = await scenario.work(round);
  blame('completing', [
    ...lost(reference, work),
    ...[...work.keys()].filter((key) => !reference.has(key)).map((key) => `${key} is too much`),
    ...(scenario.repeats?.(stdout, before) ?? []),
    ...(await brokenFiles(round)),
    ...(await leftovers(round)),
  ]);
  if (count.faults === 0) await rm(round, { recursive: true });
}

function lost(before: Work, now: Work): readonly string[] {
  return [...before].flatMap(([key, digest]) => {
    if (!now.has(key)) return [`${key} was lost`];
    return now.get(key) === digest ? [] : [`${key} is not what it was`];
  });
}

const prepared = new Map<string, Prepared>();
const kills = () => [...counts.values()].reduce((sum, { kills }) => sum + kills, 0);
const over = () => stopped || kills() >= wanted || performance.now() >= until;
while (!over()) {
  for (const name of counts.keys()) {
    if (over()) break;
    if (!prepared.has(name)) prepared.set(name, await prepare(name));
    await disturb(name, prepared.get(name)!);
  }
}
const rows = [...counts].map(([name, { rounds, kills, amidst, faults }]) => {
  return [name, rounds, kills, amidst, Math.round(prepared.get(name)?.milliseconds ?? 0), faults];
});
console.log(textTable(['job', 'rounds', 'kills', 'amidst the work', 'undisturbed ms', 'faults'], rows));
console.log(`${kills()} kills, ${faults.length} faults`);
if (faults.length === 0) await rm(home, { recursive: true });
else console.log(`left for inspection: ${home}`);
process.exitCode = faults.length === 0 ? 0 : 1;
