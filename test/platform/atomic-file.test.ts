// Atomic files: whole content, a full or missing drive told by its code, and what killed processes have left.
import { spawnSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../../src-main/platform/atomic-file.ts';
import { isMendable, Problem } from '../../src-main/platform/errors.ts';
import { temporaryFolder } from '../cli/residua.ts';

const atomicFile = new URL('../../src-main/platform/atomic-file.ts', import.meta.url).href;
/** Writes a file until it is killed in the middle of it. */
const killedWriter = (path: string) => `
  const { writeFileAtomic } = await import(${JSON.stringify(atomicFile)});
  const { open } = await import('node:fs/promises');
  const prototype = Object.getPrototypeOf(await open('/dev/null'));
  prototype.sync = () => process.kill(process.pid, 'SIGKILL');
  await writeFileAtomic(${JSON.stringify(path)}, 'half of it');`;

describe('an atomic file', () => {
  it('is not there when its writer is killed, and the next writer clears what that one left', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'result.csv');
    await writeFile(join(folder.path, '.not-ours.tmp'), 'stays');
    const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', killedWriter(path)]);
    expect(signal).toBe('SIGKILL');
    const left = (await readdir(folder.path)).sort();
    expect(left).toEqual(['.not-ours.tmp', expect.stringMatching(/^\.result\.csv\..*\.tmp$/)]);
    await writeFileAtomic(path, 'all of it');
    expect((await readdir(folder.path)).sort()).toEqual(['.not-ours.tmp', 'result.csv']);
    expect(await readFile(path, 'utf8')).toBe('all of it');
  });

  it('keeps the old content and leaves nothing behind when it cannot be written', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'result.csv');
    await writeFileAtomic(path, 'old');
    await expect(writeFileAtomic(path, [Buffer.from('new'), 1 as never])).rejects.toThrow();
    expect(await readdir(folder.path)).toEqual(['result.csv']);
    expect(await readFile(path, 'utf8')).toBe('old');
  });
});

describe('what a person can mend', () => {
  const coded = (code: string, cause?: unknown) => Object.assign(new Error(code, { cause }), { code });
  it.each(['ENOSPC', 'EROFS', 'EDQUOT', 'EIO', 'EACCES', 'SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_READONLY'])(
    '%s is',
    (code) => expect(isMendable(coded(code))).toBe(true),
  );

  it('is found behind a Problem, and a missing or broken file is not one', () => {
    const problem = (cause: unknown) => new Problem('file', { file: 'x', reason: 'y' }, { cause });
    expect(isMendable(problem(coded('ENOSPC')))).toBe(true);
    expect(isMendable(new Problem('drive', { folder: '/media/x', reason: 'is not there' }))).toBe(true);
    expect(isMendable(problem(coded('ENOENT')))).toBe(false);
    expect(isMendable(coded('SQLITE_CORRUPT'))).toBe(false);
    expect(isMendable('ENOSPC')).toBe(false);
  });
});
