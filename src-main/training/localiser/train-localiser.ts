// Trains a localiser to its end: steps, validation, sheets, states; resumes where it was stopped, bit by bit.
import { appendFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { unpackValues } from '../../../native/graph/packing.ts';
import type { Device } from '../../../native/runtime/session.ts';
import type { HostTensor } from '../../../native/runtime/variables.ts';
import { writeCheckpoint } from '../../../native/weights/checkpoint.ts';
import type { JsonObject } from '../../../native/weights/network-weights.ts';
import { readNetworks } from '../../../native/weights/read-networks.ts';
import { fromFloats, toFloatTensor } from '../../../native/weights/tensor.ts';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { Problem } from '../../platform/errors.ts';
import { checkpoint, type JobControl } from '../../platform/job.ts';
import { makeFolder } from '../../platform/make-folder.ts';
import { mean } from '../../statistics/moments.ts';
import { quantile } from '../../statistics/quantile.ts';
import { imageGrid } from '../image-grid.ts';
import { kilo, toJson } from '../run-folder.ts';
import { demandSame } from '../snapshots.ts';
import { statisticOf } from '../tick-statistics.ts';
import type { TrainingImages } from '../training-images.ts';
import type { LocaliserConfiguration } from './configuration.ts';
import { LocaliserTrainer, type LocaliserValidation } from './localiser-trainer.ts';
import { localiserVariables, parameterLayout } from './programs.ts';

export interface LocaliserTraining {
  readonly device: Device;
  readonly configuration: LocaliserConfiguration;
  readonly images: TrainingImages;
  /** A training that was stopped in it resumes. */
  readonly folder: string;
  readonly origin: { readonly recipe: JsonObject; readonly provenance: JsonObject };
}

/** What a tick tells: images shown so far, mean loss of the tick, validation, and speed. */
export interface LocaliserTick extends LocaliserValidation {
  readonly imagesShown: number;
  readonly trainingLoss: number;
  readonly imagesPerSecond: number;
  /** Whether no network before did better on the held-out normals. */
  readonly best: boolean;
}

export interface LocaliserResult {
  readonly imagesShown: number;
  /** The file of the network that did best on the held-out normals. */
  readonly network: string;
  readonly validation: LocaliserValidation;
}

/** The file of the best network so far. */
export const localiserFile = 'localiser.safetensors';
const statePattern = /^localiser-state-\d{6,}\.safetensors$/;
const bestVector = 'best';

const positionSchema = z.strictObject({
  steps: z.int().min(0),
  best: z.strictObject({ loss: z.number(), auroc: z.number(), imagesShown: z.int() }).nullable(),
});
type Position = z.infer<typeof positionSchema>;

interface State {
  readonly position: Position;
  readonly variables: ReadonlyMap<string, HostTensor>;
  /** Parameters of the best network. */
  readonly best: Float32Array | null;
}

/**
 * Trains until `totalImages` were shown. Every `imagesPerTick` images the averaged network is judged on the held-out normals;
 * the folder gets a line in stats.jsonl, a sheet anomaliesKIMG.png (image, mask, what the network marks), the state, and
 * `localiser.safetensors` when no network before was better. Throws `cancelled` with the state written, `content` when the loss
 * is no number, `mismatch` when the folder holds another training.
 */
export async function trainLocaliser(
  { device, configuration, images, folder, origin }: LocaliserTraining,
  control: JobControl,
  observe: (tick: LocaliserTick) => void = () => {},
): Promise<LocaliserResult> {
  makeFolder(folder);
  const network = join(folder, localiserFile);
  const stored = await readState(folder, configuration);
  await writeFileAtomic(join(folder, 'localiser_options.json'), `${JSON.stringify(configuration, null, 2)}\n`);
  const start = stored === null ? null : { variables: stored.variables, steps: stored.position.steps };
  const trainer = await LocaliserTrainer.create(device, configuration, images, start);
  const { totalImages, imagesPerTick } = configuration;
  let { best, vector } = { best: stored?.position.best ?? null, vector: stored?.best ?? null };
  const save = async () => {
    const variables = await trainer.variables();
    await writeState(
      folder,
      configuration,
      { position: { steps: trainer.steps, best }, variables, best: vector },
      trainer.imagesShown,
    );
    return variables;
  };
  try {
    while (trainer.imagesShown < totalImages) {
      const began = performance.now();
      const first = trainer.imagesShown;
      const tick = Math.floor(first / imagesPerTick);
      const losses: number[] = [];
      while (trainer.imagesShown < totalImages && Math.floor(trainer.imagesShown / imagesPerTick) === tick) {
        if (control.signal.aborted) await save();
        checkpoint(control, 'training');
        losses.push(await trainer.iterate());
        if (!Number.isFinite(losses.at(-1)!)) {
          throw new Problem('content', { file: folder, reason: `the training diverged: its loss is ${losses.at(-1)}` });
        }
        control.report({ stage: 'training', done: Math.min(totalImages, trainer.imagesShown), total: totalImages });
      }
      const seconds = (performance.now() - began) / 1000;
      const judged = await trainer.validate(control);
      const better = best === null || judged.loss < best.loss;
      const { imagesShown } = trainer;
      if (better) {
        best = { ...judged, imagesShown };
        vector = (await trainer.variables()).get(localiserVariables.average)!.data;
        const normals = await trainer.normalScores(control);
        const provenance = {
          ...origin.provenance,
          imagesShown,
          validation: { ...judged },
          calibration: calibrationOf(normals),
        };
        await writeNetwork(network, configuration, vector, { ...origin, provenance });
      }
      await writeSheet(folder, trainer, images, imagesShown);
      const statistics: LocaliserTick = {
        ...judged,
        imagesShown,
        trainingLoss: mean(losses),
        imagesPerSecond: (imagesShown - first) / seconds,
        best: better,
      };
      await appendFile(join(folder, 'stats.jsonl'), `${JSON.stringify(statLine(statistics))}\n`);
      await save();
      observe(statistics);
    }
    if (best === null || vector === null) throw new Error('a training of no images');
    return { imagesShown: trainer.imagesShown, network, validation: { loss: best.loss, auroc: best.auroc } };
  } finally {
    await trainer.release();
  }
}

/** How the held-out normals score: what is usual. */
function calibrationOf(scores: readonly number[]): JsonObject {
  const [median, quantile95, largest] = [0.5, 0.95, 1].map((share) => quantile(scores, share)) as [
    number,
    number,
    number,
  ];
  return { normals: scores.length, median, quantile95, largest };
}

async function writeNetwork(
  file: string,
  configuration: LocaliserConfiguration,
  vector: Float32Array,
  origin: LocaliserTraining['origin'],
): Promise<void> {
  const layout = parameterLayout(configuration.network);
  const tensors = new Map(
    [...unpackValues(vector, layout)].map(([name, data]) => [name, { data, shape: layout.entries.get(name)!.shape }]),
  );
  const localiser = { className: 'Localiser', constructorArguments: { ...configuration.network }, tensors };
  await writeCheckpoint(file, { ...origin, networks: { localiser } });
}

/** Rows of four held-out normals: each image, its mask, and the network's map beside each other. */
async function writeSheet(
  folder: string,
  trainer: LocaliserTrainer,
  images: TrainingImages,
  shown: number,
): Promise<void> {
  const { images: pictures, masks, maps } = await trainer.samples();
  const { channels, resolution } = images;
  const plane = resolution * resolution;
  const count = masks.length / plane;
  const perRow = Math.min(4, count);
  const rows = Math.floor(count / perRow);
  const sheet = new Float32Array(perRow * rows * 3 * channels * plane);
  const grey = (values: Float32Array, index: number) =>
    Float32Array.from({ length: channels * plane }, (_, at) => values[index * plane + (at % plane)]! * 2 - 1);
  for (let index = 0; index < perRow * rows; index++) {
    const parts = [
      pictures.subarray(index * channels * plane, (index + 1) * channels * plane),
      grey(masks, index),
      grey(maps, index),
    ];
    for (const [place, part] of parts.entries()) sheet.set(part, (index * 3 + place) * channels * plane);
  }
  const png = await imageGrid(sheet, { columns: perRow * 3, rows }, images);
  await writeFileAtomic(join(folder, `anomalies${kilo(shown)}.png`), png);
}

/** As other trainings write it: `runs.plot` reads both. */
function statLine({ imagesShown, loss, auroc, trainingLoss, imagesPerSecond }: LocaliserTick) {
  const values = {
    'Progress/kimg': imagesShown / 1000,
    'Loss/localiser': trainingLoss,
    'Loss/localiser/held-out': loss,
    'Validation/auroc': auroc,
    'Timing/sec_per_kimg': 1000 / imagesPerSecond,
  };
  const statistics = Object.entries(values).map(([name, value]) => [name, statisticOf([value])]);
  return { ...Object.fromEntries(statistics), timestamp: Date.now() / 1000 };
}

async function writeState(
  folder: string,
  configuration: LocaliserConfiguration,
  { position, variables, best }: State,
  shown: number,
): Promise<void> {
  const tensors = new Map([...variables].map(([name, tensor]) => [name, fromFloats(tensor)]));
  if (best !== null) tensors.set(bestVector, fromFloats({ data: best, shape: [best.length] }));
  const values = { position: toJson(position), configuration: toJson(configuration) };
  await writeCheckpoint(join(folder, `localiser-state-${String(shown).padStart(9, '0')}.safetensors`), {
    networks: {},
    recipe: null,
    provenance: {},
    state: { tensors, values },
  });
  for (const old of (await stateNames(folder)).slice(2)) await rm(join(folder, old), { force: true });
}

/** Whether the folder holds a training of this configuration that has come to its end. */
export async function isFinishedLocaliser(folder: string, configuration: LocaliserConfiguration): Promise<boolean> {
  const state = await readState(folder, configuration).catch(() => null);
  return state !== null && state.position.steps * configuration.batch >= configuration.totalImages;
}

/** The newest state that can be read whole; null without one. */
async function readState(folder: string, configuration: LocaliserConfiguration): Promise<State | null> {
  const names = await stateNames(folder);
  for (const name of names) {
    const file = join(folder, name);
    const state = (await readNetworks(file).catch(() => null))?.state;
    const position = positionSchema.safeParse(state?.values.position);
    if (state === undefined || !position.success) continue;
    demandSame(state.values.configuration, configuration, file);
    const tensors = new Map([...state.tensors].map(([key, tensor]) => [key, toFloatTensor(tensor)]));
    const best = tensors.get(bestVector)?.data ?? null;
    tensors.delete(bestVector);
    return { position: position.data, variables: tensors, best };
  }
  if (names[0] === undefined) return null;
  throw new Problem('content', { file: join(folder, names[0]), reason: 'neither this nor an older state can be read' });
}

async function stateNames(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => statePattern.test(name))
    .sort()
    .toReversed();
}
