// Opens a StyleGAN2-ADA model, whichever of the known files it is in: published pickle, own checkpoint, plain safetensors.
import { type Checkpoint, checkpointFrom, isCheckpoint } from './checkpoint.ts';
import { networksFromExchange } from './exchange-layout.ts';
import { readNetworkPickle } from './network-pickle.ts';
import { readSafetensors } from './safetensors.ts';
import { readWeightsFile, type WeightsKind, weightsKind, wrongKind } from './weights-file.ts';

type Reader = (bytes: Uint8Array, file: string) => Checkpoint;

const readers: { readonly [K in WeightsKind]: Reader } = {
  safetensors: (bytes, file) => {
    const content = readSafetensors(bytes, file);
    if (isCheckpoint(content)) return checkpointFrom(content, file);
    return { networks: networksFromExchange(content, file), recipe: null, provenance: content.metadata };
  },
  pickle: (bytes, file) => {
    const { networks, trainingSetArguments } = readNetworkPickle(bytes, file);
    return { networks, recipe: null, provenance: { training_set_kwargs: trainingSetArguments } };
  },
  zip: refuse,
  npy: refuse,
  'torch-legacy': refuse,
};

/**
 * Reads the networks in `path`; what kind of file it is, its first bytes say. A file that is no checkpoint of ours has
 * no recipe, and what it says of its origin (`training_set_kwargs`, `__metadata__`) becomes the provenance.
 * Errors name the file: `format` for anything else, `unknown-global`, `content`, `missing`, `limit`, those of the file
 * system.
 */
export async function readNetworks(path: string): Promise<Checkpoint> {
  const bytes = await readWeightsFile(path);
  const kind = weightsKind(bytes);
  return kind === undefined ? refuse(bytes, path) : readers[kind](bytes, path);
}

function refuse(bytes: Uint8Array, file: string): never {
  throw wrongKind(bytes, file, 'a network pickle (.pkl) or a checkpoint (.safetensors)');
}
