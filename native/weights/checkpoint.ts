// Our own checkpoint: safetensors whose header carries constructor arguments, recipe and provenance; and, when training, the state to resume.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { writeFileAtomic } from '../../src-main/platform/atomic-file.ts';
import { Problem } from '../../src-main/platform/errors.ts';
import { type Json, type JsonObject, type Networks, networkNames } from './network-weights.ts';
import { type Safetensors, safetensorsParts } from './safetensors.ts';
import { fromFloats, type StoredTensor, toFloatTensor } from './tensor.ts';

/** What a model is: its networks, how images become its input, and where it comes from. */
export interface Checkpoint {
  readonly networks: Networks;
  /** How an image becomes model space; null when the file does not say (published networks). */
  readonly recipe: JsonObject | null;
  /** Training command, data, versions, times: as the trainer wrote them. */
  readonly provenance: JsonObject;
  /** What a training needs to go on exactly; absent in a model that is only used. */
  readonly state?: TrainingState;
}

/** Optimizer moments and the like as tensors; generators, counters and controllers as JSON. */
export interface TrainingState {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly values: JsonObject;
}

/** The key of the JSON text in the header's `__metadata__`, and that of the checksum over it and all tensors. */
const [metadataKey, checksumKey] = ['residua', 'residua-sha256'];

const json: z.ZodType<Json> = z.lazy(() =>
  z.union([z.null(), z.boolean(), z.number(), z.string(), z.array(json), z.record(z.string(), json)]),
);
const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), json);
const networkSchema = z.strictObject({ className: z.string(), constructorArguments: jsonObject });
const metadataSchema = z.strictObject({
  format: z.literal('residua-checkpoint'),
  version: z.literal(1),
  networks: z.strictObject({
    G: networkSchema.optional(),
    D: networkSchema.optional(),
    G_ema: networkSchema.optional(),
    E: networkSchema.optional(),
    localiser: networkSchema.optional(),
  }),
  recipe: jsonObject.nullable(),
  provenance: jsonObject,
  state: jsonObject.optional(),
});
type Metadata = z.infer<typeof metadataSchema>;

/** True when a safetensors file is a checkpoint of ours. */
export function isCheckpoint({ metadata }: Safetensors): boolean {
  return Object.hasOwn(metadata, metadataKey);
}

/** Writes a checkpoint, whole or not at all. No tensor is copied. Errors: those of the file system, `mismatch`. */
export async function writeCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const { networks, recipe, provenance, state } = checkpoint;
  const present = networkNames.flatMap((name) => {
    const network = networks[name];
    return network === undefined ? [] : [{ name, ...network }];
  });
  const metadata: Metadata = {
    format: 'residua-checkpoint',
    version: 1,
    networks: Object.fromEntries(
      present.map(({ name, className, constructorArguments }) => [name, { className, constructorArguments }]),
    ),
    recipe,
    provenance,
    ...(state === undefined ? {} : { state: state.values }),
  };
  const tensors = new Map<string, StoredTensor>([
    ...present.flatMap(({ name, tensors }) =>
      [...tensors].map(([key, tensor]) => [`${name}.${key}`, fromFloats(tensor)] as const),
    ),
    ...[...(state?.tensors ?? [])].map(([key, tensor]) => [`state.${key}`, tensor] as const),
  ]);
  const text = JSON.stringify(metadata);
  const header = { [metadataKey]: text, [checksumKey]: checksumOf(text, tensors) };
  await writeFileAtomic(path, safetensorsParts(tensors, header));
}

/** SHA-256 (hex) over the JSON text and every tensor by name: type, shape, bytes. */
function checksumOf(text: string, tensors: ReadonlyMap<string, StoredTensor>): string {
  const hash = createHash('sha256').update(`${text}\n`);
  for (const [name, { dtype, shape, data }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${name} ${dtype} [${shape.join(', ')}]\n`).update(data);
  }
  return hash.digest('hex');
}

/**
 * Reads a checkpoint of ours out of a safetensors file; tensors stay views of its bytes where possible.
 * Errors: `content` when the header is not as `writeCheckpoint` makes it, or of a newer version; for tensors that
 * belong to no network of the header; when anything is not what was written, by the checksum (which files of the first
 * versions do not have).
 */
export function checkpointFrom({ tensors, metadata }: Safetensors, file: string): Checkpoint {
  const text = metadata[metadataKey] ?? '';
  const { networks, recipe, provenance, state } = parseMetadata(text, file);
  const checksum = metadata[checksumKey];
  if (checksum !== undefined && checksum !== checksumOf(text, tensors)) {
    throw new Problem('content', { file, reason: 'is damaged: its weights are not those that were written' });
  }
  const known = [
    ...networkNames.filter((name) => networks[name] !== undefined),
    ...(state === undefined ? [] : ['state']),
  ];
  const stray = [...tensors.keys()].find((name) => !known.includes(name.split('.', 1)[0]!));
  if (stray !== undefined)
    throw new Problem('content', { file, reason: `tensor ${stray} belongs to no network of it` });
  return {
    networks: Object.fromEntries(
      Object.entries(networks).map(([name, network]) => {
        const own = [...tensorsUnder(tensors, name)].map(([key, tensor]) => [key, toFloatTensor(tensor)] as const);
        return [name, { ...network, tensors: new Map(own) }];
      }),
    ),
    recipe,
    provenance,
    ...(state === undefined ? {} : { state: { tensors: tensorsUnder(tensors, 'state'), values: state } }),
  };
}

/** The tensors whose names begin with `prefix` and a dot, without both. */
export function tensorsUnder(tensors: ReadonlyMap<string, StoredTensor>, prefix: string): Map<string, StoredTensor> {
  const start = `${prefix}.`;
  return new Map(
    [...tensors].filter(([name]) => name.startsWith(start)).map(([name, tensor]) => [name.slice(start.length), tensor]),
  );
}

function parseMetadata(text: string, file: string): Metadata {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new Problem('content', { file, reason: 'the checkpoint header is not JSON' }, { cause });
  }
  const result = metadataSchema.safeParse(parsed);
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join('.') ?? '';
  const reason = `the checkpoint header is not one that this version reads, at "${where}"`;
  throw new Problem('content', { file, reason }, { cause: result.error });
}
