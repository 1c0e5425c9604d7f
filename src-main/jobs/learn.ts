// Learn from verdicts: a new score for the images of an earlier run.
import { createHash } from 'node:crypto';
import type { Catalog } from '../catalog/catalog.ts';
import { getRun, runItems } from '../catalog/tables/runs.ts';
import { currentVerdicts } from '../catalog/tables/verdicts.ts';
import { Problem } from '../platform/errors.ts';
import { demandEnough } from '../statistics/learn-verdicts.ts';
import type { Job } from './job.ts';

export const learnJob: Job<'learn'> = {
  kind: 'learn',
  lane: 'heavy',
  resumes: 'always',
  describe: (catalog, parameters) => {
    const { kind, model, recipe, provenance } = getRun(catalog, parameters.run);
    if (kind !== 'scores') {
      throw new Problem('usage', {
        message: `run ${parameters.run} keeps no features of images: choose a run of one-pass scores`,
      });
    }
    const images = runItems(catalog, parameters.run);
    const decided = decisionsOf(catalog, images);
    const count = (wanted: string) => decided.filter(([, decision]) => decision === wanted).length;
    // Throws `usage` before a run is made.
    demandEnough(count('keep'), count('reject'));
    const from = JSON.stringify([decided, images, provenance.anomaly ?? null]);
    const verdicts = createHash('sha256').update(from).digest('hex');
    return {
      title: `learn from verdicts on the images of run ${parameters.run}`,
      parameters: { ...parameters, verdicts },
      ...(model === null ? {} : { model }),
      ...(recipe === null ? {} : { recipe }),
      images,
    };
  },
  load: async () => (await import('./learn-run.ts')).learnRun,
};

/** Which images were kept and which rejected, by their ids. */
function decisionsOf(catalog: Catalog, images: readonly number[]): readonly (readonly [number, string])[] {
  const verdicts = currentVerdicts(catalog, images);
  return images.flatMap((image) => {
    const decision = verdicts.get(image)?.decision;
    return decision === 'keep' || decision === 'reject' ? [[image, decision] as const] : [];
  });
}
