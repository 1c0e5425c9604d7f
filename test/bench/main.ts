// npm run bench [name …]: runs the benchmarks of this folder, or the named ones, and prints what they measured.
import { readdirSync } from 'node:fs';
import { textTable } from '../../src-main/cli/text-table.ts';
import { inWords } from '../../src-main/platform/words.ts';
import type { Measure } from './measure.ts';

interface Benchmark {
  readonly run?: () => Promise<readonly Measure[]>;
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
  const benchmark = (await import(`./${name}.ts`)) as Benchmark;
  if (benchmark.run === undefined) continue;
  console.error(`${name} …`);
  try {
    for (const measure of await benchmark.run()) {
      rows.push([name, measure.name, measure.value, measure.unit, ...verdictOn(measure)]);
    }
  } catch (error) {
    rows.push([name, inWords(error), Number.NaN, '', '', 'failed']);
    process.exitCode = 1;
  }
}
console.log(textTable(['benchmark', 'measure', 'value', 'unit', 'target', ''], rows));

function verdictOn({ value, unit, target, note = '' }: Measure): readonly [string, string] {
  if (target === null) return ['', note];
  const rate = unit.endsWith('/s');
  const met = rate ? value >= target : value <= target;
  return [`${rate ? 'at least' : 'at most'} ${target}`, met ? 'met' : 'missed'];
}
