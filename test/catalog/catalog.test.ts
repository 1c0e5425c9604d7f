// Opening a catalog: pragmas, migrations, refusals, transactions, files beside it, two processes at once.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Sqlite from 'better-sqlite3';
import { describe, expect, it, vi } from 'vitest';
import { checkNodeVersion, openCatalog, openForReading } from '../../src-main/catalog/catalog.ts';
import { networkFileSystem } from '../../src-main/catalog/local-folder.ts';
import { schemaVersion } from '../../src-main/catalog/migrate.ts';
import { initial } from '../../src-main/catalog/migrations/1-initial.ts';
import { oddFiles } from '../../src-main/catalog/migrations/2-odd-files.ts';
import { importFiles, seenUnchanged } from '../../src-main/catalog/tables/files.ts';
import { imageRecord } from '../../src-main/catalog/tables/images.ts';
import { countImages } from '../../src-main/catalog/tables/pages.ts';
import { getSetting, listViews, removeView, saveView, setSetting } from '../../src-main/catalog/tables/settings.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { emptyCatalog, noon, sampleCatalog, sampleFile, temporaryFolder } from './sample-catalog.ts';

const words = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return inWords(error);
  }
  return 'nothing was thrown';
};

describe('openCatalog', () => {
  it('makes a durable database of strict tables', () => {
    const catalog = emptyCatalog();
    const pragma = (name: string) => Object.values(catalog.get<Record<string, unknown>>(`PRAGMA ${name}`)!)[0];
    expect([pragma('journal_mode'), pragma('synchronous'), pragma('foreign_keys')]).toEqual(['wal', 2, 1]);
    expect([pragma('user_version'), pragma('busy_timeout')]).toEqual([schemaVersion, 10_000]);
    const loose = catalog.column(
      `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%'`,
    );
    expect(loose).toEqual([]);
    expect(existsSync(join(catalog.folder, 'score-maps'))).toBe(true);
    expect(catalog.integrityFaults()).toEqual([]);
  });

  it('opens again what it made', () => {
    const first = emptyCatalog();
    setSetting(first, 'reviewer', 'Ada');
    first.close();
    const second = emptyCatalog(first.folder);
    expect(getSetting(second, 'reviewer')).toBe('Ada');
    expect(getSetting(second, 'nothing')).toBeUndefined();
  });

  it('refuses a folder without a catalog unless it may make one', () => {
    const folder = temporaryFolder();
    expect(words(() => openCatalog(folder))).toBe(`catalog not found: ${folder}`);
    expect(words(() => openCatalog(join(folder, 'nowhere')))).toBe(`catalog not found: ${join(folder, 'nowhere')}`);
    expect(existsSync(join(folder, 'catalog.sqlite'))).toBe(false);
  });

  it('refuses a database of a newer version and leaves it as it is', () => {
    const catalog = emptyCatalog();
    const file = join(catalog.folder, 'catalog.sqlite');
    catalog.close();
    const database = new Sqlite(file);
    database.pragma(`user_version = ${schemaVersion + 1}`);
    database.close();
    const before = readFileSync(file);
    expect(words(() => openCatalog(catalog.folder))).toBe(
      `schema of ${file}: expected version ${schemaVersion} or older, found version ${schemaVersion + 1}, of a newer Residua`,
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('keeps what an older Residua has noted, and fingerprints the pixels at the next import', () => {
    const folder = temporaryFolder();
    const database = new Sqlite(join(folder, 'catalog.sqlite'));
    database.exec(initial + oddFiles);
    database.pragma('application_id = 0x52657369');
    database.pragma('user_version = 2');
    const { sha256, ...file } = sampleFile(1);
    const columns =
      'source, path, file, inside, size, modified, sha256, format, frame_count, state, imported_at, seen_at';
    database.exec(`
      INSERT INTO files (${columns}) VALUES ('${file.source}', '${file.path}', '${file.file}', '[]', ${file.size},
        ${file.modified}, '${sha256}', 'PNG', 1, 'present', '${noon}', '${noon}');
      INSERT INTO images (file, frame, name, width, height, bits, pixels_sha256)
        VALUES (1, 0, 'first', 64, 64, 8, '${'a'.repeat(64)}')`);
    database.close();
    const catalog = emptyCatalog(folder);
    expect(imageRecord(catalog, 1)).toMatchObject({ name: 'first', pixelFingerprint: null, sha256 });
    expect(seenUnchanged(catalog, [file], { at: noon, since: noon })).toEqual([null]);
    const pixelFingerprint = 'b'.repeat(32);
    const again = sampleFile(1, { pixelFingerprint });
    expect(importFiles(catalog, [again], noon)).toEqual([{ outcome: 'known', images: [1] }]);
    expect(imageRecord(catalog, 1)).toMatchObject({ name: 'first', pixelFingerprint });
    expect(seenUnchanged(catalog, [file], { at: noon, since: noon })).toEqual([{ counted: false, quarantined: null }]);
  });

  it('refuses the database of another program, a text and a damaged file', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'catalog.sqlite');
    const database = new Sqlite(file);
    database.exec('CREATE TABLE photos (id)');
    database.close();
    expect(words(() => openCatalog(folder))).toMatch(/an SQLite database of another program/);
    writeFileSync(file, 'hello '.repeat(1000));
    expect(words(() => openCatalog(folder))).toMatch(/not an SQLite database/);
  });

  it('says in words that Node.js is too old', () => {
    expect(words(() => checkNodeVersion('22.11.0'))).toBe('Node.js: expected 22.12 or newer, found 22.11.0');
    expect(words(() => checkNodeVersion('20.19.0'))).toMatch(/found 20/);
    for (const version of ['22.12.0', '23.0.0', '24.1.0']) expect(() => checkNodeVersion(version)).not.toThrow();
  });
});

describe('networkFileSystem', () => {
  const mounts = [
    '22 1 8:1 / / rw - ext4 /dev/sda1 rw',
    '40 22 0:40 / /mnt/server rw - fuse.sshfs user@server:/ rw',
    '41 22 0:41 / /mnt/usb\\040stick rw - fuseblk /dev/sdb1 rw',
    '42 41 0:42 / /mnt/usb\\040stick/deep rw - fuse.rclone remote: rw',
  ].join('\n');
  const mac = '/dev/disk1 on / (apfs, local)\n//ada@server/share on /Volumes/share (smbfs, nodev)';
  it.each([
    ['linux', 0x6969, '/data', 'NFS'],
    ['linux', 0xff534d42 | 0, '/data', 'CIFS'],
    ['linux', 0x01021997, '/data', '9p'],
    ['linux', 0xef53, '/data', undefined],
    ['linux', 0x65735546, '/mnt/server/catalog', 'fuse.sshfs'],
    ['linux', 0x65735546, '/mnt/usb stick/catalog', undefined],
    ['linux', 0x65735546, '/mnt/usb stick/deep/er', 'fuse.rclone'],
    ['win32', 0, '\\\\server\\share\\catalog', 'a UNC path'],
    ['win32', 0, '\\\\?\\C:\\catalog', undefined],
    ['win32', 0, 'C:\\catalog', undefined],
  ] as const)('%s %i %s: %s', (platform, type, realPath, expected) => {
    expect(networkFileSystem({ platform, type, realPath, mounts })).toBe(expected);
  });

  it.each([
    ['/Volumes/share/catalog', 'smbfs'],
    ['/Volumes/shared', undefined],
  ])('macOS %s: %s', (realPath, expected) => {
    expect(networkFileSystem({ platform: 'darwin', type: 26, realPath, mounts: mac })).toBe(expected);
  });
});

describe('a catalog that may only be read', () => {
  it('shows everything, also what is still in the write-ahead log, changes nothing and leaves nothing', () => {
    const catalog = emptyCatalog();
    setSetting(catalog, 'a', 1);
    const before = readdirSync(catalog.folder);
    const copies = temporaryFolder();
    vi.stubEnv('TMPDIR', copies);
    const reading = openForReading(catalog.folder);
    vi.unstubAllEnvs();
    expect(readdirSync(copies)).toHaveLength(1);
    expect([reading.readOnly, catalog.readOnly]).toEqual([true, false]);
    expect(getSetting(reading, 'a')).toBe(1);
    expect(words(() => setSetting(reading, 'a', 2))).toBe('the folder is read-only');
    expect(reading.path('audit-heads.txt')).toBe(join(catalog.folder, 'audit-heads.txt'));
    reading.close();
    expect(readdirSync(catalog.folder)).toEqual(before);
    expect(readdirSync(copies)).toEqual([]);
    expect(getSetting(catalog, 'a')).toBe(1);
  });

  it('of an older schema is shown as well', () => {
    const folder = temporaryFolder();
    const older = new Sqlite(join(folder, 'catalog.sqlite'));
    older.exec(initial);
    older.pragma(`application_id = ${0x52_65_73_69}`);
    older.pragma('user_version = 1');
    older.close();
    const reading = openForReading(folder);
    expect(reading.all('SELECT id FROM images')).toEqual([]);
    reading.close();
    expect(readdirSync(folder)).toEqual(['catalog.sqlite']);
  });
});

describe('Catalog', () => {
  it('keeps all of a transaction or nothing, and runs its steps around the commit', () => {
    const catalog = emptyCatalog();
    const other = openCatalog(catalog.folder);
    const effects: unknown[] = [];
    const step = (name: string) => ({
      before: () => effects.push(`before ${name}`, getSetting(other, 'a')),
      after: () => effects.push(`after ${name}`, getSetting(other, 'a')),
    });
    catalog.transaction(() => {
      setSetting(catalog, 'a', 1);
      catalog.transaction(() => catalog.onCommit('step', step('kept')));
      catalog.onCommit('step', step('second of its name'));
      expect(effects).toEqual([]);
    });
    expect(() =>
      catalog.transaction(() => {
        setSetting(catalog, 'a', 2);
        catalog.onCommit('step', step('lost'));
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(() => catalog.onCommit('step', step('without transaction'))).toThrow('no transaction');
    expect(getSetting(catalog, 'a')).toBe(1);
    expect(effects).toEqual(['before kept', undefined, 'after kept', 1]);
    other.close();
  });

  it('names files only inside its folder', () => {
    const catalog = emptyCatalog();
    expect(catalog.path('score-maps/1/2.bin')).toBe(join(catalog.folder, 'score-maps/1/2.bin'));
    for (const path of ['../x', 'a/../../x', '/etc/passwd', '.']) {
      expect(words(() => catalog.path(path))).toBe('a file of the catalog must lie in its folder');
    }
  });

  it('saves views under unique names', () => {
    const catalog = emptyCatalog();
    const id = saveView(catalog, 'needles', { filter: {} });
    expect(saveView(catalog, 'needles', { filter: { text: 'x' } })).toBe(id);
    expect(listViews(catalog)).toEqual([{ id, name: 'needles', definition: { filter: { text: 'x' } } }]);
    removeView(catalog, id);
    expect(words(() => removeView(catalog, id))).toBe(`view not found: ${id}`);
  });

  it('is written to by several processes at once without a loss', () => {
    const catalog = sampleCatalog(3);
    const home = join(import.meta.dirname, '../../src-main/catalog');
    const script = join(temporaryFolder(), 'writer.ts');
    writeFileSync(
      script,
      `import { openCatalog } from ${JSON.stringify(pathToFileURL(join(home, 'catalog.ts')).href)};
       import { setTags } from ${JSON.stringify(pathToFileURL(join(home, 'tables/marks.ts')).href)};
       const catalog = openCatalog(process.argv[2]);
       for (let n = 0; n < 50; n++) setTags(catalog, [1, 2, 3], [process.argv[3] + n], []);
       catalog.close();`,
    );
    const shell = ['a', 'b', 'c'].map((name) => `"${process.execPath}" "${script}" "${catalog.folder}" ${name} &`);
    execFileSync('/bin/sh', ['-c', `${shell.join(' ')} wait`]);
    expect(catalog.get<{ n: number }>('SELECT count(*) AS n FROM tags')).toEqual({ n: 3 * 50 * 3 });
    expect(countImages(catalog, {})).toBe(3);
    expect(catalog.integrityFaults()).toEqual([]);
  });

  it('says why the system lets nobody make it', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const folder = join(file, 'catalog');
    expect(words(() => openCatalog(folder, { create: true }))).toBe(`${folder}: is not a folder`);
  });

  it('cannot be made where a folder is in the way', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'catalog.sqlite'));
    expect(words(() => openCatalog(folder, { create: true }))).toMatch(/catalog/);
  });
});
