// What networks see in images, kept in files: read back bit for bit, whole after a crash, never mixed up.
import { appendFile, open, readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { FeatureFile } from '../../src-main/scoring/kept/feature-file.ts';
import { roundHalf, unpackHalf } from '../../src-main/scoring/kept/half-values.ts';
import { contentKey, KeptLooks, type Looker } from '../../src-main/scoring/kept/kept-looks.ts';
import { temporaryFolder } from '../cli/residua.ts';

const random = randomFrom('kept');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const [first, second, third] = ['a', 'b', 'c'].map(contentKey) as [string, string, string];

describe('half values', () => {
  it.each([1, 1e-30, 1e-6, 7e4, 1e30])('of magnitude %d are read back as they were used, good to 11 bits', (scale) => {
    // Just below a power of two: rounding brings the largest one up to it.
    const exact = Float32Array.from([...random.gaussians(500), 3.99999, 0, -1e-7], (value) => value * scale);
    const { values, pack } = roundHalf(exact);
    expect(unpackHalf(pack(), exact.length)).toEqual(values);
    const largest = Math.max(...exact.map(Math.abs));
    for (const [index, value] of values.entries())
      expect(Math.abs(value - exact[index]!)).toBeLessThanOrEqual(
        Math.max(Math.abs(exact[index]!) * 2 ** -11, largest * 2 ** -39),
      );
  });

  it('keep what is not finite, zeros and nothing at all', () => {
    for (const exact of [[Number.NaN, 1, Number.POSITIVE_INFINITY], [0, -0], []].map((list) =>
      Float32Array.from(list),
    )) {
      const { values, pack } = roundHalf(exact);
      expect(values).toEqual(exact);
      expect(unpackHalf(pack(), exact.length)).toEqual(exact);
    }
  });

  it('are refused where another number of them was kept', () => {
    const { pack } = roundHalf(Float32Array.of(1, 2, 3));
    expect(unpackHalf(pack(), 4)).toBeUndefined();
  });
});

describe('a feature file', () => {
  it('gives back what was appended, also when it is opened again', async () => {
    await using folder = await temporaryFolder();
    const file = await FeatureFile.open(folder.path);
    await file.append([
      { key: first, bytes: bytes('one') },
      { key: second, bytes: bytes('two') },
    ]);
    await file.append([{ key: first, bytes: bytes('newer') }]);
    const again = await FeatureFile.open(folder.path);
    for (const each of [file, again]) {
      expect(await each.read(first)).toEqual(bytes('newer'));
      expect(await each.read(second)).toEqual(bytes('two'));
      expect([each.has(third), await each.read(third)]).toEqual([false, undefined]);
      await each.close();
    }
  });

  it('cut at any byte by a crash lacks the last records alone, and can be appended to', async () => {
    await using folder = await temporaryFolder();
    const [index, records] = [join(folder.path, 'index'), join(folder.path, 'records')];
    const file = await FeatureFile.open(folder.path);
    await file.append([{ key: first, bytes: bytes('one') }]);
    const { size } = await stat(index);
    await file.append([{ key: second, bytes: bytes('two') }]);
    await file.close();
    for (let cut = 2 * size - 1; cut >= size; cut -= 5) {
      await truncate(index, cut);
      await appendFile(records, 'half a reco');
      const again = await FeatureFile.open(folder.path);
      expect([await again.read(first), again.has(second)]).toEqual([bytes('one'), false]);
      await again.append([{ key: third, bytes: bytes('three') }]);
      await again.close();
      const once = await FeatureFile.open(folder.path);
      expect([await once.read(first), await once.read(third)]).toEqual([bytes('one'), bytes('three')]);
      await once.close();
    }
    // The index has more than the records: what lies beyond their end is not there.
    await truncate(records, 3);
    const short = await FeatureFile.open(folder.path);
    expect([await short.read(first), short.has(third)]).toEqual([bytes('one'), false]);
    await short.close();
  });

  it('takes a damaged record or entry for none', async () => {
    await using folder = await temporaryFolder();
    const file = await FeatureFile.open(folder.path);
    await file.append([
      { key: first, bytes: bytes('one') },
      { key: second, bytes: bytes('two') },
    ]);
    await file.close();
    const damage = async (name: string, at: number) => {
      const handle = await open(join(folder.path, name), 'r+');
      await handle.write(Uint8Array.of(0xee), 0, 1, at);
      await handle.close();
    };
    await damage('records', 1);
    const one = await FeatureFile.open(folder.path);
    expect([await one.read(first), await one.read(second)]).toEqual([undefined, bytes('two')]);
    await one.close();
    await damage('index', 40);
    const none = await FeatureFile.open(folder.path);
    expect([await none.read(first), await none.read(second)]).toEqual([undefined, undefined]);
    await none.close();
  });
});

/** Sees every value doubled, and notes how many images each call brings. */
function doubling(calls: number[], options: Partial<Looker> = {}): Looker {
  return {
    name: 'doubling',
    identity: '1',
    count: 4,
    precision: 'half',
    look: async (images) => {
      calls.push(images.length);
      return images.map((image) => image.map((value) => 2 * value));
    },
    ...options,
  };
}

const image = () => random.gaussians(4);

describe('kept looks', () => {
  it('compute an image once while it is held, without a folder too', async () => {
    const calls: number[] = [];
    const looks = new KeptLooks(null);
    const look = await looks.keep(doubling(calls));
    const images = [image(), image(), image()];
    await looks.lookAhead(images);
    const again = await look([images[2]!, images[0]!]);
    expect(again[1]).toBe((await look([images[0]!]))[0]);
    await look([images[1]!, image()]);
    expect(calls).toEqual([3, 1]);
    expect(await looks.recall(first)).toBeUndefined();
  });

  it.each(['half', 'single'] as const)('are the same, bit for bit, when they are recalled: %s', async (precision) => {
    await using folder = await temporaryFolder();
    const calls: number[] = [];
    const open = async (kept: string | null) => {
      const looks = new KeptLooks(kept);
      return { looks, look: await looks.keep(doubling(calls, { precision })) };
    };
    const pixels = image();
    const [without] = await (await open(null)).look([pixels]);
    const writing = await open(folder.path);
    writing.looks.tellKey(pixels, first);
    const [written] = await writing.look([pixels, image()]);
    await writing.looks.close();
    const reading = await open(folder.path);
    const recalled = await reading.looks.recall(first);
    const [read] = await reading.look([recalled!]);
    expect([written, read]).toEqual([without, without]);
    expect(recalled).toHaveLength(0);
    expect(await reading.looks.recall(second)).toBeUndefined();
    await expect(reading.look([new Float32Array(0)])).rejects.toThrow('has not seen this image');
    await reading.looks.close();
    expect(calls).toEqual([1, 2]);
  });

  it('are those of the same looker alone', async () => {
    await using folder = await temporaryFolder();
    const calls: number[] = [];
    const seenBy = async (options: Partial<Looker>) => {
      const looks = new KeptLooks(folder.path);
      const look = await looks.keep(doubling(calls, options));
      const pixels = image();
      looks.tellKey(pixels, first);
      await look([pixels]);
      await looks.close();
    };
    for (const options of [{}, {}, { identity: '2' }, { precision: 'single' as const }, { name: 'other' }, {}]) {
      await seenBy(options);
    }
    expect(calls).toEqual([1, 1, 1, 1]);
    expect(await readdir(folder.path)).toHaveLength(4);
  });

  it('ask for the pixels when one of several lookers lacks an image, or has it damaged', async () => {
    await using folder = await temporaryFolder();
    const calls: number[] = [];
    const [a, b] = [doubling(calls), doubling(calls, { name: 'other' })];
    const pixels = image();
    const one = new KeptLooks(folder.path);
    one.tellKey(pixels, first);
    await (await one.keep(a))([pixels]);
    await one.close();
    const both = new KeptLooks(folder.path);
    const looks = [await both.keep(a), await both.keep(b)];
    expect(await both.recall(first)).toBeUndefined();
    both.tellKey(pixels, first);
    for (const look of looks) await look([pixels]);
    expect(await both.recall(first)).toBeDefined();
    await both.close();
    expect(calls).toEqual([1, 1]);
    for (const name of await readdir(folder.path)) {
      const records = join(folder.path, name, 'records');
      const { size } = await stat(records);
      const handle = await open(records, 'r+');
      await handle.write(Uint8Array.of(0xee), 0, 1, size >> 1);
      await handle.close();
    }
    const damaged = new KeptLooks(folder.path);
    await damaged.keep(a);
    expect(await damaged.recall(first)).toBeUndefined();
    await damaged.close();
  });
});
