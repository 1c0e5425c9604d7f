// Learn from verdicts: a new score for the images of an earlier run.
import type { Catalog } from '../catalog/catalog.ts';
import { getRun, runItems } from '../catalog/tables/runs.ts';
import { currentVerdicts } from '../catalog/tables/verdicts.ts';
import { Problem } from '../platform/errors.ts';
import { demandEnough } from '../statistics/learn-verdicts.ts';
import type { Job } from './job.ts';

export const learnJob: Job<'learn'> = {
  kind: 'learn',
  lane: 'heavy',
  // Verdicts given since then are another question.
  resumes: 'unfinished',
  describe: (catalog, parameters) => {
    const { kind, model, recipe } = getRun(catalog, parameters.run);
    if (kind !== 'scores') {
      throw new Problem('usage', {
        message: `run ${parameters.run} keeps no features of images: choose a run of one-pass scores`,
      });
    }
    demandVerdicts(catalog, runItems(catalog, parameters.run));
    return {
      title: `learn from verdicts on the images of run ${parameters.run}`,
      parameters,
      ...(model === null ? {} : { model }),
      ...(recipe === null ? {} : { recipe }),
      images: runItems(catalog, parameters.run),
    };
  },
  load: async () => (await import('./learn-run.ts')).learnRun,
};

/** Throws `usage` before a run is made. */
function demandVerdicts(catalog: Catalog, images: readonly number[]): void {
  const decisions = [...currentVerdicts(catalog, images).values()].map(({ decision }) => decision);
  const count = (wanted: string) => decisions.filter((decision) => decision === wanted).length;
  demandEnough(count('keep'), count('reject'));
}
