// Snapshots of a training: networks for use, and whole states to go on from, of which the newest two are kept.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { HostTensor } from '../../native/runtime/variables.ts';
import { type Checkpoint, writeCheckpoint } from '../../native/weights/checkpoint.ts';
import type { JsonObject, Networks } from '../../native/weights/network-weights.ts';
import { readNetworks } from '../../native/weights/read-networks.ts';
import { fromFloats, toFloatTensor } from '../../native/weights/tensor.ts';
import { Problem } from '../platform/errors.ts';
import { randomStateSchema } from '../platform/random/random.ts';
import type { TrainingConfiguration } from './configuration.ts';
import { differingField, snapshotName, stateName, stateNames, toJson } from './run-folder.ts';
import type { NetworkValues } from './starting-networks.ts';
import type { TrainingPosition, TrainingState } from './trainer.ts';

/** What a snapshot says of itself besides its numbers. */
export interface SnapshotOrigin {
  readonly recipe: JsonObject;
  readonly provenance: JsonObject;
}

const positionSchema: z.ZodType<TrainingPosition> = z.object({
  iteration: z.int().min(0),
  imagesShown: z.int().min(0),
  optimizerSteps: z.object({ G: z.int().min(0), D: z.int().min(0) }),
  random: randomStateSchema,
  augmentation: z.object({ probability: z.number().min(0), signs: z.number(), answers: z.int().min(0) }).nullable(),
  sampler: z.object({ random: randomStateSchema, order: z.array(z.int().min(0)), next: z.int().min(0) }),
});

/** Writes `network-snapshot-KIMG.safetensors` into the run's folder and returns its path. */
export async function writeNetworkSnapshot(
  folder: string,
  state: TrainingState,
  configuration: TrainingConfiguration,
  origin: SnapshotOrigin,
): Promise<string> {
  const path = join(folder, snapshotName(state.position.imagesShown));
  await writeCheckpoint(path, { ...origin, networks: describe(state.networks, configuration) });
  return path;
}

/** Writes the whole state, then removes all but the newest two: one of them is always complete. */
export async function writeState(
  folder: string,
  state: TrainingState,
  configuration: TrainingConfiguration,
  origin: SnapshotOrigin,
): Promise<void> {
  const path = join(folder, stateName(state.position.imagesShown));
  const tensors = new Map([...state.variables].map(([name, tensor]) => [name, fromFloats(tensor)]));
  const values = { position: toJson(state.position), configuration: toJson(configuration) };
  const networks = describe(state.networks, configuration);
  await writeCheckpoint(path, { ...origin, networks, state: { tensors, values } });
  for (const old of (await stateNames(folder)).slice(2)) await rm(join(folder, old), { force: true });
}

/**
 * The newest state in the run's folder that can be read whole; null when there is none. Throws `mismatch` when it belongs
 * to a training with another configuration or recipe, `content` when there are states and none can be read.
 */
export async function readNewestState(
  folder: string,
  configuration: TrainingConfiguration,
  recipe: JsonObject,
): Promise<TrainingState | null> {
  const names = await stateNames(folder);
  for (const name of names) {
    const path = join(folder, name);
    const checkpoint = await readNetworks(path).catch(() => null);
    if (checkpoint?.state === undefined) continue;
    const position = positionSchema.safeParse(checkpoint.state.values.position);
    if (!position.success) continue;
    const stored = { ...(checkpoint.state.values.configuration as JsonObject), recipe: checkpoint.recipe };
    demandSame(stored, { ...configuration, recipe }, path);
    const variables = new Map([...checkpoint.state.tensors].map(([key, tensor]) => [key, toFloatTensor(tensor)]));
    return { position: position.data, networks: networkValues(checkpoint, path), variables };
  }
  const [newest] = names;
  if (newest === undefined) return null;
  throw new Problem('content', { file: join(folder, newest), reason: 'neither this nor an older state can be read' });
}

/** The values of G, D and G_ema of a file to start from. A file without G or D is refused, naming it. */
export function networkValues({ networks }: Checkpoint, file: string): NetworkValues {
  const { G = networks.G_ema, D, G_ema = G } = networks;
  if (G === undefined || G_ema === undefined || D === undefined) {
    throw new Problem('missing', { what: G === undefined ? 'generator' : 'discriminator', name: file });
  }
  return { G: G.tensors, D: D.tensors, G_ema: G_ema.tensors };
}

function describe(values: NetworkValues, { generator, discriminator }: TrainingConfiguration): Networks {
  const [G, D] = [toJson(generator), toJson(discriminator)];
  const network = (className: string, constructorArguments: JsonObject, tensors: ReadonlyMap<string, HostTensor>) => ({
    className,
    constructorArguments,
    tensors,
  });
  return {
    G: network('Generator', G, values.G),
    D: network('Discriminator', D, values.D),
    G_ema: network('Generator', G, values.G_ema),
  };
}

/** Throws `mismatch` when a stored configuration is that of another training than the one in `file`. */
export function demandSame(stored: unknown, configuration: object, file: string): void {
  const before = (stored ?? {}) as JsonObject;
  const field = differingField(before, configuration);
  if (field === undefined) return;
  const values = [before, toJson(configuration)].map((all) => String(JSON.stringify(all[field])));
  const [expected, found] = values as [string, string];
  throw new Problem('mismatch', { what: `${field} of the training in ${file}`, expected, found });
}
