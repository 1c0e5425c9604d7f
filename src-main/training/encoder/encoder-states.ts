// The states of an encoder's training, from which it resumes: the newest two are kept.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeCheckpoint } from '../../../native/weights/checkpoint.ts';
import type { JsonObject, NetworkWeights } from '../../../native/weights/network-weights.ts';
import { readNetworks } from '../../../native/weights/read-networks.ts';
import { fromFloats, toFloatTensor } from '../../../native/weights/tensor.ts';
import { Problem } from '../../platform/errors.ts';
import { randomStateSchema } from '../../platform/random/random.ts';
import { namesLike, toJson } from '../run-folder.ts';
import { demandSame } from '../snapshots.ts';
import type { EncoderConfiguration } from './configuration.ts';
import type { EncoderPosition, EncoderState } from './encoder-trainer.ts';

const statePattern = /^encoder-state-\d{9}\.safetensors$/;
const stateName = (images: number): string => `encoder-state-${String(images).padStart(9, '0')}.safetensors`;
/** Names of the states in a folder, the newest first. */
const stateNames = async (folder: string) => (await namesLike(folder, statePattern)).toReversed();

const positionSchema: z.ZodType<EncoderPosition> = z.object({
  steps: z.int().min(0),
  imagesShown: z.int().min(0),
  random: randomStateSchema,
  sampler: z.object({ random: randomStateSchema, order: z.array(z.int().min(0)), next: z.int().min(0) }),
  best: z.object({ imagesShown: z.int().min(0), loss: z.number() }).nullable(),
});

/** An encoder as a file holds it. */
export const encoderWeights = (
  { encoder }: EncoderConfiguration,
  tensors: NetworkWeights['tensors'],
): NetworkWeights => ({ className: 'Encoder', constructorArguments: toJson(encoder), tensors });

/** Writes the whole state, then removes all but the newest two: one of them is always complete. */
export async function writeEncoderState(
  folder: string,
  { position, encoder, variables }: EncoderState,
  configuration: EncoderConfiguration,
  origin: { readonly recipe: JsonObject; readonly provenance: JsonObject },
): Promise<void> {
  await writeCheckpoint(join(folder, stateName(position.imagesShown)), {
    ...origin,
    networks: { E: encoderWeights(configuration, encoder) },
    state: {
      tensors: new Map([...variables].map(([name, tensor]) => [name, fromFloats(tensor)])),
      values: { position: toJson(position), configuration: toJson(configuration) },
    },
  });
  for (const old of (await stateNames(folder)).slice(2)) await rm(join(folder, old), { force: true });
}

/**
 * The newest state in the folder that can be read whole; null when there is none. Throws `mismatch` when it belongs to another
 * training, `content` when there are states and none can be read.
 */
export async function readEncoderState(
  folder: string,
  configuration: EncoderConfiguration,
): Promise<EncoderState | null> {
  const names = await stateNames(folder);
  for (const name of names) {
    const path = join(folder, name);
    const checkpoint = await readNetworks(path).catch(() => null);
    const { E } = checkpoint?.networks ?? {};
    if (checkpoint?.state === undefined || E === undefined) continue;
    const position = positionSchema.safeParse(checkpoint.state.values.position);
    if (!position.success) continue;
    demandSame(checkpoint.state.values.configuration, configuration, path);
    const variables = new Map([...checkpoint.state.tensors].map(([key, tensor]) => [key, toFloatTensor(tensor)]));
    return { position: position.data, encoder: E.tensors, variables };
  }
  const [newest] = names;
  if (newest === undefined) return null;
  throw new Problem('content', { file: join(folder, newest), reason: 'neither this nor an older state can be read' });
}
