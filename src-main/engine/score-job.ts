// Scores pairs of images and reconstructions that the supplier hands out.
import { checkpoint, type JobControl } from '../platform/job.ts';
import { scoreImage } from '../scoring/score-image.ts';
import type { ScoreItem, ScoreParameters, ScoreResult } from './protocol.ts';

/** Pairs at once: one message carries so many. */
const batch = 16;

/** Scores until `next` answers nothing; each batch is stored before the next begins. Progress counts images. */
export async function scoreJob(
  { scoring, total }: ScoreParameters,
  supplier: {
    readonly next: (count: number) => Promise<readonly ScoreItem[]>;
    readonly store: (results: readonly ScoreResult[]) => Promise<unknown>;
  },
  control: JobControl,
): Promise<void> {
  let done = 0;
  for (;;) {
    const items = await supplier.next(batch);
    if (items.length === 0) return;
    const results: ScoreResult[] = [];
    for (const { id, target, reconstruction, segmentation } of items) {
      checkpoint(control, 'scoring');
      const options = segmentation === undefined ? scoring : { ...scoring, segmentation };
      results.push({ id, scores: scoreImage(target, reconstruction, options) });
      control.report({ stage: 'scoring', done: done + results.length, total });
    }
    await supplier.store(results);
    done += items.length;
  }
}
