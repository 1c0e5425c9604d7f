// The files of a training's metrics: published lines, one per snapshot, and when a run is finished.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addMetric, isMeasured, metricResult, publishedDuration } from '../../src-main/training/metric-files.ts';
import { isFinished } from '../../src-main/training/run-folder.ts';
import { temporaryFolder } from '../cli/residua.ts';

describe('metric files', () => {
  it('hold one published line for each snapshot', async () => {
    await using folder = await temporaryFolder();
    const add = (kimg: string, fid: number) =>
      addMetric(
        folder.path,
        metricResult('fid50k_full', { fid50k_full: fid }, 3725.4, `/x/network-snapshot-${kimg}.pkl`),
      );
    await add('000200', 12.5);
    await add('000400', 11.25);
    const lines = (await readFile(join(folder.path, 'metric-fid50k_full.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        results: { fid50k_full: 12.5 },
        metric: 'fid50k_full',
        total_time: 3725.4,
        total_time_str: '1h 02m 05s',
        num_gpus: 1,
        snapshot_pkl: 'network-snapshot-000200.pkl',
        timestamp: expect.any(Number),
      },
      { results: { fid50k_full: 11.25 }, snapshot_pkl: 'network-snapshot-000400.pkl' },
    ]);
    expect(await isMeasured(folder.path, 'fid50k_full', 'network-snapshot-000400.pkl')).toBe(true);
    expect(await isMeasured(folder.path, 'fid50k_full', 'network-snapshot-000600.pkl')).toBe(false);
    expect(await isMeasured(folder.path, 'is50k', 'network-snapshot-000400.pkl')).toBe(false);
  });

  it('tell whether a run is finished: killed while its last snapshot was measured, it is not', async () => {
    await using folder = await temporaryFolder();
    const snapshot = 'network-snapshot-000002.safetensors';
    expect(await isFinished(folder.path, 2, [])).toBe(false);
    await writeFile(join(folder.path, snapshot), '');
    expect(await isFinished(folder.path, 2, [])).toBe(true);
    expect(await isFinished(folder.path, 3, [])).toBe(false);
    expect(await isFinished(folder.path, 2, ['fd10k_own'])).toBe(false);
    await addMetric(folder.path, metricResult('fd10k_own', { fd10k_own: 1 }, 1, snapshot));
    expect(await isFinished(folder.path, 2, ['fd10k_own'])).toBe(true);
  });

  it.each([
    [5.4, '5s'],
    [62, '1m 02s'],
    [86_399, '23h 59m 59s'],
    [93_784, '1d 02h 03m'],
  ])('say %d seconds as %s', (seconds, words) => {
    expect(publishedDuration(seconds)).toBe(words);
  });
});
