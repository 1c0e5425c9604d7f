// Walking folders, zips and nested zips: every file named once, hostile ones refused by name, bombs stopped.
import fs, { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { readDicomdir } from '../../src-main/archive/dicom/dicomdir.ts';
import type { ArchiveEntry } from '../../src-main/archive/entry.ts';
import { EntryReader } from '../../src-main/archive/entry-reader.ts';
import { type WalkItem, walk } from '../../src-main/archive/walk.ts';
import { walkAhead } from '../../src-main/archive/walk-ahead.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { hostileNames } from './hostile-names.ts';
import { rawZip } from './raw-zip.ts';
import { levels } from './synthetic.ts';

const golden = readFileSync(new URL('../golden/archive/dicom/DICOMDIR', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'residua-walk-'));
afterAll(() => rmSync(folder, { recursive: true }));

function put(path: string, content: Uint8Array): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
}

async function walkAll(root: string): Promise<{ entries: ArchiveEntry[]; refused: string[] }> {
  const items: WalkItem[] = [];
  const reader = new EntryReader();
  const listedIn = async (entry: ArchiveEntry) => readDicomdir((await reader.read(entry)).bytes, entry.path);
  for await (const item of walk(root, { ...quiet, listedIn })) items.push(item);
  await reader.close();
  return {
    entries: items.flatMap((item) => (item.kind === 'entry' ? [item.entry] : [])),
    refused: items.flatMap((item) => (item.kind === 'refused' ? [inWords(item.problem)] : [])),
  };
}

async function readAll(entries: readonly ArchiveEntry[]): Promise<Uint8Array[]> {
  const reader = new EntryReader();
  try {
    const contents: Uint8Array[] = [];
    for (const entry of entries) contents.push((await reader.read(entry)).bytes);
    return contents;
  } finally {
    await reader.close();
  }
}

