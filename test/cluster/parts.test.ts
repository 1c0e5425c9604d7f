// The parts of runs in tasks: how work is divided, what Slurm is told and says, which image is blamed for a death.
import { execFileSync } from 'node:child_process';
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { minutesOf } from '../../src-main/cluster/check.ts';
import { afterDeath, suspecting } from '../../src-main/cluster/in-flight.ts';
import { readClusterSettings } from '../../src-main/cluster/settings.ts';
import { divide, taskCount } from '../../src-main/cluster/share-plan.ts';
import { parseQueue } from '../../src-main/cluster/slurm.ts';
import { indexWord, sbatchWords, shellWord, taskScript } from '../../src-main/cluster/slurm-script.ts';
import { clusterStatus } from '../../src-main/cluster/status.ts';
import { readLog, readNewLines } from '../../src-main/cluster/task-log.ts';
import { ImageFeed, type ImageSource } from '../../src-main/operations/image-source.ts';
import { temporaryFolder } from '../cli/residua.ts';

/** What nobody may be able to have executed. */
const hostile = [
  'a b',
  "it's",
  '"quoted"',
  '$(touch x)',
  '`touch x`',
  'two\nlines',
  '; touch x',
  '\\',
  '*',
  '&& touch x',
  '-n',
  'ü',
];

describe('division into tasks', () => {
  const limits = { slots: 8, mostTasks: 1000 };

  it('gives tasks of 20 to 60 minutes where they cannot all run at once', () => {
    for (const images of [30_000, 112_120, 1_000_000, 10_000_000]) {
      const rate = { startSeconds: 60, secondsPerImage: 1 };
      const tasks = taskCount(images, rate, limits);
      const minutes = ((images / tasks) * rate.secondsPerImage) / 60;
      expect(minutes).toBeGreaterThanOrEqual(20);
      expect(minutes).toBeLessThanOrEqual(60);
    }
  });

  it('uses every slot for less work than that, and keeps the start below a twentieth of a task', () => {
    expect(taskCount(2000, { startSeconds: 0, secondsPerImage: 0.1 }, limits)).toBe(8);
    // 200 seconds of work, 5 to start: a task must take 95 seconds at least.
    expect(taskCount(2000, { startSeconds: 5, secondsPerImage: 0.1 }, limits)).toBe(2);
    expect(taskCount(3, { startSeconds: 5, secondsPerImage: 0.1 }, limits)).toBe(1);
  });

  it('makes tasks longer, up to an hour, where an array may not have so many', () => {
    const rate = { startSeconds: 0, secondsPerImage: 1 };
    expect(taskCount(60_000 * 50, rate, { slots: 1, mostTasks: 1000 })).toBe(1000);
    expect(taskCount(60_000 * 600, rate, { slots: 1, mostTasks: 1000 })).toBe(10_000);
  });

  it('divides lines evenly, without a gap', () => {
    const places = Array.from({ length: 10 }, (_, id) => ({ id, offset: id * 7, bytes: 7 }));
    const shares = divide(places, 3, 2);
    expect(shares.map(({ name }) => name)).toEqual(['00003', '00004', '00005']);
    expect(shares.map(({ count }) => count)).toEqual([3, 3, 4]);
    expect(shares.map(({ offset, bytes }) => [offset, offset + bytes])).toEqual([
      [0, 21],
      [21, 42],
      [42, 70],
    ]);
  });
});

