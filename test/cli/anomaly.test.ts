// `anomaly` as a person gets it: a localiser, a run without a StyleGAN2 network, and the reasons.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { residua, temporaryFolder, writeGrey } from './residua.ts';

const side = 32;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (...parts: string[]) => join(folder.path, ...parts);
const catalog = () => ['--catalog', at('catalog')];
const localiser = () => at('runs', '00000-normals-localiser32', 'localiser.safetensors');

/** A bright disc on a dark ground with some noise, a little different each time. */
function normal(index: number): (x: number, y: number) => number {
  const random = randomFrom('anomaly images').fork(index);
  const [x0, y0, level] = [15 + 2 * random.uniform(), 15 + 2 * random.uniform(), 100 + 60 * random.uniform()];
  const ground = 20 + 40 * random.uniform();
  const noise = Array.from({ length: side * side }, () => 8 * random.uniform());
  return (x, y) => (Math.hypot(x - x0, y - y0) < 11 ? level : ground) + noise[y * side + x]!;
}

/** The same with a grey square at the lower left, where it is dark. */
const spotted = (index: number) => (x: number, y: number) =>
  x > 2 && x < 9 && y > 22 && y < 29 ? 110 : normal(index)(x, y);

/** The mean of the neighbours: no noise is left. */
const blurred = (index: number) => (x: number, y: number) => {
  const image = normal(index);
  let sum = 0;
  for (let dy = -2; dy <= 2; dy++) {
    for (let dx = -2; dx <= 2; dx++) sum += image(within(x + dx), within(y + dy));
  }
  return sum / 25;
};
const within = (place: number) => Math.min(side - 1, Math.max(0, place));

beforeAll(async () => {
  folder = await temporaryFolder();
  for (let index = 0; index < 150; index++) await writeGrey(at('normals', `${index}.png`), side, side, normal(index));
  for (let index = 0; index < 14; index++) {
    await writeGrey(at('archive', 'usual', `u${index}.png`), side, side, normal(1000 + index));
    await writeGrey(at('archive', 'spotted', `s${index}.png`), side, side, spotted(2000 + index));
  }
  for (let index = 0; index < 4; index++) {
    await writeGrey(at('archive', 'blurred', `b${index}.png`), side, side, blurred(3000 + index));
  }
  const words = ['--width', '8', '--kimg', '6', '--learning-rate', '0.003', '--threads', '1', '--workers', '1'];
  const trained = await residua(['train-localiser', '--data', at('normals'), '--outdir', at('runs'), ...words]);
  expect(trained.stderr.split('\n').slice(-3).join('\n')).not.toContain('residua:');
  expect(trained.code).toBe(0);
}, 300_000);
afterAll(() => folder[Symbol.asyncDispose]());

describe('residua run --localiser', { timeout: 180_000 }, () => {
  it('ranks by anomaly and says why, without a StyleGAN2 network', async () => {
    const words = [at('archive'), '--normals', at('normals'), '--localiser', localiser(), '--top', '40'];
    const { code, stdout, stderr } = await residua(['run', ...words, ...catalog()]);
    expect({ code, stderr: stderr.split('\n').filter((line) => line.startsWith('residua:')) }).toEqual({
      code: 0,
      stderr: [],
    });
    expect(stdout).toMatch(/rank\s+anomaly\s+why/);
    const rows = stdout.split('\n').filter((line) => /^\s+\d+\s/.test(line));
    expect(rows).toHaveLength(32);
    const first = rows.slice(0, 18);
    expect(first.filter((row) => row.includes('spotted/')).length).toBeGreaterThanOrEqual(11);
    expect(first.filter((row) => row.includes('blurred/'))).toHaveLength(4);
    for (const row of rows.filter((row) => row.includes('blurred/'))) expect(row).toMatch(/blurred|smoothed/);
    expect(
      rows.filter((row) => row.includes('usual/') && row.includes('nothing unusual')).length,
    ).toBeGreaterThanOrEqual(9);
  });

  it('says where something is, by the localiser alone', async () => {
    const words = [at('archive'), '--normals', at('normals'), '--localiser', localiser(), '--scores', 'localiser'];
    const { stdout } = await residua(['run', ...words, '--top', '40', '--catalog', at('places')]);
    const rows = stdout.split('\n').filter((line) => line.includes('spotted/'));
    expect(rows.filter((row) => row.includes('something at the lower left')).length).toBeGreaterThanOrEqual(10);
  });

  it('writes the reason into the ranking as CSV', async () => {
    await residua(['rank', '--csv', at('ranking.csv'), ...catalog()]);
    const [header, ...lines] = (await readFile(at('ranking.csv'), 'utf8')).trim().split('\n');
    expect(header!.split(',').at(-1)!.trim()).toBe('why');
    expect(lines[0]).toMatch(/something at the|blurred|smoothed|unlike/);
  });

  it('evaluates every family, and no other network is needed', async () => {
    const { stdout } = await residua(['evaluate', '--baseline', 'usual', '--csv', at('figures.csv'), ...catalog()]);
    expect(stdout).toContain('anomaly');
    expect(stdout).toContain('localiser peak');
    const figures = await readFile(at('figures.csv'), 'utf8');
    const row = figures.split('\n').find((line) => line.includes('spotted') && /(^|,)anomaly(,|$)/.test(line))!;
    expect(
      Math.max(
        ...row
          .split(',')
          .map(Number)
          .filter((value) => value <= 1),
      ),
    ).toBeGreaterThan(0.9);
  });

  it('refuses a file that is no localiser, and a localiser where a network is asked for', async () => {
    const words = ['run', at('archive'), '--normals', at('normals'), ...catalog()];
    const asNetwork = await residua([...words, '--network', localiser()]);
    expect(asNetwork.code).toBe(1);
    expect(asNetwork.stderr).toContain('has no generator: it is a localiser, which --localiser takes');
    const network = new URL('../golden/stylegan2/tiny.pkl', import.meta.url).pathname;
    const asLocaliser = await residua([...words, '--localiser', network]);
    expect(asLocaliser.stderr).toContain('is no localiser: it is a StyleGAN2 network, which --network takes');
    const elsewhere = at('no catalog');
    const named = await residua([...words.slice(0, -1), elsewhere, '--scores', 'localiser']);
    expect({ code: named.code, made: existsSync(elsewhere) }).toEqual({ code: 2, made: false });
    const absent = await residua(['import', at('nowhere'), '--catalog', elsewhere]);
    expect({ code: absent.code, made: existsSync(elsewhere) }).toEqual({ code: 1, made: false });
    expect(named.stderr).toContain('need --localiser');
  });
});
