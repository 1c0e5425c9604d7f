// Learning from verdicts, and trainings without what was rejected, over a catalog of small images.
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { launchNode } from '../../src-main/platform/process.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { temporaryFolder, writeGrey } from '../cli/residua.ts';
import { Bench, closeBenches } from '../workbench/bench.ts';

const byName = { by: 'name', descending: false } as const;

/** Discs of varying size and place; the odd ones are crossed by stripes. */
async function writeImages(folder: string, prefix: string, count: number, odd: boolean): Promise<void> {
  const random = randomFrom('learn').fork(prefix);
  for (let index = 0; index < count; index++) {
    const [x0, y0, radius] = [14 + 4 * random.uniform(), 14 + 4 * random.uniform(), 8 + 3 * random.uniform()];
    const level = 150 + 60 * random.uniform();
    await writeGrey(join(folder, `${prefix}-${String(index).padStart(2, '0')}.png`), 32, 32, (x, y) => {
      const disc = level / (1 + Math.exp(Math.hypot(x - x0, y - y0) - radius));
      return odd && (x + index) % 9 < 2 ? 0.6 * disc : disc;
    });
  }
}

async function prepared(folder: string) {
  await writeImages(join(folder, 'normals'), 'normal', 24, false);
  await writeImages(join(folder, 'archive'), 'usual', 20, false);
  await writeImages(join(folder, 'archive'), 'odd', 14, true);
  const bench = new Bench(join(folder, 'catalog'), { launch: launchNode });
  await bench.call('catalog.create', { folder: bench.catalog, name: 'test' });
  for (const cohort of ['normals', 'archive']) {
    await bench.run({ kind: 'import', parameters: { sources: [join(folder, cohort)], cohort } });
  }
  const { cohorts } = await bench.call('cohorts.list', {});
  const cohort = (name: string) => cohorts.find((each) => each.name === name)!.id;
  const archive = { filter: { cohort: cohort('archive') } };
  const { ids } = await bench.call('images.ids', { ...archive, order: byName });
  const decide = (chosen: readonly number[], decision: 'keep' | 'reject') =>
    bench.call('verdicts.set', { images: { ids: Uint32Array.from(chosen) }, decision, reason: null, reviewer: 'A' });
  return { bench, cohort, archive, odd: [...ids.slice(0, 14)], usual: [...ids.slice(14)], decide };
}

afterEach(closeBenches);

describe('a run that learns from verdicts', { timeout: 180_000 }, () => {
  it('scores every image, says what it learned from and what that is worth', async () => {
    await using folder = await temporaryFolder();
    const { bench, cohort, archive, odd, usual, decide } = await prepared(folder.path);
    const scored = await bench.run({
      kind: 'scores',
      parameters: { images: archive, normals: cohort('normals'), families: ['features'] },
    });
    expect(scored).toMatchObject({ state: 'done', done: 34 });
    await expect(bench.call('runs.queue', { kind: 'learn', parameters: { run: scored.id } })).rejects.toThrow(
      'at least 20 verdicts',
    );
    await decide(odd.slice(0, 10), 'reject');
    await decide(usual.slice(0, 12), 'keep');
    const run = await bench.run({ kind: 'learn', parameters: { run: scored.id } });
    expect(run).toMatchObject({ state: 'done', done: 34, skipped: 0 });
    const { provenance, scores } = await bench.call('runs.detail', { id: run.id });
    expect(scores).toEqual([{ run: run.id, score: 'learned' }]);
    expect(provenance).toMatchObject({ network: 'photographs', score: { run: scored.id, score: 'feature PaDiM' } });
    const { verdicts, crossValidated } = provenance as {
      verdicts: { image: number; decision: string }[];
      crossValidated: { auroc: number };
    };
    expect(verdicts).toHaveLength(22);
    expect(verdicts.filter(({ decision }) => decision === 'reject').map(({ image }) => image)).toEqual(
      odd.slice(0, 10),
    );
    expect(crossValidated.auroc).toBeGreaterThan(0.8);
    const learned = async (id: number) => {
      const detail = await bench.call('images.detail', { id });
      return detail.scores.find(({ name }) => name.score === 'learned')!.value!;
    };
    const [unseenOdd, unseenUsual] = await Promise.all(
      [odd.slice(10), usual.slice(12)].map((images) => Promise.all(images.map(learned))),
    );
    const wins = unseenOdd!.flatMap((a) => unseenUsual!.map((b) => Number(a > b)));
    expect(wins.reduce((sum, win) => sum + win, 0) / wins.length).toBeGreaterThan(0.8);
    // From the same verdicts it is the same run; another verdict makes another one.
    const again = () => bench.call('runs.queue', { kind: 'learn', parameters: { run: scored.id } });
    expect(await again()).toMatchObject({ id: run.id, state: 'done' });
    await decide(usual.slice(12, 13), 'keep');
    const next = await again();
    expect(next.id).not.toBe(run.id);
    await bench.over(next.id);
  });
});

describe('a training on a cohort', { timeout: 180_000 }, () => {
  it('leaves out what was rejected before it started, and says so', async () => {
    await using folder = await temporaryFolder();
    const { bench, cohort, odd, decide } = await prepared(folder.path);
    await decide(odd, 'reject');
    const parameters = { cohort: cohort('archive'), name: 'usual', kiloImages: 0.016, batch: 8, width: 4 };
    const run = await bench.run({ kind: 'train-localiser', parameters });
    expect(run.state).toBe('done');
    const { provenance } = await bench.call('runs.detail', { id: run.id });
    expect(provenance).toMatchObject({ leftOut: odd, dataset: { images: 20 } });
    const { lines } = await bench.call('runs.log', { id: run.id, after: 0, limit: 100 });
    expect(lines.map(({ text }) => text)).toContain('14 rejected images of the cohort are not trained on');
    const { models } = await bench.call('models.list', {});
    expect(models).toMatchObject([{ name: 'usual', localiser: true, generator: false, resolution: 32 }]);
  });
});
