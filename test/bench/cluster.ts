// Benchmark: what going through tasks costs, how fast the one writer stores shards, and pages of a catalog of ten million scores.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodeNpy } from '../../src-main/archive/numpy-file.ts';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { type Catalog, openCatalog } from '../../src-main/catalog/catalog.ts';
import { pageImages } from '../../src-main/catalog/tables/pages.ts';
import { listShards, readShard, ShardWriter } from '../../src-main/cluster/shard.ts';
import { mergeShard } from '../../src-main/jobs/merge-shard.ts';
import { makeFolder } from '../../src-main/platform/make-folder.ts';
import { lacksSlurm, startSlurm } from '../cluster/real-slurm.ts';
import { fillImages, fillLargeArchive, hashed } from './large-archive.ts';
import type { Measure } from './measure.ts';

const scores = ['localiser', 'localiser peak', 'feature PaDiM', 'sharpness', 'anomaly'];
const main = fileURLToPath(new URL('../../src-main/cli/main.ts', import.meta.url));

export async function run(): Promise<readonly Measure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'residua-cluster-'));
  try {
    return [
      {
        name: 'merge of shards, 5 scores an image',
        value: await mergeRate(folder, 100_000, false),
        unit: 'images/s',
        target: 20_000,
      },
      {
        name: 'merge of shards, 5 scores and a map of 64x64',
        value: await mergeRate(folder, 10_000, true),
        unit: 'images/s',
        target: 2000,
      },
      ...(await pages(folder, 100_000)),
      ...(await pages(folder, 1_000_000)),
      ...(await overhead(folder)),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Images a second, from complete shards to rows that cannot be lost any more: checksums, contents and rows. */
async function mergeRate(home: string, images: number, withMaps: boolean): Promise<number> {
  const folder = join(home, withMaps ? 'maps' : 'scores');
  const catalog = openCatalog(join(folder, 'catalog'), { create: true });
  try {
    const { runId, ids } = fillImages(catalog, images);
    const shards = join(folder, 'shards');
    const perShard = images / 5;
    for (let first = 0; first < images; first += perShard) {
      const writer = new ShardWriter(shards, { order: 'o', version: '1', share: '00001', node: 'n', processor: 'p' });
      for (let begin = first; begin < first + perShard; begin += 500) {
        await writer.add(
          ids.slice(begin, Math.min(begin + 500, first + perShard)).map((image) => outcome(image, withMaps)),
        );
      }
      await writer.seal({ start: null, startSeconds: 1, workSeconds: 1 });
    }
    const undone = new Set(ids);
    const began = performance.now();
    for (const name of await listShards(shards)) {
      await mergeShard(catalog, runId, await readShard(join(shards, name), 'o'), undone);
    }
    const seconds = (performance.now() - began) / 1000;
    if (undone.size > 0) throw new Error(`${undone.size} images were not merged`);
    return images / seconds;
  } finally {
    catalog.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function outcome(image: number, withMaps: boolean) {
  return {
    image,
    scores: scores.map((score, index) => ({ score, value: hashed(image * scores.length + index) })),
    why: { reason: 'something', place: 'left' },
    ...(withMaps
      ? {
          files: [
            {
              role: 'score-map localiser',
              path: 'x.npy',
              bytes: encodeNpy({ shape: [64, 64], data: new Float32Array(64 * 64) }),
            },
          ],
          patches: [{ score: 'localiser', patches: [{ x: 1, y: 2, size: 8, value: 0.5 }] }],
        }
      : {}),
  };
}

/** Pages of 200 of a catalog with ten scores an image. */
async function pages(home: string, images: number): Promise<readonly Measure[]> {
  const folder = join(home, `pages-${images}`);
  const catalog = openCatalog(folder, { create: true });
  try {
    const names = Array.from({ length: 10 }, (_, index) => `score ${index}`);
    const began = performance.now();
    const { runId } = fillLargeArchive(catalog, names, undefined, images);
    const seconds = (performance.now() - began) / 1000;
    const rows = `${((images * names.length) / 1e6).toLocaleString('en')} million scores`;
    const page = (offset: number) => median(() => pageOf(catalog, runId, offset));
    return [
      { name: `${rows}: written`, value: (images * names.length) / seconds, unit: 'scores/s', target: null },
      { name: `${rows}: first page of 200`, value: page(0), unit: 'ms', target: 20 },
      { name: `${rows}: page 50 of 200`, value: page(10_000), unit: 'ms', target: 20 },
      {
        name: `${rows}: page in the middle`,
        value: page(images / 2),
        unit: 'ms',
        target: null,
        note: 'a jump of the scroll bar',
      },
    ];
  } finally {
    catalog.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const pageOf = (catalog: Catalog, run: number, offset: number) =>
  pageImages(catalog, { filter: {}, order: { by: { run, score: 'score 3' }, descending: true }, offset, limit: 200 });

function median(work: () => unknown): number {
  const times = Array.from({ length: 9 }, () => {
    const began = performance.now();
    work();
    return performance.now() - began;
  });
  return times.toSorted((a, b) => a - b)[4]!;
}

/** 2,000 images in one process, and in an array of two tasks whose rate is known: the ratio of their times. */
async function overhead(home: string): Promise<readonly Measure[]> {
  if (lacksSlurm !== undefined)
    return [{ name: `array of two tasks: ${lacksSlurm}`, value: Number.NaN, unit: '', target: null }];
  const folder = join(home, 'overhead');
  const side = 128;
  const draw = async (name: string, count: number) => {
    makeFolder(join(folder, name));
    for (let index = 0; index < count; index++) {
      const noise = Uint8Array.from({ length: side ** 2 }, (_, pixel) => 255 * hashed(pixel * 31 + index * 977));
      await writeFile(join(folder, name, `${index}.png`), await encodePng(side, side, 1, noise));
    }
  };
  await draw('first', 200);
  await draw('archive', 2000);
  await draw('normals', 200);
  await using slurm = await startSlurm(join(folder, 'slurm'));
  const score = async (images: string, catalog: string, ...more: string[]) => {
    const words = ['run', join(folder, images), '--normals', join(folder, 'normals'), '--scores', 'features'];
    const began = performance.now();
    const child = spawn(process.execPath, [main, ...words, '--catalog', join(folder, catalog), ...more], {
      env: slurm.env,
      stdio: 'ignore',
    });
    const [code] = (await once(child, 'exit')) as [number];
    if (code !== 0) throw new Error(`residua ${words.join(' ')} ended with ${code}`);
    return (performance.now() - began) / 1000;
  };
  const inTasks = ['--cluster', 'slurm', '--cluster-set', 'time=0:30:00', '--cluster-set', 'pollSeconds=1'];
  // So that the rate is known, as it is for all but the first run of a department.
  await score('first', 'cluster', ...inTasks);
  const here = await score('archive', 'here');
  const tasks = await score('archive', 'cluster', ...inTasks);
  return [
    { name: '2,000 images, one process', value: here, unit: 's', target: null },
    { name: '2,000 images, array of two tasks of one core', value: tasks, unit: 's', target: null },
    { name: 'array of two tasks over one process', value: tasks / here, unit: '', target: 1.1 },
  ];
}
