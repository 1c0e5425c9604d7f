// Opens a StyleGAN2-ADA model, whichever of the known files it is in: published pickle, own checkpoint, plain safetensors.
import { Problem } from '../../src-main/platform/errors.ts';
import { type Checkpoint, checkpointFrom, isCheckpoint } from './checkpoint.ts';
import { networksFromExchange } from './exchange-layout.ts';
import { readNetworkPickle } from './network-pickle.ts';
import { looksLikeSafetensors, readSafetensors } from './safetensors.ts';
import { readWeightsFile } from './weights-file.ts';

/**
 * Reads the networks in `path`; what kind of file it is, its first bytes say. A file that is no checkpoint of ours has
 * no recipe, and what it says of its origin (`training_set_kwargs`, `__metadata__`) becomes the provenance.
 * Errors name the file: `format` for anything else, `unknown-global`, `content`, `missing`, `limit`, those of the file
 * system.
 */
export async function readNetworks(path: string): Promise<Checkpoint> {
  const bytes = await readWeightsFile(path);
  const format = formats.find(({ matches }) => matches(bytes));
  if (format === undefined) throw new Problem('format', { file: path, found: describe(bytes) });
  return format.read(bytes, path);
}

interface Format {
  readonly matches: (bytes: Uint8Array) => boolean;
  readonly read: (bytes: Uint8Array, file: string) => Checkpoint;
}

const formats: readonly Format[] = [
  {
    matches: looksLikeSafetensors,
    read: (bytes, file) => {
      const content = readSafetensors(bytes, file);
      if (isCheckpoint(content)) return checkpointFrom(content, file);
      return { networks: networksFromExchange(content, file), recipe: null, provenance: content.metadata };
    },
  },
  {
    // A pickle of protocol 2 or newer.
    matches: (bytes) => bytes[0] === 0x80 && (bytes[1] ?? 0) >= 2 && (bytes[1] ?? 9) <= 5,
    read: (bytes, file) => {
      const { networks, trainingSetArguments } = readNetworkPickle(bytes, file);
      return { networks, recipe: null, provenance: { training_set_kwargs: trainingSetArguments } };
    },
  },
];

function describe(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'an empty file';
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) return 'a zip archive; networks come as .pkl or .safetensors';
  return `begins with ${Buffer.from(bytes.subarray(0, 4)).toString('hex')}`;
}
