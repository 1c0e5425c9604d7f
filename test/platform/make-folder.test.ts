// Folders are made with those above them, and where the system does not allow it, it is said at once.
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../src-main/platform/make-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'residua-folders-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('makeFolder', () => {
  it('makes what is missing, tells the first one made, and has nothing to do again', () => {
    const whole = join(folder, 'a/b/c');
    expect(makeFolder(whole, 0o700)).toBe(join(folder, 'a'));
    expect(makeFolder(whole)).toBeUndefined();
    expect(makeFolder(join(whole, '../d'))).toBe(join(folder, 'a/b/d'));
    if (process.platform !== 'win32') expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
  });

  it('says that a file is in the way', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => makeFolder(join(folder, 'file'))).toThrow('EEXIST');
    expect(() => makeFolder(join(folder, 'file/below'))).toThrow('ENOTDIR');
  });

  it.runIf(existsSync('/proc/self'))('is refused below /proc at once: `recursive` spins there for ever', () => {
    expect(() => makeFolder('/proc/residua/catalog')).toThrow('ENOENT');
  });
});