describe('walk', () => {
  it('names every file of folders, zips and zips in zips in order, and reads each back', async () => {
    const inner = rawZip([{ name: 'deep/c.bin', content: levels(5000), method: 8 }]);
    put('tree/b.png', levels(10));
    put('tree/a/z.dcm', levels(20));
    put('tree/.DS_Store', levels(3));
    put(
      'tree/set.zip',
      rawZip([
        { name: 'y.png', content: levels(30), method: 8 },
        { name: 'x/inner.data', content: inner },
        { name: '__MACOSX/y.png', content: levels(4) },
      ]),
    );
    const { entries, refused } = await walkAll(join(folder, 'tree'));
    expect(refused).toEqual([]);
    expect(entries.map((entry) => entry.path)).toEqual([
      'a/z.dcm',
      'b.png',
      'set.zip/x/inner.data/deep/c.bin',
      'set.zip/y.png',
    ]);
    expect((await readAll(entries)).map((bytes) => bytes.length)).toEqual([20, 10, 5000, 30]);
    const again = await walkAll(join(folder, 'tree'));
    expect(again.entries).toEqual(entries);
  });

  it('pairs .hdr with .img and reads both', async () => {
    put('pairs/brain.hdr', levels(348));
    put('pairs/brain.img', levels(64));
    put('pairs/lonely.img', levels(8));
    const { entries } = await walkAll(join(folder, 'pairs'));
    expect(entries.map((entry) => [entry.path, entry.companion])).toEqual([
      ['brain.hdr', 'brain.img'],
      ['lonely.img', undefined],
    ]);
    const reader = new EntryReader();
    expect((await reader.read(entries[0]!)).companion?.length).toBe(64);
  });

  it('reports the files that a DICOMDIR lists and that are not there, in folders and in zips', async () => {
    put('medium/DICOMDIR', golden);
    put('medium/IMAGES/ONE', levels(40));
    const { entries, refused } = await walkAll(join(folder, 'medium'));
    expect(entries.map((entry) => entry.path)).toEqual(['IMAGES/ONE']);
    expect(refused).toEqual(['file of DICOMDIR not found: IMAGES/TWO']);
    const zip = rawZip([
      { name: 'disc/DICOMDIR', content: golden, method: 8 },
      { name: 'disc/IMAGES/TWO', content: levels(40) },
    ]);
    const zipped = await walkAll(put('medium.zip', zip));
    expect(zipped.entries.map((entry) => entry.path)).toEqual(['medium.zip/disc/IMAGES/TWO']);
    expect(zipped.refused).toEqual(['file of medium.zip/disc/DICOMDIR not found: IMAGES/ONE']);
  });

  it('takes for a DICOMDIR what is one, whatever the names', async () => {
    put('names/DICOMDIR/a.png', levels(10));
    put('names/dicomdir.bak', golden);
    put('names/sub/DICOMDIR', levels(600));
    const { entries, refused } = await walkAll(join(folder, 'names'));
    expect(entries.map((entry) => entry.path)).toEqual(['DICOMDIR/a.png', 'sub/DICOMDIR']);
    expect(refused).toEqual([
      'file of dicomdir.bak not found: IMAGES/ONE',
      'file of dicomdir.bak not found: IMAGES/TWO',
    ]);
  });

  it('does not open a device by the name DICOMDIR', async () => {
    mkdirSync(join(folder, 'devices'));
    symlinkSync('/dev/zero', join(folder, 'devices/DICOMDIR'));
    const { refused } = await walkAll(join(folder, 'devices'));
    expect(refused).toEqual(['DICOMDIR: is neither a file nor a folder']);
  });

  it('takes a .npz for one file: latents beside reconstructions are no archive of images', async () => {
    const path = put('arrays/latents.npz', rawZip([{ name: 'w.npy', content: levels(9) }]));
    const { entries } = await walkAll(dirname(path));
    expect(entries.map((entry) => entry.path)).toEqual(['latents.npz']);
  });

  it('reads names that are no UTF-8, and tells them from their neighbours', async () => {
    const latin1 = (name: string) => Buffer.concat([Buffer.from(join(folder, 'old/')), Buffer.from(name, 'latin1')]);
    mkdirSync(join(folder, 'old'));
    for (const [name, length] of [
      ['rö.png', 1],
      ['sä.png', 2],
    ] as const)
      writeFileSync(latin1(name), levels(length));
    mkdirSync(latin1('Bücher'));
    writeFileSync(latin1('Bücher/a.png'), levels(3));
    put('old/rö.png', levels(4));
    const { entries, refused } = await walkAll(join(folder, 'old'));
    expect(refused).toEqual([]);
    expect(entries.map(({ path }) => path)).toEqual(['Bücher/a.png', 'rö.png', 'r%F6.png', 'sä.png']);
    expect((await readAll(entries)).map(({ length }) => length)).toEqual([3, 4, 1, 2]);
  });

  it('does not follow links to folders', async () => {
    mkdirSync(join(folder, 'links'));
    symlinkSync(folder, join(folder, 'links/up'));
    expect((await walkAll(join(folder, 'links'))).refused).toEqual(['up: is a link to a folder, not followed']);
  });

  it('lists a zip in a few readings of the disk: one of 112,120 images would take a decoder longer than it has', async () => {
    const names = Array.from({ length: 1000 }, (_, index) => ({ name: `${index}.png`, content: levels(8) }));
    const path = put('many.zip', rawZip(names));
    const handle = await open(path);
    const readings = [vi.spyOn(fs, 'read'), vi.spyOn(Object.getPrototypeOf(handle), 'read')];
    expect((await walkAll(path)).entries).toHaveLength(1000);
    expect(readings.flatMap((reading) => reading.mock.calls).length).toBeLessThan(10);
    vi.restoreAllMocks();
    await handle.close();
  });

  it('tells a file that changed since it was listed', async () => {
    const path = put('change/a.png', levels(10));
    const { entries } = await walkAll(dirname(path));
    writeFileSync(path, levels(11));
    await expect(readAll(entries)).rejects.toMatchObject({ kind: 'mismatch' });
  });
});

describe('hostile names', () => {
  it(`refuses each of ${hostileNames.length} by name and goes on`, async () => {
    expect(hostileNames.length).toBeGreaterThanOrEqual(60);
    const path = put(
      'hostile/names.zip',
      rawZip([
        ...hostileNames.map((name) => ({ name, content: levels(4) })),
        { name: 'good/image.png', content: levels(7) },
      ]),
    );
    const { entries, refused } = await walkAll(path);
    expect(entries.map((entry) => entry.path)).toEqual(['names.zip/good/image.png']);
    expect(refused).toHaveLength(hostileNames.length);
    for (const line of refused) expect(line).toMatch(/^names\.zip: the name [\x20-\x7e]* [a-z ]+$/);
  });
});

