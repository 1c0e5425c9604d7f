// Projection runs on a catalog with a tiny network: results, pause, a killed engine, a killed workbench; nothing twice.
import { createHash } from 'node:crypto';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openImageFile } from '../../src-main/archive/decode.ts';
import { type Launcher, launchNode } from '../../src-main/platform/process.ts';
import type { Port } from '../../src-main/platform/process-channel.ts';
import type { Run } from '../../src-preload/schemas/run.ts';
import { meanOf, temporaryFolder, writeGrey } from '../cli/residua.ts';
import { writeNetworkWithEncoder } from '../engine/network-with-encoder.ts';
import { Bench, closeBenches } from '../workbench/bench.ts';

const network = new URL('../golden/stylegan2/tiny.pkl', import.meta.url).pathname;
const sha256Of = async (file: string) =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
const order = { by: 'name', descending: false } as const;

/** A catalog of `count` images and one that is broken by now, with the tiny network (32x32, grey). */
async function prepared(folder: string, count: number, launch: Launcher = launchNode, file = network) {
  const source = join(folder, 'archive');
  for (let i = 0; i < count; i++)
    await writeGrey(join(source, `${i}.png`), 40, 40, (x, y) => (x * (i + 2) + y * 3) % 256);
  const bench = new Bench(join(folder, 'catalog'), { launch });
  await bench.call('catalog.create', { folder: bench.catalog, name: 'test' });
  await bench.run({ kind: 'import', parameters: { sources: [source] } });
  const model = await bench.call('models.import', { file });
  return { bench, source, model: model.id };
}

const projection = (model: number, steps: number) =>
  ({
    kind: 'project',
    parameters: {
      images: { filter: {} },
      projecting: { model, steps, loss: 'pixel' },
      scoring: { patchSize: 8, patchCount: 2 },
    },
  }) as const;

describe('a projection run with an encoder', { timeout: 300_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeNetworkWithEncoder(join(folder.path, 'network.safetensors'));
  }, 60_000);
  afterAll(() => folder[Symbol.asyncDispose](), 60_000);

  it('takes one pass, and optimises the most doubtful too where both are asked for', async () => {
    const file = join(folder.path, 'network.safetensors');
    const { bench, model } = await prepared(folder.path, 8, launchNode, file);
    const { models } = await bench.call('models.list', {});
    expect(models).toMatchObject([{ encoder: true, discriminator: true }]);
    const asked = (projecting: object) => {
      const { parameters, kind } = projection(model, 3);
      return { kind, parameters: { ...parameters, projecting: { ...parameters.projecting, ...projecting } } };
    };
    const { seconds } = await bench.call('runs.estimate', asked({}));
    const { seconds: optimising } = await bench.call('runs.estimate', asked({ inverse: 'optimise', steps: 1000 }));
    expect(seconds!).toBeGreaterThan(0);
    expect(optimising!).toBeGreaterThan(5 * seconds!);
    const encoded = await bench.run(asked({}));
    expect(encoded).toMatchObject({ state: 'done', done: 8, summary: null });
    const one = await bench.call('runs.detail', { id: encoded.id });
    expect(one.provenance).toMatchObject({ inverse: 'encoder', loss: 'pixel' });

    const run = await bench.run(asked({ inverse: 'both', doubtful: 0.5 }));
    expect(run.state).toBe('done');
    expect(run.summary).toMatch(
      /^rank agreement of encoder and optimization by WD patch, on the 4 most doubtful images: /,
    );
    const { scores, provenance } = await bench.call('runs.detail', { id: run.id });
    expect(provenance.rankAgreement).toMatchObject({ score: 'WD patch', images: 4 });
    expect(scores.map(({ score }) => score)).toContain('WD patch optimised');
    const { ids } = await bench.call('images.ids', { filter: {}, order });
    const values = await Promise.all(
      Array.from(ids, async (id) => {
        const { scores } = await bench.call('images.detail', { id });
        const scoreOf = (run: number, score: string) =>
          scores.find(({ name }) => name.run === run && name.score === score)?.value;
        const both = [scoreOf(run.id, 'WD patch'), scoreOf(run.id, 'WD patch optimised')] as const;
        return { encoded: scoreOf(encoded.id, 'WD patch'), first: both[0]!, second: both[1] };
      }),
    );
    // The ranking is that of the encoder for all images; the higher half of it was optimised.
    for (const { encoded, first } of values) expect(first).toBe(encoded);
    const optimised = values.filter(({ second }) => second !== undefined);
    expect(optimised).toHaveLength(4);
    const others = values.filter(({ second }) => second === undefined);
    expect(Math.min(...optimised.map(({ first }) => first))).toBeGreaterThanOrEqual(
      Math.max(...others.map(({ first }) => first)),
    );
    const files = await readdir(join(bench.catalog, 'reconstructions', `${run.id}`));
    expect(files.filter((name) => name.endsWith('-optimised.png'))).toHaveLength(4);
    // The same request has nothing left to do.
    const again = await bench.call('runs.queue', asked({ inverse: 'both', doubtful: 0.5 }));
    expect({ id: again.id, state: again.state }).toEqual({ id: run.id, state: 'done' });
    await bench.close();
  });
});

