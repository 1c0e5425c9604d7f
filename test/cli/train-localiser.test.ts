// residua train-localiser as a person calls it: plans, refusals, a run, Ctrl-C and resuming, a cohort of a catalog.
import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readNetworks } from '../../native/weights/read-networks.ts';
import { main, residua, temporaryFolder, writeGrey } from './residua.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
const at = (...parts: string[]) => join(folder.path, ...parts);
beforeAll(async () => {
  folder = await temporaryFolder();
  const level = (i: number) => (x: number, y: number) =>
    ((x - 16) ** 2 + (y - 12 - (i % 8)) ** 2 < 80 ? 180 : 40) + ((x * 7 + y * 3 + i) % 11);
  for (let i = 0; i < 20; i++) await writeGrey(at('normals', `${i}.png`), 32, 32, level(i));
  await writeGrey(at('few', 'a.png'), 32, 32, level(0));
});
afterAll(() => folder[Symbol.asyncDispose]());

const tiny = '--batch 4 --width 4 --threads 1 --workers 1'.split(' ');
const words = (outdir: string, ...more: string[]) => [
  ...['train-localiser', '--data', at('normals'), '--outdir', at(outdir), ...tiny, ...more],
];

describe('residua train-localiser', () => {
  it('prints the full configuration with --dry-run and leaves nothing', async () => {
    const { code, stdout } = await residua(words('dry', '--kimg', '0.04', '--dry-run', '--resolution', '16'));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      network: { resolution: 16, channels: 1, width: 4 },
      totalImages: 40,
      validationImages: 2,
      dataset: { images: 20 },
    });
    expect(await readdir(at())).toEqual(['few', 'normals']);
  });

  it.each<[string, number, readonly string[], string]>([
    ['too few normals', 2, ['--data', at_('few'), '--outdir', at_('none')], 'at least 8 normal images; there are 1'],
    ['no images', 1, ['--data', at_('nowhere'), '--outdir', at_('none')], 'nowhere'],
    ['no folder for the run', 2, ['--data', at_('normals')], '--outdir is required'],
    ['half a window', 2, ['--data', at_('normals'), '--outdir', at_('none'), '--window-level', '40'], '--window-width'],
    ['a width of none', 2, ['--data', at_('normals'), '--outdir', at_('none'), '--width', '0'], '--width'],
  ])('refuses %s with one line', async (_, code, options, message) => {
    const outcome = await residua(['train-localiser', ...options.map((word) => word.replace('@', `${folder.path}/`))]);
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: '' });
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toContain('    at ');
  });

  it('trains, and inspect-network shows what came out', async () => {
    const { code, stdout, stderr } = await residua(words('runs', '--kimg', '0.04'));
    expect(stderr).toContain('new run');
    expect(stderr).toMatch(/kimg 0\.0, loss \d\.\d{4}, held-out loss \d\.\d{4} \(best so far\)/);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('trained with 40 images, AUROC') });
    const run = at('runs', '00000-normals-localiser32');
    expect(stdout).toContain(join(run, 'localiser.safetensors'));
    expect(await readdir(run)).toContain('anomalies000000.png');
    const shown = await residua(['inspect-network', join(run, 'localiser.safetensors')]);
    expect(shown.stdout).toContain('localiser: {"resolution":32');
  });

  it('resumes what Ctrl-C has stopped, bit by bit', async () => {
    const longer = ['--kimg', '2'];
    const child = spawn(process.execPath, [main, ...words('stopped', ...longer)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    await new Promise<void>((resolve) => {
      child.stderr.on('data', (text: Buffer) => {
        if (String(text).includes('new run')) setTimeout(resolve, 1500);
      });
    });
    child.kill('SIGINT');
    expect(await ended).not.toBe(0);
    const again = await residua(words('stopped', ...longer));
    expect(again.stderr).toContain('resuming in');
    const whole = await residua(words('whole', ...longer));
    expect({ again: again.code, whole: whole.code }).toEqual({ again: 0, whole: 0 });
    const [a, b] = await Promise.all(
      ['stopped', 'whole'].map(async (name) => {
        const { networks } = await readNetworks(at(name, '00000-normals-localiser32', 'localiser.safetensors'));
        return [...networks.localiser!.tensors].map(([tensor, { data }]) => [tensor, [...data]]);
      }),
    );
    expect(a).toEqual(b);
  });

  it('trains on a cohort, and the catalog then has the localiser', async () => {
    const catalog = ['--catalog', at('catalog')];
    await residua(['import', at('normals'), '--cohort', 'normals', ...catalog]);
    const { code, stdout } = await residua([
      'train-localiser',
      '--cohort',
      'normals',
      '--kimg',
      '0.04',
      '--batch',
      '4',
      '--width',
      '4',
      ...catalog,
    ]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('the model is called normals') });
    const folders = await readdir(at('catalog', 'trainings'));
    const line = (await readFile(at('catalog', 'trainings', folders[0]!, 'stats.jsonl'), 'utf8')).trim();
    expect(JSON.parse(line)).toMatchObject({ 'Progress/kimg': { mean: 0.04 } });
  });
});

/** A path under the folder that is not made yet when the table is read. */
function at_(name: string): string {
  return `@${name}`;
}
