// Tar archives, gzipped or not, as archives of images: each file once, hostile ones by name, in any order, within limits.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { GunzipSource } from '../../src-main/archive/containers/tar-source.ts';
import type { ArchiveEntry } from '../../src-main/archive/entry.ts';
import { EntryReader } from '../../src-main/archive/entry-reader.ts';
import { limits } from '../../src-main/archive/limits.ts';
import { walk } from '../../src-main/archive/walk.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { hostileNames } from './hostile-names.ts';
import { paxRecord, type RawTarEntry, rawTar } from './raw-tar.ts';
import { rawZip } from './raw-zip.ts';
import { levels } from './synthetic.ts';

const folder = mkdtempSync(join(tmpdir(), 'residua-tar-'));
afterAll(() => rmSync(folder, { recursive: true }));

function put(path: string, content: Uint8Array): string {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
}

async function walkAll(root: string): Promise<{ entries: ArchiveEntry[]; refused: string[] }> {
  const entries: ArchiveEntry[] = [];
  const refused: string[] = [];
  for await (const item of walk(root, { ...quiet, listedIn: null })) {
    if (item.kind === 'entry') entries.push(item.entry);
    else refused.push(inWords(item.problem));
  }
  return { entries, refused };
}

async function readAll(entries: readonly ArchiveEntry[]): Promise<number[]> {
  const reader = new EntryReader();
  try {
    const contents: number[] = [];
    for (const entry of entries) contents.push((await reader.read(entry)).bytes.length);
    return contents;
  } finally {
    await reader.close();
  }
}

const both: readonly (readonly [name: string, pack: (tar: Buffer) => Buffer])[] = [
  ['set.tar', (tar) => tar],
  ['set.tar.gz', (tar) => gzipSync(tar)],
];

describe.each(both)('%s', (name, pack) => {
  const walkTar = (entries: readonly RawTarEntry[], end = true) => walkAll(put(name, pack(rawTar(entries, end))));

  it('is walked as it is stored, and each file is read back, in any order', async () => {
    const files = [
      { name: './b/', type: '5' },
      { name: './b/2.png', content: levels(700) },
      { name: './a/1.png', content: levels(512) },
      { name: './empty.png' },
    ];
    const { entries, refused } = await walkTar(files);
    expect(refused).toEqual([]);
    expect(entries.map(({ path }) => path)).toEqual([`${name}/b/2.png`, `${name}/a/1.png`, `${name}/empty.png`]);
    expect(await readAll(entries)).toEqual([700, 512, 0]);
    expect(await readAll(entries.toReversed())).toEqual([0, 512, 700]);
    const reader = new EntryReader();
    expect((await reader.read(entries[1]!)).bytes).toEqual(Buffer.from(levels(512)));
    await reader.close();
  });

  it('has the long names that pax and GNU tar write', async () => {
    const long = `${'folder/'.repeat(20)}image.png`;
    const { entries, refused } = await walkTar([
      { name: 'pax', type: 'x', content: Buffer.concat([paxRecord('mtime', '1.5'), paxRecord('path', `p/${long}`)]) },
      { name: 'cut', content: levels(10) },
      { name: '././@LongLink', type: 'L', content: Buffer.from(`g/${long}\0`) },
      { name: 'cut', content: levels(20) },
      { name: 'global', type: 'g', content: paxRecord('comment', 'x') },
      { name: 'short.png', content: levels(30) },
    ]);
    expect(refused).toEqual([]);
    expect(entries.map(({ inside }) => inside)).toEqual([[`p/${long}`], [`g/${long}`], ['short.png']]);
    expect(await readAll(entries)).toEqual([10, 20, 30]);
  });

  it('refuses links, devices and files with holes by name, and takes the rest', async () => {
    const { entries, refused } = await walkTar([
      { name: 'link.png', type: '2' },
      { name: 'hard.png', type: '1' },
      { name: 'device', type: '3' },
      { name: 'sparse.png', type: 'S', content: levels(10) },
      { name: 'pax', type: 'x', content: paxRecord('GNU.sparse.major', '1') },
      { name: 'holes.png', content: levels(10) },
      { name: 'good.png', content: levels(10) },
    ]);
    expect(entries.map(({ inside }) => inside[0])).toEqual(['good.png']);
    expect(refused).toEqual([
      `${name}/link.png: is a link to another file, which is not read`,
      `${name}/hard.png: is a link to another file, which is not read`,
      `${name}/device: is a device, which is not read`,
      `${name}/sparse.png: is a file with holes, which is not read`,
      `${name}/holes.png: is a file with holes, which is not read`,
    ]);
  });

  it('refuses hostile names, and the second of two files of a name', async () => {
    const hostile = hostileNames.filter((each) => typeof each === 'string' && !each.startsWith('./') && each !== '');
    for (const each of hostile) {
      const content = paxRecord('path', each);
      const { entries } = await walkTar([
        { name: 'pax', type: 'x', content },
        { name: 'x', content: levels(10) },
      ]);
      // Backslashes that only divide folders are read as such.
      for (const { path } of entries) expect(path, JSON.stringify(each)).not.toMatch(/(^|\/)\.\.(\/|$)|\\|\0/);
    }
    const { entries, refused } = await walkTar([
      { name: 'a.png', content: levels(10) },
      { name: 'a.png', content: levels(20) },
    ]);
    expect(entries.map(({ size }) => size)).toEqual([10]);
    expect(refused).toEqual([`${name}/a.png: another entry has the same name; the first one is read`]);
  });

  it('refuses an archive that is cut off or damaged, and goes on with what lies beside it', async () => {
    const whole = rawTar([{ name: 'a.png', content: levels(3000) }]);
    put('beside/b.png', levels(10));
    for (const broken of [pack(whole.subarray(0, 2000)), pack(Buffer.concat([whole.subarray(0, 3584), levels(700)]))]) {
      put(`beside/${name}`, broken);
      const { entries, refused } = await walkAll(join(folder, 'beside'));
      expect(entries.map(({ path }) => path)).toEqual(['b.png']);
      expect(refused).toEqual([expect.stringMatching(/^set\.tar.*: (is cut off|is not a readable tar archive)/)]);
    }
    rmSync(join(folder, 'beside'), { recursive: true });
    // Without the empty blocks at the end a whole archive is read all the same.
    expect((await walkTar([{ name: 'a.png', content: levels(512) }], false)).entries).toHaveLength(1);
    // A size that reaches beyond the end.
    const { refused } = await walkTar([{ name: 'a.bin', content: levels(512), declaredSize: 100_000 }], false);
    expect(refused).toEqual([expect.stringContaining('is cut off')]);
  });

  it('may hold other archives, and lie in them', async () => {
    const inner = rawZip([{ name: 'z.png', content: levels(40), method: 8 }]);
    const nested = pack(rawTar([{ name: 't.png', content: levels(50) }]));
    const { entries, refused } = await walkTar([
      { name: 'inner.data', content: inner },
      { name: 'inner.archive', content: nested },
    ]);
    expect(refused).toEqual([]);
    expect(entries.map(({ inside }) => inside)).toEqual([
      ['inner.data', 'z.png'],
      ['inner.archive', 't.png'],
    ]);
    expect(await readAll(entries)).toEqual([40, 50]);
    const zipped = await walkAll(put('outer.zip', rawZip([{ name: name, content: nested }])));
    expect(zipped.entries.map(({ inside }) => inside)).toEqual([[name, 't.png']]);
    expect(await readAll(zipped.entries)).toEqual([50]);
  });
});