/** A launcher that lets the test end the newest engine. */
function murderous() {
  let engine: Port | undefined;
  const launch: Launcher = (program) => {
    const port = launchNode(program);
    if (program.pathname.endsWith('engine/main.ts')) engine = port;
    return port;
  };
  return { launch, kill: () => engine?.close() };
}

describe('a projection run', { timeout: 300_000 }, () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let bench: Bench;
  let source: string;
  let model: number;
  let run: Run;
  beforeAll(async () => {
    folder = await temporaryFolder();
    ({ bench, source, model } = await prepared(folder.path, 3));
    await rm(join(source, '1.png'));
    run = await bench.run(projection(model, 2));
  }, 60_000);
  afterAll(async () => {
    await bench.close();
    await folder[Symbol.asyncDispose]();
  }, 60_000);

  it('reconstructs, scores and keeps everything that a viewer needs', async () => {
    expect(run).toMatchObject({ state: 'done', done: 2, skipped: 1, total: 3 });
    const detail = await bench.call('runs.detail', { id: run.id });
    expect(detail.scores.map(({ score }) => score)).toEqual([
      'MSE body',
      'MSE everywhere',
      'MSE full',
      'MSE patch',
      'MSE prominence',
      'WD body',
      'WD everywhere',
      'WD full',
      'WD patch',
      'WD prominence',
      'latent distance',
      'reconstruction loss',
    ]);
    expect(detail.provenance).toMatchObject({ loss: 'pixel', device: 'cpu', networkSha256: await sha256Of(network) });

    const { ids } = await bench.call('images.ids', { filter: { text: '0.png' }, order });
    const id = ids[0]!;
    const { original, reconstruction } = await bench.call('images.reconstruction', { id, run: run.id });
    const stored = await openImageFile({
      name: 'reconstruction',
      bytes: await readFile(join(bench.catalog, `reconstructions/${run.id}/${id}.png`)),
    });
    expect((await stored.frame(0)).samples).toEqual(reconstruction.samples);
    const image = await bench.call('images.detail', { id });
    const value = (name: string) => image.scores.find((each) => each.name.score === name)!.value!;
    expect(value('MSE full')).toBeCloseTo(
      meanOf(original.samples, (level, i) => (level - reconstruction.samples[i]!) ** 2),
    );
    const map = await bench.call('images.map', { id, run: run.id, map: 'MSE' });
    expect([map.width, map.height, map.patchSize]).toEqual([25, 25, 8]);
    expect(Math.max(...map.values)).toBeCloseTo(value('MSE patch'), 1);
    const { rectangle } = image.patches.find(({ name, rank }) => name.score === 'MSE patch' && rank === 1)!;
    expect(map.values[rectangle.y * map.width + rectangle.x]).toBeCloseTo(value('MSE patch'), 1);
  });

  it('says beforehand how long it would take, from ten steps', async () => {
    const { seconds } = await bench.call('runs.estimate', projection(model, 10));
    const { seconds: longer } = await bench.call('runs.estimate', projection(model, 1_000));
    expect(seconds).toBeGreaterThan(0);
    expect(longer!).toBeGreaterThan(seconds! * 5);
    expect(await bench.call('runs.estimate', { kind: 'import', parameters: { sources: ['/x'] } })).toEqual({
      seconds: null,
    });
  });

  it('measures one thing at a time: another question ends the one before, and so does a run', async () => {
    const first = bench.call('runs.estimate', projection(model, 10));
    const second = bench.call('runs.estimate', projection(model, 20));
    expect(await first).toEqual({ seconds: null });
    const { state } = await bench.run({ kind: 'import', parameters: { sources: ['/nothing-here'] } });
    expect(state).toBe('failed');
    expect(await second).toEqual({ seconds: null });
  });

  it('can be scored anew with other settings', async () => {
    const scoring = { distances: ['WD'], regions: ['patch'], patchSize: 16, keepMaps: false } as const;
    const again = await bench.run({ kind: 'score', parameters: { projection: run.id, scoring } });
    expect(again).toMatchObject({ state: 'done', done: 2 });
    const { ids } = await bench.call('images.ids', { filter: {}, order });
    const map = await bench.call('images.map', { id: ids[0]!, run: again.id, map: 'WD' });
    expect([map.width, map.patchSize]).toEqual([17, 16]);
    const { scores } = await bench.call('images.detail', { id: ids[0]! });
    expect(Math.max(...map.values)).toBeCloseTo(
      scores.find(({ name }) => name.run === again.id && name.score === 'WD patch')!.value!,
      4,
    );
  });

  it('is not projected again when only the scoring differs', async () => {
    const { parameters } = projection(model, 2);
    const asked = { ...parameters, scoring: { distances: ['MSE'], regions: ['patch'], patchSize: 12 } } as const;
    const again = await bench.run({ kind: 'project', parameters: asked });
    expect(again).toMatchObject({ kind: 'score', state: 'done', done: 2, title: `score 2 images of run ${run.id}` });
    expect(await bench.call('runs.queue', { kind: 'project', parameters: asked })).toMatchObject({ id: again.id });
  });

  it('is the same run when asked for again, and takes on images that came since', async () => {
    expect(await bench.call('runs.queue', projection(model, 2))).toMatchObject({ id: run.id, state: 'done' });
    await writeGrey(join(source, 'new.png'), 40, 40, (x) => x);
    await bench.run({ kind: 'import', parameters: { sources: [source] } });
    expect(await bench.run(projection(model, 2))).toMatchObject({ id: run.id, done: 3, skipped: 1, total: 4 });
    const { id } = await bench.call('runs.queue', projection(model, 3));
    expect(id).not.toBe(run.id);
    await bench.call('runs.cancel', { id });
  });
});

