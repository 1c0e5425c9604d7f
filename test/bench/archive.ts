// Benchmark: one-pass scores of a whole archive: images a second, and the memory of every process at 1,000 and 10,000 images.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unpackValues } from '../../native/graph/packing.ts';
import { writeCheckpoint } from '../../native/weights/checkpoint.ts';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { localiserVariables, parameterLayout, startValues } from '../../src-main/training/localiser/programs.ts';
import type { Measure } from './measure.ts';

const side = 128;
const normals = 400;
const sizes = [1000, Number(process.env.RESIDUA_BENCH_IMAGES ?? 10_000)] as const;
/** The archive that is extrapolated to: ChestX-ray14. */
const whole = 112_120;
const main = fileURLToPath(new URL('../../src-main/cli/main.ts', import.meta.url));

/** What a command took. */
interface Spent {
  readonly seconds: number;
  /** MiB */
  readonly memory: number;
}

/** Cost of an image: the difference of both runs, so that starting and learning the normals are no part of it. */
export async function run(): Promise<Measure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'residua-archive-'));
  try {
    const most = Math.max(...sizes);
    await writeImages(join(folder, 'normals'), normals, 0);
    await writeImages(join(folder, 'other-normals'), normals, normals + most);
    const localiser = join(folder, 'localiser.safetensors');
    await writeLocaliser(localiser);
    const found: { readonly first: Spent; readonly second: Spent; readonly bytes: number }[] = [];
    for (const size of sizes) {
      const images = join(folder, `archive-${size}`);
      await writeImages(images, size, normals);
      const catalog = join(folder, `catalog-${size}`);
      for (const [source, cohort] of [
        [images, 'archive'],
        [join(folder, 'normals'), 'normals'],
        [join(folder, 'other-normals'), 'other normals'],
      ] as const)
        await command(['import', source, '--cohort', cohort, '--catalog', catalog]);
      const against = (cohort: string) => {
        const compared = ['--normals', cohort, '--localiser', localiser];
        return command(['run', images, '--cohort', 'archive', ...compared, '--catalog', catalog]);
      };
      const first = await against('normals');
      found.push({ first, bytes: bytesIn(join(catalog, 'features')), second: await against('other normals') });
    }
    const [small, large] = found as [(typeof found)[number], (typeof found)[number]];
    const difference = (of: (each: typeof small) => number) => (of(large) - of(small)) / (sizes[1] - sizes[0]);
    const perImage = difference(({ first }) => first.seconds);
    const again = difference(({ second }) => second.seconds);
    const kept = difference(({ bytes }) => bytes);
    return [
      { name: 'all one-pass families, 128x128', value: perImage * 1000, unit: 'ms/image', target: 50 },
      { name: 'against a second cohort of normals', value: again * 1000, unit: 'ms/image', target: null },
      { name: 'against a second cohort of normals', value: 1 / again, unit: 'images/s', target: null },
      {
        name: `extrapolated to ${whole.toLocaleString('en')} images`,
        value: (perImage * whole) / 3600,
        unit: 'h',
        target: 2,
      },
      { name: 'features kept', value: kept / 1024, unit: 'KiB/image', target: null },
      {
        name: `features kept of ${whole.toLocaleString('en')} images`,
        value: (kept * whole) / 1e9,
        unit: 'GB',
        target: 8,
      },
      { name: `memory of all processes, ${sizes[0]} images`, value: small.first.memory, unit: 'MiB', target: null },
      { name: `memory of all processes, ${sizes[1]} images`, value: large.first.memory, unit: 'MiB', target: 2048 },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Smooth textures: they compress and decode as radiographs do. */
async function writeImages(folder: string, count: number, first: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < count; index++) {
    const random = randomFrom('archive').fork(first + index);
    const [a, b, c] = [random.uniform(), random.uniform(), random.uniform()];
    const pixels = Uint8Array.from({ length: side * side }, (_, at) => {
      const [x, y] = [at % side, Math.floor(at / side)];
      return 120 + 60 * Math.sin(x / (9 + 9 * a)) * Math.cos(y / (9 + 9 * b)) + 20 * c + 8 * random.uniform();
    });
    await writeFile(
      join(folder, `${String(first + index).padStart(6, '0')}.png`),
      await encodePng(side, side, 1, pixels),
    );
  }
}

/** A localiser that has learned nothing costs as much as one that has. */
async function writeLocaliser(file: string): Promise<void> {
  const network = { resolution: side, channels: 1, width: 16, stages: 5 } as const;
  const layout = parameterLayout(network);
  const vector = startValues(network, randomFrom('archive')).get(localiserVariables.average)!.data;
  const tensors = new Map(
    [...unpackValues(vector, layout)].map(([name, data]) => [name, { data, shape: layout.entries.get(name)!.shape }]),
  );
  const recipe = { intensity: { type: 'as-is' }, fit: 'crop', filter: 'lanczos', channels: 1, resolution: side };
  const localiser = { className: 'Localiser', constructorArguments: { ...network }, tensors };
  await writeCheckpoint(file, { networks: { localiser }, recipe, provenance: {} });
}

/** Bytes of all files below a folder. */
const bytesIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0);

/** Runs a command; the largest sum of its processes' resident memory, looked at every half second, in MiB. */
async function command(words: readonly string[]): Promise<Spent> {
  const began = performance.now();
  const child = spawn(process.execPath, [main, ...words], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => {
    errors = `${errors}${text}`.slice(-2000);
  });
  let memory = 0;
  const timer = setInterval(() => {
    memory = Math.max(memory, residentOf(child.pid!) / 1024);
  }, 500);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearInterval(timer);
  if (code !== 0) throw new Error(`residua ${words[0]} failed: ${errors.trim().split('\n').at(-1)}`);
  return { seconds: (performance.now() - began) / 1000, memory };
}

/** Resident memory of a process and all that it has started, in KiB (Linux). */
function residentOf(root: number): number {
  const parents = new Map<number, number>();
  const resident = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, 'utf8');
      parents.set(Number(name), Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]));
      resident.set(Number(name), Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0));
    } catch {
      // It has ended meanwhile.
    }
  }
  const belongs = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
      if (at === root) return true;
    return false;
  };
  return [...resident].reduce((sum, [pid, size]) => sum + (belongs(pid) ? size : 0), 0);
}