describe('what Slurm is told', () => {
  it('passes every word to the shell as it is', () => {
    for (const word of hostile) {
      const printed = execFileSync('bash', ['-c', `printf %s ${shellWord(word)}`], { encoding: 'utf8' });
      expect(printed).toBe(word);
    }
    expect(() => shellWord('a\0b')).toThrow('NUL');
  });

  it('writes a script that runs hostile words literally, and the index of its task', async () => {
    await using folder = await temporaryFolder();
    const settings = await readClusterSettings(join(folder.path, 'cluster.json'));
    const words = [process.execPath, '-p', 'JSON.stringify(process.argv.slice(1))', '--', ...hostile, indexWord];
    const file = join(folder.path, 'script.sh');
    await writeFile(file, taskScript(settings, words));
    const env = { ...process.env, SLURM_ARRAY_TASK_ID: '7', SLURMD_NODENAME: 'n3' };
    const printed = execFileSync('bash', [file], { encoding: 'utf8', cwd: folder.path, env });
    const [first, ...rest] = printed.split('\n');
    expect(first).toBe('node n3');
    expect(JSON.parse(rest.join('\n'))).toEqual([...hostile, '7']);
  });

  it('lets settings of the user win, and escapes what Slurm would replace in the name of a log', async () => {
    await using folder = await temporaryFolder();
    const settings = await readClusterSettings(join(folder.path, 'cluster.json'), [
      'partition=gpu $(x)',
      'tasksAtOnce=4',
      'sbatch=--partition=other',
    ]);
    const request = { name: 'n', exchange: '/a%b', submission: 1, count: 9, exclude: ['n1', 'n2'] };
    const words = sbatchWords(settings, request);
    expect(words).toContain('--array=0-8%4');
    expect(words).toContain('--output=/a%%b/logs/%A_%a.log');
    expect(words).toContain('--partition=gpu $(x)');
    expect(words).toContain('--exclude=n1,n2');
    expect(words.at(-1)).toBe('--partition=other');
  });

  it.each([
    ['sbatch=--array=0-5', 'set by Residua'],
    ['sbatch=--wrap=touch x', 'set by Residua'],
    ['sbatch=--arr=0-5', 'set by Residua'],
    ['sbatch=--chdir=/', 'set by Residua'],
    ['exchange=relative', 'a whole path'],
    ['sbatch=touch x', 'one option'],
    ['sbatch=--comment=two\nlines', 'line breaks'],
    ['partition=two\nlines', 'line breaks'],
    ['time=1;touch x', 'a time as in'],
    ['memory=8G --wrap=x', 'a size as in'],
    ['cpus=0', 'at least 1'],
    ['cpus=', 'a number'],
    ['nonsense=1', 'expected NAME=VALUE'],
    ['partition', 'expected NAME=VALUE'],
  ])('refuses the setting %j', async (override, message) => {
    await using folder = await temporaryFolder();
    await expect(readClusterSettings(join(folder.path, 'cluster.json'), [override])).rejects.toThrow(message);
  });

  it.each([
    ['{"partitoin": "x"}', 'partitoin'],
    ['{"gpus": "1"}', 'gpus'],
    ['{', 'not JSON'],
    ['[]', 'expected'],
  ])('refuses the file %s', async (text, message) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'cluster.json');
    await writeFile(file, text);
    await expect(readClusterSettings(file)).rejects.toThrow(message);
  });
});