describe('what tar itself has written', () => {
  it('is read as well, gzipped too', async () => {
    const long = `tree/${'a-rather-long-folder-name/'.repeat(8)}deep.png`;
    for (const [path, size] of [
      ['tree/a.png', 100],
      ['tree/b/c.png', 70_000],
      [long, 5],
    ] as const)
      put(path, levels(size));
    symlinkSync('a.png', join(folder, 'tree/link.png'));
    for (const format of ['gnu', 'pax', 'ustar']) {
      const path = join(folder, `${format}.tgz`);
      execFileSync('tar', [`--format=${format}`, '-czf', path, '-C', folder, 'tree']);
      const { entries, refused } = await walkAll(path);
      expect(refused).toEqual([`${format}.tgz/tree/link.png: is a link to another file, which is not read`]);
      const sizes = new Map(entries.map(({ inside, size }) => [inside[0], size]));
      expect(sizes).toEqual(
        new Map([
          ['tree/a.png', 100],
          ['tree/b/c.png', 70_000],
          [long, 5],
        ]),
      );
      expect(await readAll(entries)).toEqual(entries.map(({ size }) => size));
    }
  });
});

describe('a gzipped archive', () => {
  it('that is a bomb is stopped', async () => {
    const before = { bytes: limits.tarBytes, growth: limits.tarGrowth };
    Object.assign(limits, { tarBytes: 2 ** 20, tarGrowth: 2 });
    try {
      const bomb = gzipSync(rawTar([{ name: 'zeros.bin', content: new Uint8Array(4 * 2 ** 20) }]));
      const { entries, refused } = await walkAll(put('bomb.tgz', bomb));
      expect(entries).toEqual([]);
      expect(refused).toEqual([
        expect.stringMatching(/^unpacked size of bomb\.tgz is \d+, more than the limit of 1048576$/),
      ]);
    } finally {
      Object.assign(limits, { tarBytes: before.bytes, tarGrowth: before.growth });
    }
  });

  it('nested in another one is held to the limits of nested archives', async () => {
    const before = limits.nestedZipBytes;
    Object.assign(limits, { nestedZipBytes: 2 ** 20 });
    try {
      const inner = gzipSync(rawTar([{ name: 'zeros.bin', content: new Uint8Array(2 * 2 ** 20) }]));
      const { entries, refused } = await walkAll(put('outer.tar', rawTar([{ name: 'inner.tgz', content: inner }])));
      expect(entries).toEqual([]);
      expect(refused).toEqual([expect.stringMatching(/^unpacked size of outer\.tar\/inner\.tgz is \d+, more than/)]);
    } finally {
      Object.assign(limits, { nestedZipBytes: before });
    }
  });

  it('is unpacked once, and only as far as it is needed', async () => {
    const content = Buffer.concat(Array.from({ length: 64 }, (_, index) => Buffer.alloc(2 ** 20, index)));
    const path = put('large.gz', gzipSync(content, { level: 1 }));
    const source = new GunzipSource(path, 'large', { keeps: true });
    let told = 0;
    const at = (position: number) => source.bytesAt(position, 4, () => told++);
    expect(await at(0)).toEqual(Buffer.alloc(4, 0));
    expect(told).toBe(0);
    expect(await at(60 * 2 ** 20)).toEqual(Buffer.alloc(4, 60));
    const before = told;
    expect(before).toBeGreaterThan(3);
    expect(await at(10 * 2 ** 20)).toEqual(Buffer.alloc(4, 10));
    expect(told).toBe(before);
    await source.close();
  });
});
