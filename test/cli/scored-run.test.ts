// Which run a command means when none is named: the newest complete one that has the score, and for an evaluation of each kind.
import { describe, expect, it } from 'vitest';
import { newestScoredRuns, scoredRun } from '../../src-main/cli/with-catalog.ts';
import type { Workbench } from '../../src-preload/contract.ts';

/** Newest first, as a workbench lists them. */
const runs = [
  { id: 7, kind: 'project', state: 'cancelled', done: 60, scores: ['MSE full', 'WD patch'] },
  { id: 6, kind: 'project', state: 'done', done: 1, scores: ['MSE full', 'WD patch'] },
  { id: 5, kind: 'import', state: 'done', done: 100, scores: [] },
  { id: 4, kind: 'typicality', state: 'done', done: 100, scores: ['logit', 'feature residual'] },
  { id: 3, kind: 'project', state: 'done', done: 98, scores: ['MSE full', 'WD patch'] },
  { id: 2, kind: 'project', state: 'done', done: 100, scores: ['WD patch'] },
];

const workbench = {
  call: async (method: string, request: { readonly id?: number }) =>
    method === 'runs.list' ? { runs } : detailOf(request.id!),
} as unknown as Workbench;

function detailOf(id: number) {
  const { scores, ...run } = runs.find((each) => each.id === id)!;
  return { run, scores: scores.map((score) => ({ run: id, score })) };
}

const meant = async (asked?: number, score?: string) => (await scoredRun(workbench, asked, score)).run.id;

describe('the run that is meant', () => {
  it('is the newest that has any score', async () => expect(await meant()).toBe(4));

  it('is the newest that has the score asked for, in any letters', async () => {
    expect(await meant(undefined, 'WD patch')).toBe(3);
    expect(await meant(undefined, 'wd PATCH')).toBe(3);
    expect(await meant(undefined, 'logit')).toBe(4);
  });

  it('is the one that is named, whatever it has', async () => expect(await meant(2, 'logit')).toBe(2));

  it('is the newest with scores where none has the one asked for: its scores are then named', async () =>
    expect(await meant(undefined, 'SSIM')).toBe(4));

  it('is refused when it has no score', async () => {
    await expect(scoredRun(workbench, 5)).rejects.toMatchObject({ kind: 'missing' });
  });

  it('of each kind is judged', async () =>
    expect((await newestScoredRuns(workbench)).map(({ run }) => run.id)).toEqual([4, 3]));
});
