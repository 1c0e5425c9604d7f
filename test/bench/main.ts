// npm run bench [name …]: runs the benchmarks of this folder, or the named ones, and prints what they measured.
// Each runs in a process of its own: what one leaves in memory is no part of another's peak.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { textTable } from '../../src-main/cli/text-table.ts';
import { inWords } from '../../src-main/platform/words.ts';
import type { Measure } from './measure.ts';
import { peakRate, processor } from './peak.ts';

interface Benchmark {
  readonly run?: () => Promise<readonly Measure[]>;
}

const one = process.env.RESIDUA_BENCHMARK;
if (one !== undefined) {
  const { run } = await benchmark(one);
  const answer = await run!().catch((error: unknown) => inWords(error));
  process.send!(answer, () => process.exit());
  await once(process, 'disconnect');
}

const asked = process.argv.slice(2);
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'main.ts')
  .map((file) => file.slice(0, -'.ts'.length));
const unknown = asked.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`bench: no benchmark named ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(2);
}

const rows: (string | number)[][] = [];
for (const name of asked.length > 0 ? asked : names) {
  if ((await benchmark(name)).run === undefined) continue;
  console.error(`${name} …`);
  const measured = await measuredApart(name);
  if (typeof measured === 'string') {
    rows.push([name, measured, Number.NaN, '', '', 'failed']);
    process.exitCode = 1;
  } else {
    for (const measure of measured) {
      rows.push([name, measure.name, measure.value, measure.unit, ...verdictOn(measure)]);
    }
  }
}
console.log(`${processor()}; best convolution ${(await peakRate()).toFixed(0)} GFLOP/s`);
console.log(textTable(['benchmark', 'measure', 'value', 'unit', 'target', ''], rows));

function benchmark(name: string): Promise<Benchmark> {
  return import(`./${name}.ts`);
}

/** What a benchmark measures in a process of its own, or why it failed. */
async function measuredApart(name: string): Promise<readonly Measure[] | string> {
  const child = fork(fileURLToPath(import.meta.url), {
    env: { ...process.env, RESIDUA_BENCHMARK: name },
    serialization: 'advanced',
  });
  let answer: readonly Measure[] | string | undefined;
  child.once('message', (message) => {
    answer = message as readonly Measure[] | string;
  });
  const [code, signal] = await once(child, 'exit');
  return answer ?? `the benchmark ended with ${signal ?? `code ${code}`}`;
}

function verdictOn({ value, unit, target, note = '' }: Measure): readonly [string, string] {
  if (target === null) return ['', note];
  const rate = unit.endsWith('/s');
  const met = rate ? value >= target : value <= target;
  return [`${rate ? 'at least' : 'at most'} ${target}`, `${met ? 'met' : 'missed'}${note === '' ? '' : `, ${note}`}`];
}
