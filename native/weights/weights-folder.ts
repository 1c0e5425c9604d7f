// The folder of published weights: what is there, whether it is what its makers published, and its tensors.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { writeFileAtomic } from '../../src-main/platform/atomic-file.ts';
import { Problem } from '../../src-main/platform/errors.ts';
import { makeFolder } from '../../src-main/platform/make-folder.ts';
import { type PublishedFile, type PublishedWeights, publishedWeights, type WeightsName } from './published-weights.ts';
import { readSafetensors } from './safetensors.ts';
import { type FloatTensor, toFloatTensor } from './tensor.ts';
import { torchTensors } from './torch-file.ts';
import { readWeightsFile, weightsKind } from './weights-file.ts';

/** SHA-256 of files that were imported, by name, where none is published or theirs is another. */
const otherFiles = 'other-files.json';
const otherSchema = z.record(z.string(), z.string());

/** SHA-256 of a file as hexadecimal digits. */
export async function fileSha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** True when `sha256` begins with what the makers tell, or they tell nothing. */
export const isPublished = ({ sha256: told }: PublishedFile, sha256: string): boolean => sha256.startsWith(told ?? '');

/** The files of the first choice that is whole in the folder; null when there is none. */
export async function findWeights(folder: string, name: WeightsName): Promise<readonly PublishedFile[] | null> {
  for (const choice of (publishedWeights[name] as PublishedWeights).choices) {
    if ((await missingOf(folder, choice)).length === 0) return choice;
  }
  return null;
}

/** Throws `missing`, naming the first file that lacks, unless a choice is whole. `what` says what they are needed for. */
export async function demandWeights(
  folder: string,
  name: WeightsName,
  what: string,
): Promise<readonly PublishedFile[]> {
  const found = await findWeights(folder, name);
  if (found !== null) return found;
  const [first] = (publishedWeights[name] as PublishedWeights).choices;
  const [lacking] = await missingOf(folder, first!);
  throw new Problem('missing', { what, name: join(folder, lacking!.name) });
}

/**
 * The tensors of published weights by the names that the network of ours asks for. Throws `missing`, naming the file;
 * `content` for a file that is neither the published one nor one that was imported as another.
 */
export async function readPublishedWeights(
  folder: string,
  name: WeightsName,
  what: string,
): Promise<ReadonlyMap<string, FloatTensor>> {
  const others = await readOthers(folder);
  const tensors = new Map<string, FloatTensor>();
  for (const file of await demandWeights(folder, name, what)) {
    const path = join(folder, file.name);
    const imported = others[file.name];
    if (file.sha256 !== null || imported !== undefined) {
      const sha256 = await fileSha256(path);
      if (imported !== undefined && imported !== sha256) throw changed(path);
      if (imported === undefined && !isPublished(file, sha256)) throw otherContent(path, file, sha256);
    }
    for (const [key, tensor] of file.adopt(await fileTensors(path))) tensors.set(key, tensor);
  }
  return tensors;
}

/** Every tensor of a PyTorch or safetensors file; nothing in it is run. Errors as `readTorchFile`. */
export async function fileTensors(path: string): Promise<ReadonlyMap<string, FloatTensor>> {
  const bytes = await readWeightsFile(path);
  const safe = weightsKind(bytes) === 'safetensors';
  const stored = safe ? readSafetensors(bytes, path).tensors : await torchTensors(bytes, path);
  return new Map([...stored].map(([name, tensor]) => [name, toFloatTensor(tensor)]));
}

/**
 * Copies a file into the folder under its published name, whole or not at all. `other`: it is not what its makers
 * published, and whoever imports it knows; else such a file is refused with `content`.
 */
export async function copyIntoFolder(
  file: string,
  folder: string,
  published: PublishedFile,
  sha256: string,
  other: boolean,
): Promise<string> {
  const differs = !isPublished(published, sha256);
  if (differs && !other) throw otherContent(file, published, sha256);
  makeFolder(folder);
  const path = join(folder, published.name);
  const temporary = join(folder, `.${published.name}.${process.pid}.tmp`);
  try {
    await copyFile(file, temporary);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
  const { [published.name]: _, ...rest } = await readOthers(folder);
  const noted = differs || published.sha256 === null ? { ...rest, [published.name]: sha256 } : rest;
  await writeFileAtomic(join(folder, otherFiles), `${JSON.stringify(noted, null, 2)}\n`);
  return path;
}

async function missingOf(folder: string, choice: readonly PublishedFile[]): Promise<readonly PublishedFile[]> {
  const there = await Promise.all(choice.map(({ name }) => isFile(join(folder, name))));
  return choice.filter((_, index) => !there[index]);
}

async function readOthers(folder: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(join(folder, otherFiles), 'utf8').catch(() => '{}');
  try {
    return otherSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Problem('content', { file: join(folder, otherFiles), reason: 'is no list of imported files' }, { cause });
  }
}

function otherContent(path: string, { name, sha256: told }: PublishedFile, sha256: string): Problem<'content'> {
  const reason = `is not the published ${name}: its SHA-256 is ${sha256}, that one's begins with ${told?.slice(0, 16)}`;
  return new Problem('content', { file: path, reason });
}

/** Throws `content` when the file of this name is not the one that was imported; one put there by hand is not known. */
export async function demandImported(folder: string, name: string): Promise<void> {
  const path = join(folder, name);
  const imported = (await readOthers(folder))[name];
  if (imported !== undefined && imported !== (await fileSha256(path))) throw changed(path);
}

function changed(file: string): Problem<'content'> {
  return new Problem('content', { file, reason: 'is damaged: it is not the file that was imported' });
}

/** True for a regular file. */
export async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