describe('zips that lie', () => {
  const one = async (bytes: Uint8Array) => {
    const { entries, refused } = await walkAll(put('lies/lie.zip', bytes));
    return entries.length > 0 ? readAll(entries).then(() => 'read', inWords) : refused[0];
  };

  it.each([
    [
      'declares less than it holds',
      [{ name: 'a.png', content: new Uint8Array(1e6), method: 8, declaredSize: 100 }],
      'lie.zip/a.png: its compressed data is broken or longer than declared',
    ],
    [
      'declares more than it holds',
      [{ name: 'a.png', content: levels(50), method: 8, declaredSize: 100 }],
      'lie.zip/a.png: size or checksum is wrong',
    ],
    [
      'has a wrong checksum',
      [{ name: 'a.png', content: levels(50), declaredCrc: 1 }],
      'lie.zip/a.png: size or checksum is wrong',
    ],
    ['is encrypted', [{ name: 'a.png', content: levels(50), flags: 1 }], 'lie.zip/a.png: it is encrypted'],
    [
      'overlaps its entries',
      Array.from({ length: 50 }, (_, index) => ({
        name: `${index}.png`,
        content: levels(900),
        ...(index > 0 ? { sharesDataOf: 0 } : {}),
      })),
      'lie.zip: its entries overlap',
    ],
    [
      'claims an entry of 4 GB',
      [{ name: 'a.png', content: levels(50), method: 8, declaredSize: 0xffff_fff0 }],
      'entry size in bytes is 4294967280, more than the limit of 536870912',
    ],
  ] as const)('%s', async (_, entries, reason) => {
    expect(await one(rawZip(entries))).toBe(reason);
  });

  it('reads the first of two entries of one name, and names the second', async () => {
    const bytes = rawZip([
      { name: 'a.png', content: levels(50) },
      { name: 'a.png', content: levels(60) },
      { name: 'b.png', content: levels(70) },
    ]);
    const { entries, refused } = await walkAll(put('lies/doubled.zip', bytes));
    expect((await readAll(entries)).map(({ length }) => length)).toEqual([50, 70]);
    expect(refused).toEqual(['doubled.zip/a.png: another entry has the same name; the first one is read']);
  });

  it('takes backslashes for what divides folders', async () => {
    const bytes = rawZip([{ name: 'set\\odd\\a.png', content: levels(50) }]);
    const { entries, refused } = await walkAll(put('lies/backslashes.zip', bytes));
    expect(refused).toEqual([]);
    expect(entries.map(({ path, inside }) => [path, inside])).toEqual([
      ['backslashes.zip/set/odd/a.png', ['set\\odd\\a.png']],
    ]);
    expect((await readAll(entries))[0]).toHaveLength(50);
  });

  it('refuses zips nested too deep and the walk ends', async () => {
    let bomb = rawZip([{ name: 'a.png', content: levels(10) }]);
    for (let depth = 0; depth < 6; depth++) {
      bomb = rawZip([
        { name: 'x', content: bomb, method: 8 },
        { name: 'y', content: bomb, method: 8 },
      ]);
    }
    const { entries, refused } = await walkAll(put('lies/nested.zip', bomb));
    expect(entries).toEqual([]);
    expect(new Set(refused)).toEqual(new Set(['zips inside zips is 4, more than the limit of 3']));
  });

  it('refuses more zips inside a zip than twenty times its size', async () => {
    const inner = Buffer.concat([rawZip([]), Buffer.alloc(100 * 2 ** 20)]);
    // Not its end, so that nothing is listed, but its beginning, so that it is inflated.
    inner.write('PK\x03\x04', 0, 'latin1');
    const one = { name: 'x', content: inner, method: 8, stored: deflateRawSync(inner, { level: 1 }) } as const;
    const path = put('lies/many.zip', rawZip([one, ...['y', 'z'].map((name) => ({ ...one, name }))]));
    const { entries, refused } = await walkAll(path);
    expect(entries).toEqual([]);
    expect(refused).toEqual([
      expect.stringMatching(/^many\.zip\/x: not a readable zip/),
      expect.stringMatching(/^many\.zip\/y: not a readable zip/),
      expect.stringMatching(/^size of all zips inside a zip is \d+, more than the limit of \d+$/),
    ]);
  });

  it.each([3, 21, 22, 60, 100])('refuses a zip cut to %d bytes', async (length) => {
    const whole = rawZip([{ name: 'a.png', content: levels(50) }]);
    const { entries } = await walkAll(put('lies/cut', whole.subarray(0, length)));
    // Too short to be called a zip, or called a broken one: never an entry of it.
    expect(entries.every((entry) => entry.inside.length === 0)).toBe(true);
  });
});

describe('walkAhead', () => {
  const names = Array.from({ length: 200 }, (_, index) => `${index}`.padStart(3, '0'));
  const ahead = () => {
    for (const name of names) put(`many/${name}.png`, levels(4));
    return join(folder, 'many');
  };

  it.each([250_000, 3])('gives what walk gives, with %d items waiting at most', async (most) => {
    const taken: string[] = [];
    let found = 0;
    for await (const item of walkAhead(ahead(), { ...quiet, listedIn: null }, (items) => (found = items), most)) {
      if (item.kind === 'entry') taken.push(item.entry.path);
    }
    expect(taken).toEqual(names.map((name) => `${name}.png`));
    expect(found).toBe(200);
  });

  it('knows how many there are while the first one is being read, and ends with its reader', async () => {
    const found = Promise.withResolvers<number>();
    for await (const _ of walkAhead(ahead(), { ...quiet, listedIn: null }, found.resolve)) {
      expect(await found.promise).toBe(200);
      break;
    }
    const none = walkAhead(join(folder, 'nowhere'), { ...quiet, listedIn: null }, () => {}).next();
    await expect(none).rejects.toMatchObject({ kind: 'file' });
  });
});
