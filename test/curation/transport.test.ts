// An export for a machine without a network: packed, split, encrypted, opened by `cat`, `tar` and us; what was altered does not come out.
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { encodePng } from '../../src-main/archive/raster/encode-png.ts';
import { checksums, filesBelow } from '../../src-main/curation/export/checksums.ts';
import { decrypted, encrypted, type Locking, type Unlocking } from '../../src-main/curation/transport/age.ts';
import { packExport } from '../../src-main/curation/transport/pack.ts';
import { sizeInBytes } from '../../src-main/curation/transport/size.ts';
import { readTar, tarOf, tarSize } from '../../src-main/curation/transport/tar.ts';
import { unpackExport } from '../../src-main/curation/transport/unpack.ts';
import { hashOfFile } from '../../src-main/platform/hash-of-file.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { temporaryFolder } from '../catalog/sample-catalog.ts';

const random = randomFrom(5);
const noise = (size: number) => Uint8Array.from({ length: size }, () => random.below(256));

/** A folder as an export leaves it: two images, one of an odd size, one below a long name. */
async function madeExport(): Promise<string> {
  const folder = join(temporaryFolder(), 'knees');
  const images = [`images/${'0'.repeat(90)}/${'1'.repeat(60)}.png`, 'images/00000002.png'];
  mkdirSync(join(folder, 'images', '0'.repeat(90)), { recursive: true });
  writeFileSync(join(folder, images[0]!), await encodePng(8, 8, 1, new Uint8Array(64)));
  writeFileSync(join(folder, images[1]!), noise(150_001));
  writeFileSync(join(folder, 'empty.csv'), '');
  const manifest = {
    residua_export: 1,
    images: images.map((file, index) => ({ image: index + 1, file })),
    skipped: [],
  };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const paths = await filesBelow(folder);
  const files = await Promise.all(paths.map(async (path) => ({ path, ...(await hashOfFile(join(folder, path))) })));
  writeFileSync(join(folder, 'SHA256SUMS'), checksums(files));
  return folder;
}

const complaint = async (work: Promise<unknown>) => inWords(await work.catch((error: unknown) => error));
const contents = async (folder: string) =>
  Object.fromEntries(
    (await filesBelow(folder)).toSorted().map((path) => [path, readFileSync(join(folder, path)).toString('base64')]),
  );

const identity = await generateIdentity();
const recipient = await identityToRecipient(identity);
const ways: readonly (readonly [string, Locking | undefined, Unlocking | undefined])[] = [
  ['as it is', undefined, undefined],
  ['for a recipient', { recipients: [recipient] }, { identities: [identity] }],
];

describe('packExport and unpackExport', () => {
  it.each(ways)('carry an export %s, in parts and in one file', async (_, locking, unlocking) => {
    const folder = await madeExport();
    for (const split of [undefined, 65_536]) {
      const target = join(temporaryFolder(), 'usb');
      const { parts } = await packExport({ folder, target, split, locking }, quiet);
      const archives = readdirSync(target)
        .filter((name) => name.startsWith('knees.tar'))
        .sort();
      expect(archives).toHaveLength(split === undefined ? 1 : 3);
      expect(parts).toBe(archives.length);
      execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: target });
      const back = join(temporaryFolder(), 'back');
      const { files } = await unpackExport({ folder: target, target: back, unlocking }, quiet);
      expect(files).toBe(5);
      expect(await contents(back)).toEqual(await contents(folder));
      const bytes = Buffer.concat(archives.map((name) => readFileSync(join(target, name))));
      // In an encrypted archive no name can be read.
      expect(bytes.includes('manifest.json')).toBe(locking === undefined);
    }
  });

  it('is opened by cat and tar', async () => {
    const folder = await madeExport();
    const target = join(temporaryFolder(), 'usb');
    await packExport({ folder, target, split: 65_536, locking: undefined }, quiet);
    execFileSync('sh', ['-c', 'cat knees.tar.* | tar x'], { cwd: target });
    expect(await contents(join(target, 'knees'))).toEqual(await contents(folder));
  });

  it('takes a passphrase, and only the right one', async () => {
    async function* text() {
      yield Buffer.from('inside');
    }
    const locked = await encrypted(text(), { passphrase: 'a long passphrase' });
    const bytes = await buffer(locked);
    expect(bytes.toString('latin1')).toMatch(/^age-encryption\.org\/v1\n-> scrypt /);
    const open = async (passphrase: string) => {
      async function* again() {
        yield bytes;
      }
      return (await buffer(decrypted(again(), { passphrase }, 'x.age'))).toString();
    };
    expect(await open('a long passphrase')).toBe('inside');
    expect(await complaint(open('another passphrase'))).toBe(
      'x.age: cannot be decrypted: another passphrase or key, or it was altered',
    );
    expect(await complaint(encrypted(text(), { passphrase: 'short' }))).toMatch(/10 characters or more/);
    expect(await complaint(encrypted(text(), { recipients: ['age1nonsense'] }))).toMatch(
      /recipient 1 is not a public key/,
    );
  });

  it.each([
    ['a part that is missing', (usb: string) => rmSync(join(usb, 'knees.tar.age.0002')), /0002: is missing/],
    [
      'a part that was altered',
      (usb: string) => appendFileSync(join(usb, 'knees.tar.age.0003'), 'x'),
      /altered|was changed/,
    ],
    ['no checksums', (usb: string) => rmSync(join(usb, 'SHA256SUMS')), /SHA256SUMS/],
  ])('leaves nothing behind with %s', async (_, spoil, expected) => {
    const usb = join(temporaryFolder(), 'usb');
    await packExport(
      { folder: await madeExport(), target: usb, split: 65_536, locking: { recipients: [recipient] } },
      quiet,
    );
    spoil(usb);
    const parent = temporaryFolder();
    const work = unpackExport(
      { folder: usb, target: join(parent, 'back'), unlocking: { identities: [identity] } },
      quiet,
    );
    expect(await complaint(work)).toMatch(expected);
    expect(readdirSync(parent)).toEqual([]);
  });

  it('refuses an export that is not as it was made, and another key', async () => {
    const folder = await madeExport();
    const usb = join(temporaryFolder(), 'usb');
    await packExport({ folder, target: usb, split: undefined, locking: { recipients: [recipient] } }, quiet);
    const back = join(temporaryFolder(), 'back');
    const other = { identities: [await generateIdentity()] };
    expect(await complaint(unpackExport({ folder: usb, target: back, unlocking: other }, quiet))).toMatch(
      /another passphrase or key/,
    );
    expect(await complaint(unpackExport({ folder: usb, target: back, unlocking: undefined }, quiet))).toMatch(
      /passphrase or key not found/,
    );
    writeFileSync(join(folder, 'notes-about-mr-smith.txt'), 'x');
    const again = packExport(
      { folder, target: join(temporaryFolder(), 'x'), split: undefined, locking: undefined },
      quiet,
    );
    expect(await complaint(again)).toMatch(/is not as it was exported: notes-about-mr-smith.txt was added/);
    expect(existsSync(back)).toBe(false);
  });
});

