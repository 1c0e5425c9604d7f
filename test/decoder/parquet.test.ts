// Parquet files from outside are read in the decoder process: whole, as a problem, or given up after the time limit; the owner lives on.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDecoderPool } from '../../src-main/decoder/decoder-pool.ts';
import { isProblem } from '../../src-main/platform/errors.ts';
import { writeParquet } from '../../src-main/platform/parquet.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { temporaryFolder } from '../catalog/sample-catalog.ts';

const folder = temporaryFolder();
const good = join(folder, 'good.parquet');
await writeParquet(
  good,
  [
    { name: 'path', kind: 'text' },
    { name: 'score', kind: 'number' },
    { name: 'vector', kind: 'numbers' },
  ],
  Array.from({ length: 300 }, (_, index) => ({
    ...{ path: `a/${index}.png`, score: index / 4 },
    vector: Float32Array.of(index, 2),
  })),
);
const decoder = openDecoderPool({ processes: 2, secondsPerFrame: 1, secondsPerFile: 2 });
afterAll(() => decoder.close());

describe('a Parquet file in the decoder', { timeout: 120_000 }, () => {
  it('gives its flat columns', async () => {
    const { columns, rows } = await decoder.table(good);
    expect(columns).toEqual(['path', 'score']);
    expect([rows.length, rows[299]]).toEqual([300, { path: 'a/299.png', score: 74.75 }]);
  });

  it('is given up when its reader never comes back, as hyparquet 1.31.5 does not from this one', async () => {
    const endless = join(import.meta.dirname, '../golden/decoder/endless.parquet');
    await expect(decoder.table(endless)).rejects.toMatchObject({
      kind: 'content',
      values: { reason: expect.stringMatching(/^reading it was ended: it took more than/) },
    });
    expect((await decoder.table(good)).rows).toHaveLength(300);
  });

  it('ends as a table or as a problem of its own, whatever was done to it', async () => {
    const bytes = readFileSync(good);
    const random = randomFrom(9);
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, async (_, round) => {
        const changed = Buffer.from(bytes);
        // The metadata lie at the end.
        for (let count = 0; count < 3; count++) changed[changed.length - 1 - random.below(500)] = random.below(256);
        const file = join(folder, `${round}.parquet`);
        writeFileSync(file, round % 10 === 0 ? changed.subarray(0, random.below(changed.length)) : changed);
        try {
          return (await decoder.table(file)).columns.length >= 0 ? 'read' : 'odd';
        } catch (error) {
          return isProblem(error, 'content') || isProblem(error, 'limit') ? 'refused' : String(error);
        }
      }),
    );
    expect([...new Set(outcomes)].sort()).toEqual(['read', 'refused']);
    expect((await decoder.table(good)).rows).toHaveLength(300);
  });
});
