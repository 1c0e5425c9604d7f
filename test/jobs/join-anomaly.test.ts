// `anomaly` over every family that was computed: one-pass scores, reconstructions by encoder and by optimisation, and rescored ones.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Catalog, openCatalog } from '../../src-main/catalog/catalog.ts';
import { calibrationOf, valuesOfImages } from '../../src-main/catalog/tables/calibration.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { type AnomalyColumn, anomalyOf, fitAnomaly } from '../../src-main/statistics/anomaly.ts';
import type { Run } from '../../src-preload/schemas/run.ts';
import { temporaryFolder, writeGrey } from '../cli/residua.ts';
import { writeNetworkWithEncoder } from '../engine/network-with-encoder.ts';
import { Bench } from '../workbench/bench.ts';

const side = 32;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let bench: Bench;
let catalog: Catalog;
let model: number;
let normals: number;
let images: { filter: { cohort: number } };
let archive: readonly number[];
let scores: Run;
let encoded: Run;

function drawn(index: number, marked = false): (x: number, y: number) => number {
  const random = randomFrom('joined').fork(index);
  const [x0, level] = [14 + 4 * random.uniform(), 100 + 60 * random.uniform()];
  const noise = Array.from({ length: side ** 2 }, () => 12 * random.uniform());
  return (x, y) =>
    marked && x > 3 && x < 9 && y > 22 && y < 28
      ? 255
      : (Math.hypot(x - x0, y - 16) < 11 ? level : 30) + noise[y * side + x]!;
}

const project = (projecting: object, patchSize = 8) =>
  bench.run({
    kind: 'project',
    parameters: { images, projecting: { model, normals, loss: 'pixel', ...projecting }, scoring: { patchSize } },
  });
const provenanceOf = async ({ id }: Run) => (await bench.call('runs.detail', { id })).provenance;
const scoreOf = (run: Run, image: number, score: string) =>
  valuesOfImages(catalog, run.id, [image]).get(image)?.[score];

beforeAll(async () => {
  folder = await temporaryFolder();
  const at = (...parts: string[]) => join(folder.path, ...parts);
  for (let index = 0; index < 140; index++) await writeGrey(at('normals', `${index}.png`), side, side, drawn(index));
  for (let index = 0; index < 10; index++)
    await writeGrey(at('archive', `${index}.png`), side, side, drawn(1000 + index, index < 3));
  await writeNetworkWithEncoder(at('network.safetensors'));
  bench = new Bench(at('catalog'));
  await bench.call('catalog.create', { folder: bench.catalog, name: 'test' });
  for (const cohort of ['normals', 'archive']) {
    await bench.run({ kind: 'import', parameters: { sources: [at(cohort)], cohort } });
  }
  const { cohorts } = await bench.call('cohorts.list', {});
  const idOf = (name: string) => cohorts.find((cohort) => cohort.name === name)!.id;
  normals = idOf('normals');
  images = { filter: { cohort: idOf('archive') } };
  ({ id: model } = await bench.call('models.import', { file: at('network.safetensors') }));
  const order = { by: 'name', descending: false } as const;
  archive = [...(await bench.call('images.ids', { filter: images.filter, order })).ids];
  scores = await bench.run({
    kind: 'scores',
    parameters: { images, normals, families: ['acquisition', 'typicality'], model },
  });
  encoded = await project({});
  catalog = openCatalog(bench.catalog);
}, 120_000);
afterAll(async () => {
  catalog.close();
  await bench.close();
  await folder[Symbol.asyncDispose]();
}, 60_000);

