// A shard: what a task has found out about some images, in three files of a folder that appears whole or not at all.
import { createHash, type Hash, randomBytes } from 'node:crypto';
import { type FileHandle, open, readdir, readFile, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { Outcome } from '../holdings/image-results.ts';
import { syncFolder } from '../platform/atomic-file.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import { makeFolder } from '../platform/make-folder.ts';
import { spoken } from '../platform/spoken-schema.ts';
import { readExchangeFile, writeExchangeFile } from './exchange.ts';

const manifestName = 'manifest.json';
const rowsName = 'rows.jsonl';
/** Contents of files and vectors of features, one after the other. */
const filesName = 'files.bin';

const fileFacts = z.strictObject({ bytes: z.int().nonnegative(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });

export const shardManifestSchema = z.strictObject({
  /** SHA-256 of the order that it was made by. */
  order: z.string(),
  version: z.string(),
  share: z.string(),
  /** What the engine found out before the first image. */
  start: z.unknown(),
  /** What the task has found of held-out normals: in its first shard. */
  calibration: z.array(z.strictObject({ id: z.int(), values: z.record(z.string(), z.number()) })).optional(),
  images: z.array(z.int()).min(1),
  rows: fileFacts,
  files: fileFacts,
  node: z.string(),
  processor: z.string(),
  startSeconds: z.number().nonnegative(),
  workSeconds: z.number().nonnegative(),
});
export type ShardManifest = z.infer<typeof shardManifestSchema>;

const part = { offset: z.int().nonnegative(), length: z.int().nonnegative() };
const rowSchema = z.strictObject({
  image: z.int(),
  skipped: z.string().optional(),
  scores: z
    .array(
      z.union([
        z.strictObject({ score: z.string(), value: z.number() }),
        z.strictObject({ score: z.string(), reason: z.string() }),
      ]),
    )
    .optional(),
  patches: z
    .array(
      z.strictObject({
        score: z.string(),
        patches: z.array(z.strictObject({ x: z.number(), y: z.number(), size: z.number(), value: z.number() })),
      }),
    )
    .optional(),
  boxes: z
    .array(
      z.strictObject({
        score: z.string(),
        boxes: z.array(
          z.strictObject({ x: z.number(), y: z.number(), width: z.number(), height: z.number(), value: z.number() }),
        ),
      }),
    )
    .optional(),
  why: z.strictObject({ reason: z.string(), place: z.string().nullable() }).optional(),
  scoreReasons: z
    .array(z.strictObject({ score: z.string(), reason: z.string(), place: z.string().nullable() }))
    .optional(),
  features: z.array(z.strictObject({ network: z.string(), ...part })).optional(),
  files: z.array(z.strictObject({ role: z.string(), ...part })).optional(),
});
/** A line of a shard: an outcome whose files and vectors are parts of the shard's file of contents. */
export type ShardRow = z.infer<typeof rowSchema>;

/** Numbers of a JSON file are finite: a score that is not gets the reason that the catalog would give. */
const finite = ({ scores }: Outcome): Outcome['scores'] =>
  scores?.map((score) =>
    'value' in score && !Number.isFinite(score.value)
      ? { score: score.score, reason: 'is not a finite number' }
      : score,
  );

/** A file that grows, with the SHA-256 of what it has. */
class HashedFile {
  readonly #handle: FileHandle;
  readonly #hash: Hash = createHash('sha256');
  bytes = 0;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  static async create(path: string): Promise<HashedFile> {
    return new HashedFile(await open(path, 'wx'));
  }

  async append(content: Uint8Array): Promise<void> {
    await this.#handle.writeFile(content);
    this.#hash.update(content);
    this.bytes += content.length;
  }

  async close(): Promise<z.infer<typeof fileFacts>> {
    await this.#handle.sync();
    await this.#handle.close();
    return { bytes: this.bytes, sha256: this.#hash.digest('hex') };
  }
}

/** Writes the shards of a share, one after the other. */
export class ShardWriter {
  readonly #folder: string;
  readonly #facts: Pick<ShardManifest, 'order' | 'version' | 'share' | 'node' | 'processor'>;
  #open: { readonly folder: string; readonly rows: HashedFile; readonly files: HashedFile } | undefined;
  #images: number[] = [];

  /** `folder`: where shards are. */
  constructor(folder: string, facts: Pick<ShardManifest, 'order' | 'version' | 'share' | 'node' | 'processor'>) {
    this.#folder = folder;
    this.#facts = facts;
  }

  get images(): readonly number[] {
    return this.#images;
  }

  async add(outcomes: readonly Outcome[]): Promise<void> {
    if (outcomes.length === 0) return;
    this.#open ??= await this.#create();
    const { rows, files } = this.#open;
    const lines: string[] = [];
    const contents: Uint8Array[] = [];
    let offset = files.bytes;
    const place = (content: Uint8Array) => {
      contents.push(content);
      offset += content.length;
      return { offset: offset - content.length, length: content.length };
    };
    for (const outcome of outcomes) {
      const { image, skipped, scores: _, patches, boxes, why, scoreReasons, features, files, ...none } = outcome;
      // A field that a shard does not know would be lost: it does not compile.
      none satisfies Readonly<Record<string, never>>;
      const row = {
        ...{ image, skipped, patches, boxes, why, scoreReasons },
        scores: finite(outcome),
        features: features?.map(({ network, vector }) => ({
          network,
          ...place(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)),
        })),
        files: files?.map(({ role, bytes }) => ({ role, ...place(bytes) })),
      } satisfies { readonly [N in keyof Required<ShardRow>]: unknown };
      lines.push(`${JSON.stringify(row)}\n`);
      this.#images.push(image);
    }
    await files.append(Buffer.concat(contents));
    await rows.append(Buffer.from(lines.join('')));
  }

  /** Makes what was added a shard. Nothing happens where nothing was. */
  async seal(more: Pick<ShardManifest, 'start' | 'calibration' | 'startSeconds' | 'workSeconds'>): Promise<void> {
    if (this.#open === undefined) return;
    const { folder, rows, files } = this.#open;
    const manifest: ShardManifest = {
      ...this.#facts,
      ...more,
      images: this.#images,
      rows: await rows.close(),
      files: await files.close(),
    };
    await writeExchangeFile(join(folder, manifestName), manifest);
    await rename(folder, join(this.#folder, `${this.#facts.share}-${randomBytes(4).toString('hex')}`));
    await syncFolder(this.#folder);
    this.#open = undefined;
    this.#images = [];
  }

  async #create() {
    makeFolder(this.#folder);
    const folder = join(this.#folder, `.${this.#facts.share}-${process.pid}-${randomBytes(4).toString('hex')}`);
    makeFolder(folder);
    return {
      folder,
      rows: await HashedFile.create(join(folder, rowsName)),
      files: await HashedFile.create(join(folder, filesName)),
    };
  }
}

/** The folders of complete shards below `folder`, in the order of their names. */
export async function listShards(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => /^\d{5,}-[0-9a-f]{8}$/.test(name)).toSorted();
}

export const readManifest = (folder: string): Promise<ShardManifest> =>
  readExchangeFile(join(folder, manifestName), shardManifestSchema);

/** A shard whose checksums are right: its rows, and its file of contents. */
export interface CheckedShard {
  readonly name: string;
  readonly manifest: ShardManifest;
  readonly rows: readonly ShardRow[];
  /** Path of the file of contents. */
  readonly contents: string;
}

/**
 * Reads a shard and checks everything about it before any of it is used. Throws `content` when it is damaged, and `mismatch` when it
 * was made by another order (another version, another network, other settings).
 */
export async function readShard(folder: string, order: string): Promise<CheckedShard> {
  const manifest = await readManifest(folder);
  if (manifest.order !== order) {
    throw new Problem('mismatch', {
      what: `order of ${basename(folder)}`,
      expected: order.slice(0, 16),
      found: `${manifest.order.slice(0, 16)} (version ${manifest.version})`,
    });
  }
  const bytes = await readFile(join(folder, rowsName));
  refuseDamage(join(folder, rowsName), manifest.rows, bytes.length, createHash('sha256').update(bytes));
  const contents = join(folder, filesName);
  const hash = createHash('sha256');
  let size = 0;
  const handle = await open(contents, 'r');
  try {
    for await (const chunk of handle.createReadStream({ autoClose: false, highWaterMark: 2 ** 20 })) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
    }
  } finally {
    await handle.close();
  }
  refuseDamage(contents, manifest.files, size, hash);
  const rows = parseRows(join(folder, rowsName), bytes.toString('utf8'));
  const named = new Set(manifest.images);
  const held = new Set(rows.map(({ image }) => image));
  const isWhole = rows.length === named.size && held.size === named.size && [...held].every((id) => named.has(id));
  if (!isWhole) throw damaged(folder, 'does not hold the images that it names');
  const reaches = ({ offset, length }: { readonly offset: number; readonly length: number }) => offset + length <= size;
  if (!rows.every(({ files = [], features = [] }) => [...files, ...features].every(reaches))) {
    throw damaged(folder, 'refers to contents that it does not have');
  }
  if (!rows.every(({ features = [] }) => features.every(({ length }) => length % 4 === 0))) {
    throw damaged(folder, 'has features that are no float32');
  }
  return { name: basename(folder), manifest, rows, contents };
}

function parseRows(file: string, text: string): readonly ShardRow[] {
  const rows: ShardRow[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      const parsed = rowSchema.safeParse(JSON.parse(line), spoken);
      if (!parsed.success) throw damaged(file, parsed.error.issues[0]!.message);
      rows.push(parsed.data);
    } catch (error) {
      if (isProblem(error)) throw error;
      throw damaged(file, 'has a line that is not JSON');
    }
  }
  return rows;
}

function refuseDamage(file: string, said: z.infer<typeof fileFacts>, bytes: number, hash: Hash): void {
  if (bytes !== said.bytes || hash.digest('hex') !== said.sha256)
    throw damaged(file, 'is damaged: its checksum is wrong');
}

const damaged = (file: string, reason: string): Problem => new Problem('content', { file, reason });
