// The weights folder as a person asks about it: what is there, what is missing, and files taken into it once checked.
import { basename, join } from 'node:path';
import {
  type PublishedFile,
  type PublishedWeights,
  publishedNetworks,
  publishedWeights,
  type WeightsName,
} from '../../native/weights/published-weights.ts';
import { readNetworks } from '../../native/weights/read-networks.ts';
import type { FloatTensor } from '../../native/weights/tensor.ts';
import { copyIntoFolder, fileSha256, fileTensors, isFile, isPublished } from '../../native/weights/weights-folder.ts';
import { requiredParameters } from '../networks/feature-networks.ts';
import { Problem } from '../platform/errors.ts';
import { networkValues } from '../training/snapshots.ts';
import type { ImportedWeights, WeightsFileState } from './protocol.ts';

interface Known {
  /** What it is used for. */
  readonly use: string;
  readonly choice: number;
  readonly file: PublishedFile;
  /** Throws `content` or `mismatch` unless the file holds what it should. */
  readonly check: (path: string) => Promise<void>;
}

const known: readonly Known[] = [
  ...(Object.keys(publishedWeights) as WeightsName[]).flatMap((name) =>
    (publishedWeights[name] as PublishedWeights).choices.flatMap((files, choice) =>
      files.map((file) => ({
        use: publishedWeights[name].use,
        choice,
        file,
        check: async (path: string) => demandWhole(name, file.adopt(await fileTensors(path)), path),
      })),
    ),
  ),
  ...Object.entries(publishedNetworks).map(([name, file], choice) => ({
    use: 'networks that train --resume starts from by name',
    choice,
    file: {
      name: file,
      origin: `${name}: StyleGAN2-ADA, pretrained/transfer-learning-source-nets`,
      sha256: null,
      adopt: (): ReadonlyMap<string, FloatTensor> => new Map(),
    },
    check: async (path: string) => void networkValues(await readNetworks(path), path),
  })),
];

/** Every published file that is of use, in the folder or not. */
export async function listWeights(folder: string): Promise<readonly WeightsFileState[]> {
  const rows: WeightsFileState[] = [];
  for (const { use, choice, file } of known) {
    const path = join(folder, file.name);
    const { name, origin, sha256: published } = file;
    const sha256 = (await isFile(path)) ? await fileSha256(path) : null;
    const state = sha256 === null ? 'missing' : isPublished(file, sha256) ? 'there' : 'other content';
    rows.push({ use, choice, name, origin, published, sha256, state });
  }
  return rows;
}

/**
 * Takes a file into the folder. Which published file it is, `as` says, or its name, its SHA-256 or what is in it. `other`
 * lets one in whose bytes are not the published ones. Throws `usage` for a file that is none of them, `content` or
 * `mismatch` for one that does not hold what it should, and what reading it throws.
 */
export async function importWeights(
  file: string,
  folder: string,
  { as, other }: { readonly as: string | null; readonly other: boolean },
): Promise<ImportedWeights> {
  const sha256 = await fileSha256(file);
  const found = await recognise(file, sha256, as);
  await found.check(file);
  const path = await copyIntoFolder(file, folder, found.file, sha256, other);
  const { name, sha256: published } = found.file;
  return { name, path, use: found.use, sha256, verified: published !== null && isPublished(found.file, sha256) };
}

async function recognise(file: string, sha256: string, as: string | null): Promise<Known> {
  const named = known.find(({ file: { name } }) => name === (as ?? basename(file)));
  const hashed = known.find(({ file: { sha256: told } }) => told !== null && sha256.startsWith(told));
  const found = as === null ? (hashed ?? named ?? (await byContent(file))) : named;
  if (found !== undefined) return found;
  const which =
    as === null ? `${file} is none of the published weights` : `--as ${as}: there is no such published file`;
  throw new Problem('usage', { message: `${which}; residua weights lists them` });
}

async function byContent(file: string): Promise<Known | undefined> {
  const tensors = await fileTensors(file);
  for (const candidate of known.filter(({ file: { adopt } }) => adopt(tensors).size > 0)) {
    const fits = await candidate.check(file).then(
      () => true,
      () => false,
    );
    if (fits) return candidate;
  }
  return undefined;
}

/** Parts of a network that may come in files of their own. */
const partOf = (parameter: string): string => /^(fc|lin)/.exec(parameter)?.[0] ?? 'features';

/** Each part of the network is wholly in the file, with the right shapes, or not at all; one at least is there. */
function demandWhole(name: WeightsName, tensors: ReadonlyMap<string, FloatTensor>, file: string): void {
  const required = [...requiredParameters(name)];
  const parts = new Set(required.filter(([key]) => tensors.has(key)).map(([key]) => partOf(key)));
  if (parts.size === 0) {
    throw new Problem('content', { file, reason: `holds no parameter of ${publishedWeights[name].use}` });
  }
  for (const [key, shape] of required.filter(([key]) => parts.has(partOf(key)))) {
    const found = tensors.get(key);
    if (found === undefined) throw new Problem('content', { file, reason: `lacks the parameter ${key}` });
    if (found.shape.join() !== shape.join()) {
      const [expected, given] = [`[${shape.join(', ')}]`, `[${found.shape.join(', ')}]`];
      throw new Problem('mismatch', { what: `parameter ${key} of ${file}`, expected, found: given });
    }
  }
}