describe('anomaly', { timeout: 120_000 }, () => {
  it('is calibrated on normals that were neither learned from nor scored, the same ones for all families', async () => {
    const [one, other] = [scores, encoded].map(({ id }) => calibrationOf(catalog, id)) as [
      Map<number, object>,
      Map<number, object>,
    ];
    expect(one.size).toBeGreaterThanOrEqual(28);
    expect([...other.keys()]).toEqual([...one.keys()]);
    expect((await provenanceOf(scores)).normals).toBe(140 - one.size);
    expect([...one.keys()].filter((id) => archive.includes(id))).toEqual([]);
    const { names } = { names: Object.keys(other.values().next().value!) };
    expect(names).toEqual(expect.arrayContaining(['WD patch', 'WD prominence', 'MSE everywhere', 'latent distance']));
  });

  it('joins the reconstruction with what one pass has found, in both runs', async () => {
    for (const run of [scores, encoded]) {
      const { families, runs } = (await provenanceOf(run)).anomaly as { families: string[]; runs: number[] };
      expect(families.toSorted()).toEqual(['acquisition', 'reconstruction', 'typicality']);
      expect(runs[0]).toBe(run.id);
      expect(runs.toSorted()).toEqual([scores.id, encoded.id].toSorted());
    }
    for (const image of archive) {
      expect(scoreOf(encoded, image, 'anomaly')).toBe(scoreOf(scores, image, 'anomaly'));
      expect((await bench.call('images.detail', { id: image })).row.why).toEqual(expect.any(String));
    }
  });

  it('is what the held-out normals say of all scores together', () => {
    const of = (family: string, names: readonly string[], more: Partial<AnomalyColumn> = {}) =>
      names.map((name): AnomalyColumn => ({ name, family, end: 'high', ...more }));
    const columns = [
      ...of('typicality', ['feature residual']),
      ...of('reconstruction', ['WD patch', 'MSE patch']),
      ...of('reconstruction', ['WD prominence', 'MSE prominence'], { relative: true }),
      ...of('reconstruction', ['WD everywhere', 'MSE everywhere', 'latent distance'], { ofFailure: true }),
      ...of('acquisition', ['sharpness', 'noise', 'contrast', 'exposure'], { ofScanner: true }),
    ];
    const rowOf = (from: (run: number) => Readonly<Record<string, number>>) => {
      const values = { ...from(scores.id), ...from(encoded.id) };
      return columns.map(({ name }) => values[name]!);
    };
    // The order decides which half says what is usual: that of the run that is judged.
    const heldOut = [...calibrationOf(catalog, encoded.id).keys()];
    const fitted = fitAnomaly(
      columns,
      heldOut.map((image) => rowOf((run) => calibrationOf(catalog, run).get(image)!)),
    );
    for (const image of archive) {
      const judged = anomalyOf(
        fitted,
        rowOf((run) => valuesOfImages(catalog, run, [image]).get(image)!),
      );
      expect(scoreOf(encoded, image, 'anomaly')).toBeCloseTo(judged.score, 10);
      expect(scoreOf(encoded, image, 'anomaly p')).toBeCloseTo(judged.p, 10);
    }
  });

  it('is calibrated by optimisation where images are optimised, on no more normals than that is worth', async () => {
    const run = await project({ inverse: 'optimise', steps: 2, batch: 10 });
    expect(calibrationOf(catalog, run.id).size).toBe(20);
    expect((await provenanceOf(run)).anomaly).toMatchObject({ runs: [run.id, scores.id] });
    expect(scoreOf(run, archive[0]!, 'anomaly')).toBeGreaterThan(0);
    // What the encoder's run says is not changed by it.
    expect((await provenanceOf(encoded)).anomaly).toMatchObject({ runs: [encoded.id, scores.id] });
    // Asked for again, nothing is left to do.
    expect(
      await bench.call('runs.queue', {
        kind: 'project',
        parameters: {
          images,
          projecting: { model, normals, loss: 'pixel', inverse: 'optimise', steps: 2, batch: 10 },
          scoring: { patchSize: 8 },
        },
      }),
    ).toMatchObject({ id: run.id, state: 'done' });
  });

  it('of both ways is that of the encoder, which has seen every image', async () => {
    const run = await project({ inverse: 'both', doubtful: 0.2, steps: 2 });
    expect(calibrationOf(catalog, run.id).size).toBe(calibrationOf(catalog, encoded.id).size);
    for (const image of archive) expect(scoreOf(run, image, 'anomaly')).toBe(scoreOf(encoded, image, 'anomaly'));
  });

  it('follows when reconstructions are rescored', async () => {
    const run = await bench.run({ kind: 'score', parameters: { projection: encoded.id, scoring: { patchSize: 12 } } });
    expect([...calibrationOf(catalog, run.id).keys()]).toEqual([...calibrationOf(catalog, encoded.id).keys()]);
    expect((await provenanceOf(run)).anomaly).toMatchObject({ runs: [run.id, scores.id] });
    for (const image of archive) {
      expect(scoreOf(run, image, 'latent distance')).toBe(scoreOf(encoded, image, 'latent distance'));
      expect(scoreOf(run, image, 'WD patch')).not.toBe(scoreOf(encoded, image, 'WD patch'));
      expect(scoreOf(run, image, 'anomaly')).toBeGreaterThanOrEqual(0);
    }
  });
});
