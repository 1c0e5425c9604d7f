// Shards: written whole, checked before they are used, refused when they are damaged or of another order.
import { createHash } from 'node:crypto';
import { appendFile, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listShards, readShard, ShardWriter } from '../../src-main/cluster/shard.ts';
import { temporaryFolder } from '../cli/residua.ts';

const facts = { order: 'a'.repeat(64), version: '1', share: '00001', node: 'n1', processor: 'p' };
const times = { start: { normals: 3 }, startSeconds: 1, workSeconds: 2 };
const outcomes = [
  {
    image: 7,
    scores: [
      { score: 'MSE', value: 0.1 + 0.2 },
      { score: 'WD', value: Number.NaN },
    ],
    why: { reason: 'something', place: null },
    features: [{ network: 'n', vector: Float32Array.of(1.5, -2) }],
    files: [{ role: 'map', path: 'x.npy', bytes: Uint8Array.of(1, 2, 3) }],
  },
  { image: 9, skipped: 'a.png: is no image' },
];

async function sealed(folder: string): Promise<string> {
  const writer = new ShardWriter(folder, facts);
  await writer.add(outcomes.slice(0, 1));
  await writer.add(outcomes.slice(1));
  expect(await listShards(folder)).toEqual([]);
  await writer.seal(times);
  const [name] = await listShards(folder);
  return join(folder, name!);
}

describe('a shard', () => {
  it('holds rows and contents exactly, and appears when it is complete', async () => {
    await using folder = await temporaryFolder();
    const { rows, manifest, contents } = await readShard(await sealed(folder.path), facts.order);
    expect(manifest).toMatchObject({ ...facts, ...times, images: [7, 9] });
    expect(rows[0]!.scores).toEqual([
      { score: 'MSE', value: 0.1 + 0.2 },
      { score: 'WD', reason: 'is not a finite number' },
    ]);
    expect(rows[1]).toEqual({ image: 9, skipped: 'a.png: is no image' });
    const bytes = await readFile(contents);
    const { offset, length } = rows[0]!.features![0]!;
    expect([...new Float32Array(Uint8Array.from(bytes.subarray(offset, offset + length)).buffer)]).toEqual([1.5, -2]);
    const file = rows[0]!.files![0]!;
    expect([...bytes.subarray(file.offset, file.offset + file.length)]).toEqual([1, 2, 3]);
    expect(await readdir(folder.path)).toHaveLength(1);
  });

  it('is nothing without an image', async () => {
    await using folder = await temporaryFolder();
    const writer = new ShardWriter(folder.path, facts);
    await writer.seal(times);
    expect(await readdir(folder.path)).toEqual([]);
  });

  it('of another order is refused, by name of its version', async () => {
    await using folder = await temporaryFolder();
    await expect(readShard(await sealed(folder.path), 'b'.repeat(64))).rejects.toThrow('version 1');
  });

  it.each<[string, (shard: string) => Promise<void>]>([
    ['rows that were changed', (shard) => appendFile(join(shard, 'rows.jsonl'), ' ')],
    ['contents that are cut off', (shard) => truncate(join(shard, 'files.bin'), 2)],
    ['no manifest', (shard) => writeFile(join(shard, 'manifest.json'), '')],
    [
      'images that it does not have',
      async (shard) => {
        const file = join(shard, 'manifest.json');
        const manifest = JSON.parse(await readFile(file, 'utf8')) as { images: number[] };
        await writeFile(file, JSON.stringify({ ...manifest, images: [7, 9, 11] }));
      },
    ],
    [
      'one image twice',
      async (shard) => {
        const [file, rows] = ['manifest.json', 'rows.jsonl'].map((name) => join(shard, name)) as [string, string];
        const manifest = JSON.parse(await readFile(file, 'utf8')) as { rows: unknown };
        const text = (await readFile(rows, 'utf8')).replace('"image":7', '"image":9');
        await writeFile(rows, text);
        const sha256 = createHash('sha256').update(text).digest('hex');
        await writeFile(file, JSON.stringify({ ...manifest, rows: { bytes: Buffer.byteLength(text), sha256 } }));
      },
    ],
  ])('is refused with %s', async (_, damage) => {
    await using folder = await temporaryFolder();
    const shard = await sealed(folder.path);
    await damage(shard);
    await expect(readShard(shard, facts.order)).rejects.toMatchObject({ kind: 'content' });
  });
});
