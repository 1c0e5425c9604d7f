// Measures this machine on phantoms: the same reconstructions and scores as elsewhere, and anomalies that are found.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Workbench } from '../../../src-preload/contract.ts';
import type { device } from '../../../src-preload/parameters/device.ts';
import type { ImageDetail } from '../../../src-preload/schemas/image.ts';
import { openImageFile } from '../../archive/decode.ts';
import { nodeLauncher, withEngine } from '../../engine/start-engine.ts';
import { auroc } from '../../statistics/auroc.ts';
import { localise } from '../../statistics/localisation.ts';
import type { Context } from '../context.ts';
import { cohortOf, follow, withCatalog } from '../with-catalog.ts';
import { atLeast, atMost, type Check, faultless } from './check.ts';

const resource = (path: string) => fileURLToPath(new URL(`../../../resources/${path}`, import.meta.url));
const expectationFile = resource('qualification/expected.json');
const network = resource('demo/phantom-64.safetensors');

/** What is asked of the score that the ranking goes by. */
const judged = 'feature residual';
const limits = { auroc: 0.8, overlap: 0.6, levels: 2, score: 0.05 } as const;
/** Drawn anew on every machine; the network has seen the phantoms of seed 1 and no others. */
const common = { protocol: 'liver', size: 64 } as const;
const golden = { ...common, seed: 5, normals: 2, perKind: 1 } as const;
const reference = { ...common, seed: 1, normals: 100, perKind: 0 } as const;
const goldenSteps = 30;
const patchSize = 16;

/** What a golden phantom gave where the expectation was made. */
export const expectation = z.array(
  z.strictObject({
    name: z.string(),
    /** Of the file that was drawn. */
    sha256: z.string(),
    /** Levels 0 to 255 of the reconstruction, base64. */
    reconstruction: z.base64(),
    scores: z.record(z.string(), z.number()),
  }),
);
type Golden = z.infer<typeof expectation>;

export interface PhantomTest {
  readonly device: z.infer<typeof device>;
  readonly normals: number;
  readonly perKind: number;
}

/** The golden images as this machine makes them, and the images that detection is judged by. `context` names a new catalog. */
export async function measurePhantoms(
  { device, normals, perKind }: PhantomTest,
  context: Context,
): Promise<{ readonly golden: Golden; readonly judged: readonly ImageDetail[]; readonly truth: string }> {
  const at = (name: string) => join(context.catalogFolder, '..', name);
  await withEngine(nodeLauncher, {}, async (engine) => {
    const orders = { golden, reference, judged: { ...common, seed: 2, normals, perKind } };
    for (const [name, order] of Object.entries(orders)) {
      await engine.call('demonstration.draw', { ...order, folder: at(name) }, context);
    }
  });
  const found: { golden: Golden; judged: ImageDetail[] } = { golden: [], judged: [] };
  await withCatalog(context, { create: true }, async (workbench) => {
    const importAs = async (name: string) => {
      const parameters = { sources: [join(at(name), 'images')], kind: null, cohort: name };
      await follow(workbench, { kind: 'import', parameters }, context);
      return cohortOf(workbench, name, context);
    };
    const cohorts = {
      golden: await importAs('golden'),
      reference: await importAs('reference'),
      judged: await importAs('judged'),
    };
    const { id: model } = await workbench.call('models.import', { file: network });
    // The same steps on every machine; the network's encoder has no part in it.
    const inverse = 'optimise' as const;
    const projecting = { model, inverse, steps: goldenSteps, batch: 6, device, loss: 'discriminator' as const };
    const images = { filter: { cohort: cohorts.golden } };
    const scoring = { patchSize, patchCount: 1 };
    const run = await follow(workbench, { kind: 'project', parameters: { images, projecting, scoring } }, context);
    const typicality = { model, normals: cohorts.reference, device };
    for (const cohort of [cohorts.golden, cohorts.judged]) {
      const parameters = { ...typicality, images: { filter: { cohort } } };
      await follow(workbench, { kind: 'typicality', parameters }, context);
    }
    for (const detail of await details(workbench, cohorts.golden)) found.golden.push(await goldenOf(detail, run.id));
    found.judged.push(...(await details(workbench, cohorts.judged)));

    async function goldenOf({ row, sha256, scores }: ImageDetail, run: number): Promise<Golden[number]> {
      const { reconstruction } = await workbench.call('images.reconstruction', { id: row.id, run });
      const values = scores.flatMap(({ name, value }) => (value === null ? [] : [[name.score, value] as const]));
      const base64 = Buffer.from(reconstruction.samples).toString('base64');
      return { name: row.name, sha256: sha256!, reconstruction: base64, scores: Object.fromEntries(values) };
    }
  });
  return { ...found, truth: at('judged') };
}

