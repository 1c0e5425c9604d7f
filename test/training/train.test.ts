// A whole training: what it leaves in its folder, and that one which was stopped ends with the same bits.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Progress, quiet } from '../../src-main/platform/job.ts';
import type { TickStatistics } from '../../src-main/training/tick-statistics.ts';
import { train } from '../../src-main/training/train.ts';
import { temporaryFolder } from '../cli/residua.ts';
import { discs, oneThread, tinyConfiguration } from './tiny-training.ts';

const images = discs(10);
// Two ticks of three iterations.
const configuration = tinyConfiguration(images, { totalKimg: 0.024, kimgPerTick: 0.012, snapshotTicks: 1 });
const run = (folder: string) => ({
  device: oneThread,
  configuration,
  images,
  folder,
  origin: { recipe: {}, provenance: {} },
  start: null,
});
const snapshot = 'network-snapshot-000000.safetensors';
const state = 'training-state-000000.safetensors';

describe('a training', () => {
  let whole: Awaited<ReturnType<typeof temporaryFolder>>;
  const ticks: TickStatistics[] = [];
  beforeAll(async () => {
    whole = await temporaryFolder();
    const result = await train(run(whole.path), quiet, (tick) => ticks.push(tick));
    expect(result).toEqual({ imagesShown: 24, snapshot: join(whole.path, snapshot) });
  }, 120_000);
  afterAll(() => whole[Symbol.asyncDispose]());
  const read = (folder: string, name: string) => readFile(join(folder, name));

  it('leaves its options, statistics, sheets, snapshots and state in its folder', async () => {
    expect(new Set(await readdir(whole.path))).toEqual(
      new Set([
        'fakes000000.png',
        'fakes_init.png',
        snapshot,
        'reals.png',
        'stats.jsonl',
        state,
        'training_options.json',
      ]),
    );
    expect(JSON.parse((await read(whole.path, 'training_options.json')).toString())).toEqual({
      ...configuration,
      recipe: {},
    });
    const { width, height } = await sharp(join(whole.path, 'reals.png')).metadata();
    expect({ width, height }).toEqual({ width: 32 * 8, height: 32 * 8 });
  });

  it('notes the statistics of every tick by their published names', async () => {
    const lines = (await read(whole.path, 'stats.jsonl')).toString().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      ticks.map((tick) => ({ ...tick, timestamp: expect.any(Number) })),
    );
    const single = (mean: number) => ({ num: 1, mean, std: 0 });
    expect(ticks).toMatchObject([
      { 'Progress/tick': single(0), 'Progress/kimg': single(0.012), 'Progress/augment': single(0) },
      { 'Progress/tick': single(1), 'Progress/kimg': single(0.024) },
    ]);
    // Three iterations of four images; the scores of generated ones are reported by both networks' phases.
    expect(ticks[0]!['Loss/G/loss']).toEqual({ num: 12, mean: expect.any(Number), std: expect.any(Number) });
    expect(ticks[0]!['Loss/scores/fake']!.num).toBe(24);
    const published = ['Loss/D/loss', 'Loss/pl_penalty', 'Loss/r1_penalty', 'Loss/signs/real', 'Timing/sec_per_kimg'];
    for (const name of [...published, 'Timing/Gmain', 'Timing/Dreg', 'Resources/cpu_mem_gb']) {
      expect(Object.keys(ticks[0]!)).toContain(name);
    }
    // No R1 step falls into the second tick.
    expect(ticks[1]).not.toHaveProperty(['Loss/r1_penalty']);
  });

  it('that was stopped goes on where it was and ends with the same bits', async () => {
    await using parts = await temporaryFolder();
    const stop = new AbortController();
    const report = ({ stage, done }: Progress) => {
      if (stage === 'training' && done >= 16) stop.abort();
    };
    const stopped = train(run(parts.path), { signal: stop.signal, report });
    await expect(stopped).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await readdir(parts.path)).toContain(state);
    const result = await train(run(parts.path), quiet);
    expect(result.imagesShown).toBe(24);
    for (const name of [snapshot, state]) {
      expect((await read(parts.path, name)).equals(await read(whole.path, name)), name).toBe(true);
    }
  }, 120_000);

  it.each([1, 3, 4, 5])(
    'that is killed after iteration %i, at once, ends with the same bits',
    async (last) => {
      await using parts = await temporaryFolder();
      const report = ({ stage, done }: Progress) => {
        if (stage === 'training' && done >= last * configuration.batch) throw new Error('killed');
      };
      await expect(train(run(parts.path), { ...quiet, report })).rejects.toThrow('killed');
      const states = (await readdir(parts.path)).filter((name) => name.startsWith('training-state'));
      expect(states.length).toBe(last > 3 ? 1 : 0);
      await train(run(parts.path), quiet);
      for (const name of [snapshot, state]) {
        expect((await read(parts.path, name)).equals(await read(whole.path, name)), name).toBe(true);
      }
    },
    120_000,
  );

  it('tells what it does before its first iteration, can be stopped there, and begins anew with the same bits', async () => {
    await using parts = await temporaryFolder();
    const stop = new AbortController();
    const stages = new Set<string>();
    const report = ({ stage, done }: Progress) => {
      stages.add(stage);
      if (stage === 'drawing samples' && done > 0) stop.abort();
    };
    const stopped = train(run(parts.path), { signal: stop.signal, report });
    await expect(stopped).rejects.toMatchObject({ kind: 'cancelled' });
    expect([...stages]).toEqual(['preparing program', 'drawing samples']);
    expect((await readdir(parts.path)).sort()).toEqual(['reals.png', 'training_options.json']);
    await train(run(parts.path), quiet);
    for (const name of [snapshot, state, 'fakes_init.png']) {
      expect((await read(parts.path, name)).equals(await read(whole.path, name)), name).toBe(true);
    }
  }, 120_000);

  it('that is killed while a snapshot is measured measures it first when it goes on', async () => {
    await using parts = await temporaryFolder();
    const measured: number[] = [];
    const measuring = (kill: number) => ({
      ...run(parts.path),
      evaluate: async () => {
        if (measured.length === kill) throw new Error('killed');
        const lines = (await read(parts.path, 'stats.jsonl')).toString().trimEnd().split('\n');
        measured.push(JSON.parse(lines.at(-1)!)['Progress/kimg'].mean);
      },
    });
    await expect(train(measuring(0), quiet)).rejects.toThrow('killed');
    expect(await readdir(parts.path)).toContain(snapshot);
    await expect(train(measuring(1), quiet)).rejects.toThrow('killed');
    await train(measuring(2), quiet);
    expect(measured).toEqual([0.012, 0.024]);
    expect((await read(parts.path, state)).equals(await read(whole.path, state))).toBe(true);
  }, 120_000);

  it('that is finished is not trained further, and says where its snapshot is', async () => {
    const more: TickStatistics[] = [];
    const again = await train(run(whole.path), quiet, (tick) => more.push(tick));
    expect(again).toEqual({ imagesShown: 24, snapshot: join(whole.path, snapshot) });
    expect(more).toEqual([]);
  });
});