describe('a projection run that is stopped', { timeout: 300_000 }, () => {
  afterEach(closeBenches);

  it('is marked failed with the reason when its engine is killed, and goes on where it was', async () => {
    await using folder = await temporaryFolder();
    const murder = murderous();
    const { bench, model } = await prepared(folder.path, 3, murder.launch);
    bench.onEvent((event, value) => {
      if (event === 'catalog.changed' && (value as { parts: string[] }).parts.includes('scores')) murder.kill();
    });
    const failed = await bench.run(projection(model, 1));
    expect(failed).toMatchObject({ state: 'failed', reason: 'the engine process ended: killed by SIGKILL' });
    expect(failed.done).toBeGreaterThan(0);
    bench.onEvent(() => {});
    await bench.call('runs.resume', { id: failed.id });
    expect(await bench.over(failed.id)).toMatchObject({ state: 'done', done: 3, total: 3 });
  });

  it('can be paused, cancelled and resumed, also by a later workbench', async () => {
    await using folder = await temporaryFolder();
    const { bench, model } = await prepared(folder.path, 2);
    const progressed = Promise.withResolvers<void>();
    bench.onEvent((event) => {
      if (event === 'run.progress') progressed.resolve();
    });
    const { id } = await bench.call('runs.queue', projection(model, 2000));
    await progressed.promise;
    expect(await bench.call('runs.pause', { id })).toMatchObject({ state: 'paused', done: 0 });
    expect(await bench.call('runs.cancel', { id })).toMatchObject({ state: 'cancelled' });
    const short = await bench.call('runs.queue', projection(model, 1));
    await bench.close();

    const later = new Bench(bench.catalog, { resume: true });
    await later.call('catalog.open', { folder: later.catalog });
    expect(await later.over(short.id)).toMatchObject({ state: 'done', done: 2 });
    const { runs } = await later.call('runs.list', {});
    expect(runs.find((run) => run.id === id)).toMatchObject({ state: 'cancelled', done: 0 });
  });
});
