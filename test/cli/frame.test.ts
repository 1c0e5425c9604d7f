// The frame of the command line: help, exit codes, one line per failure, and the launcher on an older Node.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { commands } from '../../src-main/cli/commands.ts';
import { duration, progressBar } from '../../src-main/cli/progress-bar.ts';
import { cellText, textTable } from '../../src-main/cli/text-table.ts';
import { main, residua } from './residua.ts';

describe('the command line', () => {
  it('lists every command in its help and exits with 0', async () => {
    const { code, stdout, stderr } = await residua(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of Object.keys(commands)) expect(stdout).toContain(`\n  ${name} `);
  });

  it('has help for each command, with the defaults of the published tools', async () => {
    const { code, stdout } = await residua(['eval-recon', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('default: 32');
    expect(stdout).toContain('-op is --out-path');
  });

  it('answers wrong usage with exit code 2 and one line', async () => {
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['evl-recon'], "unknown command 'evl-recon'"],
      [['eval-recon', '-o', 'a'], '--recon-dir is required'],
      [['eval-recon', '-o', 'a', '-r', 'b', '-op', 'c', '-d', 'L1'], '--distance L1'],
      [['eval-recon', '--colour'], "unknown option '--colour'"],
      [['eval-recon', '-o', 'a', '-r', 'b', '-op', 'c', '-ps', '0'], '--patch-size 0'],
      [['train', '--mirror', 'maybe'], '--mirror maybe: expected true or false (or 1, 0, yes, no)'],
    ];
    for (const [words, message] of cases) {
      const { code, stderr } = await residua(words);
      expect({ words, code }).toEqual({ words, code: 2 });
      expect(stderr).toContain(message);
      expect(stderr).not.toContain('    at ');
    }
  });

  it('answers a failure with exit code 1, and where it happened only when asked', async () => {
    const words = ['eval-recon', '-o', '/no/such/folder', '-r', '/no/such/folder', '-op', '/tmp/never.csv'];
    const short = await residua(words);
    expect(short.code).toBe(1);
    expect(short.stderr).toMatch(/^residua: \/no\/such\/folder: .*no such file or folder\n$/);
    expect((await residua([...words, '--verbose'])).stderr).toContain('    at ');
  });

  it('ends without a word when nobody reads on, as tools do that SIGPIPE ends', async () => {
    const child = spawn(process.execPath, [main, 'eval-recon', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    expect({ code, stderr }).toEqual({ code: 141, stderr: '' });
  });

  it('runs on the pinned Node when started by one that cannot run TypeScript', async () => {
    const launcher = new URL('../../src-main/cli/launch.mjs', import.meta.url).pathname;
    // The flag takes away what an older Node never had.
    const run = promisify(execFile)(process.execPath, ['--no-experimental-strip-types', launcher, '--version']);
    expect((await run).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('progress', () => {
  const shown = (columns: number | undefined) => {
    const written: string[] = [];
    let now = 0;
    const bar = progressBar({ write: (text) => written.push(text), columns, now: () => now });
    const at = (time: number, done: number) => {
      now = time;
      bar.report({ stage: 'projecting', done, total: 100 });
    };
    return { written, at };
  };

  it('is a bar with rate and time left on a terminal', () => {
    const { written, at } = shown(120);
    at(0, 0);
    at(10_000, 25);
    expect(written.at(-1)).toBe('projecting ██████░░░░░░░░░░░░░░░░░░  25 %  25/100, 2.50/s, 30 s left');
  });

  it('is a plain line now and then elsewhere', () => {
    const { written, at } = shown(undefined);
    for (let time = 0; time <= 20_000; time += 100) at(time, time / 2000);
    expect(written).toEqual([
      'projecting: 0 of 100\n',
      'projecting: 5 of 100, 2.00 s each, 3 min 10 s left\n',
      'projecting: 10 of 100, 2.00 s each, 3 min 0 s left\n',
    ]);
  });

  it('says durations as people do', () => {
    expect([3.2, 61, 3599.7, 7500].map(duration)).toEqual(['3 s', '1 min 1 s', '1 h 00 min', '2 h 05 min']);
  });
});

describe('a text table', () => {
  it('sets numbers to the right and text to the left', () => {
    const rows = [
      ['needle', 0.98765, 15],
      ['a', 0.5, 3],
    ];
    expect(textTable(['kind', 'AUROC', 'images'], rows)).toBe(
      'kind     AUROC  images\nneedle  0.9877      15\na          0.5       3',
    );
  });

  it('shortens a text between words, and says so', () => {
    expect(cellText('not here\nat all', 10)).toBe('not here');
    expect(cellText('its libraries are not installed', 20)).toBe('its libraries are …');
  });
});