describe('what Slurm says', () => {
  it('is read line by line; tasks that are over are not there', () => {
    const text = [
      '12_0|RUNNING|None|n1',
      '12_1|PENDING|Resources|',
      '12_2|COMPLETED|None|n2',
      '12_3|NODE_FAIL|None|n2',
      '13|RUNNING|None|n1',
      'slurm_load_jobs error: nonsense',
      '12_4|REQUEUED|BeginTime|',
    ].join('\n');
    expect(parseQueue(text)).toEqual([
      { job: '12', index: 0, state: 'running', reason: null, node: 'n1' },
      { job: '12', index: 1, state: 'waiting', reason: 'Resources', node: null },
      { job: '12', index: 4, state: 'waiting', reason: 'BeginTime', node: null },
    ]);
  });

  it('has times of several forms', () => {
    expect(minutesOf('30')).toBe(30);
    expect(minutesOf('30:30')).toBe(30.5);
    expect(minutesOf('2:00:00')).toBe(120);
    expect(minutesOf('1-00:00:00')).toBe(1440);
    expect(minutesOf('1-12')).toBe(2160);
    expect(minutesOf('0')).toBe(Number.POSITIVE_INFINITY);
    expect(minutesOf('infinite')).toBe(Number.POSITIVE_INFINITY);
  });

  it('becomes one line: tasks by state, speed, time left, reasons', () => {
    const share = (name: string, left: number, failures = 0) => ({ name, left, failures, reason: 'x' });
    const state = { share: '', submission: 1, state: 'running', reason: null, node: 'n1', processor: 'p' } as const;
    const status = clusterStatus({
      scheduler: 'slurm',
      jobs: ['9'],
      shares: [share('1', 0), share('2', 40), share('3', 50, 1)],
      tasks: new Map([
        ['2', { job: '9', index: 1, state: 'running', reason: null, node: 'n1' }],
        ['3', { job: '9', index: 2, state: 'waiting', reason: 'Priority', node: null }],
      ]),
      states: new Map([
        ['2', { ...state, done: 20, total: 50, startSeconds: 1, workSeconds: 10, inFlight: [], deaths: {} }],
      ]),
      submitted: true,
      left: 90,
      total: 150,
    });
    // Of the share's 50 images 10 are in the catalog, and 10 more are computed.
    expect(status).toMatchObject({ computing: 10, imagesPerSecond: 2, secondsLeft: 40, nodes: ['n1'] });
    expect(status.summary).toBe('tasks: 1 running, 1 waiting (Priority), 1 done, 1 failing, 2.00 images/s');
  });
});

describe('the image over which a process ends', () => {
  it('is blamed only when it was alone', () => {
    expect(afterDeath({ inFlight: [1, 2], deaths: {} })).toEqual({ 1: 0, 2: 0 });
    expect(afterDeath({ inFlight: [1], deaths: { 1: 1, 2: 0 } })).toEqual({ 1: 2, 2: 0 });
  });

  it('is handed out last and alone, once all others are stored', async () => {
    const images = [1, 2, 3, 4, 5].map((id) => ({ id, name: `${id}` }));
    const source: ImageSource = {
      name: 'test',
      images,
      read: () => Promise.reject(new Error('not asked')),
      readModelSpace: async ({ id }) => Float32Array.of(id),
    };
    const handedOut: (readonly number[])[] = [];
    const { source: careful, settled } = suspecting(source, { 2: 0, 4: 1 }, (ids) => void handedOut.push(ids));
    const feed = new ImageFeed(careful, { has: () => false, skip: () => {} }, async (image) => {
      await careful.readModelSpace(image, undefined as never);
      return image.id;
    });
    expect(await feed.next(32)).toEqual([1, 3, 5]);
    const alone = feed.next(32);
    const early = await Promise.race([alone, new Promise((resolve) => setTimeout(resolve, 20, 'waits'))]);
    expect(early).toBe('waits');
    settled([1, 3, 5]);
    expect(await alone).toEqual([2]);
    const last = feed.next(32);
    settled([2]);
    expect(await last).toEqual([4]);
    settled([4]);
    expect(await feed.next(32)).toEqual([]);
    expect(handedOut).toEqual([[1], [1, 3], [1, 3, 5], [2], [4]]);
  });
});

describe('the log of a task', () => {
  it('is told line by line, each once, and those that are not complete later', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'log.txt');
    expect(await readNewLines(file, 0)).toEqual({ lines: [], next: 0 });
    await writeFile(file, 'one\n\ntwo\nthr');
    const first = await readNewLines(file, 0);
    expect(first).toEqual({ lines: ['one', 'two'], next: 9 });
    expect(await readLog(file)).toEqual(['one', 'two', 'thr']);
    await appendFile(file, 'ee\n');
    expect(await readNewLines(file, first.next)).toEqual({ lines: ['three'], next: 15 });
    await appendFile(file, `${'x'.repeat(70_000)}\nlast\u001b[2J\n`);
    expect((await readNewLines(file, 15)).lines.at(-1)).toBe('last\\u{1b}[2J');
  });
});