async function details(workbench: Workbench, cohort: number): Promise<readonly ImageDetail[]> {
  const { ids } = await workbench.call('images.ids', { filter: { cohort }, order: { by: 'name', descending: false } });
  return Promise.all([...ids].map((id) => workbench.call('images.detail', { id })));
}

/** Compares golden images with the stored expectation. */
export async function goldenChecks(measured: Golden): Promise<readonly Check[]> {
  const expected = expectation.parse(JSON.parse(await readFile(expectationFile, 'utf8')));
  const found = new Map(measured.map((image) => [image.name, image]));
  const drawn: string[] = [];
  let [levels, score] = [0, 0];
  for (const { name, sha256, reconstruction, scores } of expected) {
    const image = found.get(name);
    if (image?.sha256 !== sha256) drawn.push(`${name} is not the phantom that was expected`);
    if (image === undefined) continue;
    const [a, b] = [reconstruction, image.reconstruction].map((text) => Buffer.from(text, 'base64'));
    const sum = a!.reduce((total, level, index) => total + Math.abs(level - (b![index] ?? Number.NaN)), 0);
    levels = Math.max(levels, sum / a!.length);
    for (const [name, value] of Object.entries(scores)) {
      score = Math.max(score, Math.abs((image.scores[name] ?? Number.NaN) - value) / Math.abs(value));
    }
  }
  return [
    faultless('phantoms drawn', drawn, `${expected.length}, the same to the bit`),
    atMost('golden reconstructions: largest mean difference', levels, limits.levels, ' grey levels'),
    atMost('golden scores: largest difference', 100 * score, 100 * limits.score, ' %'),
  ];
}

/** How well the score that the ranking goes by finds the anomalies of phantoms, and where. */
export async function detectionChecks(images: readonly ImageDetail[], truth: string): Promise<readonly Check[]> {
  const scored = images.map(({ row: { name, kind }, scores, patches }) => {
    const value = scores.find(({ name }) => name.score === judged)?.value ?? Number.NaN;
    return { name, kind: kind!, value, patch: patches.find(({ name }) => name.score === judged) };
  });
  const valuesOf = (kind: string) => scored.filter((image) => image.kind === kind).map(({ value }) => value);
  const kinds = [...new Set(scored.map(({ kind }) => kind))].filter((kind) => kind !== 'normal').sort();
  const aurocs = kinds.map((kind) => auroc(valuesOf(kind), valuesOf('normal')));
  const hits = await Promise.all(
    scored
      .filter(({ kind }) => kind !== 'normal')
      .map(async ({ name, patch }) => {
        const { x: column, y: row, width: size } = patch!.rectangle;
        const bytes = await readFile(join(truth, 'truth', name));
        const { width, height, samples } = await (await openImageFile({ name, bytes })).frame(0);
        return +localise({ row, column, size }, { width, height, data: Uint8Array.from(samples) }).overlaps;
      }),
  );
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const list = kinds.map((kind, index) => `${kind} ${aurocs[index]!.toFixed(2)}`).join(', ');
  const detection = atLeast(`anomalies found: mean AUROC of ${judged}`, mean(aurocs), limits.auroc);
  return [
    { ...detection, found: `${detection.found} (${list})` },
    atLeast('highest patch on the anomaly: share of images', mean(hits), limits.overlap),
  ];
}