describe('tar', () => {
  async function* bytesOf(...chunks: readonly Uint8Array[]) {
    yield* chunks;
  }
  const names = async (archive: Uint8Array) => {
    const found: string[] = [];
    for await (const { name, bytes } of readTar(bytesOf(archive), 'x.tar')) {
      for await (const _ of bytes);
      found.push(name);
    }
    return found;
  };
  /** One that GNU tar has made of a folder, with options. */
  const gnu = (folder: string, ...options: readonly string[]) =>
    execFileSync('tar', ['c', '--format=ustar', ...options, '.'], { cwd: folder });

  it('gives as many bytes as it says', async () => {
    const path = join(temporaryFolder(), 'x');
    writeFileSync(path, noise(1000));
    const files = [{ name: 'a/x', path, size: 1000 }];
    const archive = await buffer(tarOf(files));
    expect(archive.length).toBe(tarSize(files));
    expect(await names(archive)).toEqual(['a/x']);
    expect(await complaint(buffer(tarOf([{ ...files[0]!, size: 999 }])))).toMatch(/changed while it was read/);
  });

  it.each([
    ['a folder', (folder: string) => mkdirSync(join(folder, 'a'))],
    ['a link', (folder: string) => execFileSync('ln', ['-s', '/etc/passwd', 'a'], { cwd: folder })],
  ])('refuses %s', async (_, make) => {
    const folder = temporaryFolder();
    make(folder);
    expect(await complaint(names(gnu(folder, '--transform=s,^./,k/,')))).toMatch(/something else than plain files/);
  });

  it.each(['../outside', '/etc/outside', 'a/../../outside', 'a\\outside', 'C:outside'])(
    'refuses the name %s',
    async (name) => {
      const path = join(temporaryFolder(), 'x');
      writeFileSync(path, 'x');
      const archive = await buffer(tarOf([{ name, path, size: 1 }]));
      expect(await complaint(names(archive))).toMatch(/holds a file outside of its folder/);
    },
  );

  it('ends as a whole archive or as a problem, wherever it is cut', async () => {
    const path = join(temporaryFolder(), 'x');
    writeFileSync(path, noise(700));
    const archive = await buffer(tarOf([{ name: 'k/x', path, size: 700 }]));
    for (let end = 0; end < tarSize([{ name: 'k/x', path, size: 700 }]) - 1024; end += 100) {
      expect(await complaint(names(archive.subarray(0, end)))).toMatch(/ends too early/);
    }
    expect(await complaint(names(noise(2048)))).toMatch(/is not a tar archive/);
  });
});

describe('sizeInBytes', () => {
  it.each([
    ['4GB', 4e9],
    ['700 MiB', 700 * 2 ** 20],
    ['1.5gb', 1.5e9],
    ['65536', 65_536],
  ])('reads %s', (text, bytes) => {
    expect(sizeInBytes(text)).toBe(bytes);
  });

  it.each(['4', 'GB', '-4GB', '4XB', '4G B', '', '1e9TB'])('refuses %j', (text) => {
    expect(() => sizeInBytes(text)).toThrow(/a size is written such as 4GB/);
  });
});
