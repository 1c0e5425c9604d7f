// Normal images that are evaluated although an evaluated run used them as reference: their scores look too normal.
import type { z } from 'zod';
import { parameters as schemas } from '../../src-preload/jobs/jobs.ts';
import type { Filter } from '../../src-preload/schemas/image.ts';
import type { Asked } from './asked.ts';

/** `used` of the `judged` normals are in the cohort that this run used as reference. */
export interface ReferenceNormals {
  readonly run: number;
  readonly cohort: string;
  readonly used: number;
  readonly judged: number;
}

/** The parts of a run's parameters that name a cohort of normals, and other runs whose scores it takes. */
const comparedWith: Readonly<Record<string, z.ZodType<{ readonly normals: number | null }>>> = {
  project: schemas.project
    .pick({ projecting: true })
    .strip()
    .transform(({ projecting }) => ({ normals: projecting.normals }))
    // Of another version.
    .catch({ normals: null }),
  scores: schemas.scores.pick({ normals: true }).strip(),
  typicality: schemas.typicality.pick({ normals: true }).strip(),
};
const combination = schemas.combination.pick({ validation: true, scores: true }).strip();

/**
 * Of every run in `runs`, and of those whose scores it combines, that used as reference some of the normals of `judged`.
 */
export async function referenceNormals(
  workbench: Asked,
  runs: Iterable<number>,
  judged: Filter,
): Promise<readonly ReferenceNormals[]> {
  const idsOf = async (filter: Filter) => {
    const order = { by: 'imported', descending: false } as const;
    return new Set((await workbench.call('images.ids', { filter, order })).ids);
  };
  const normals = await idsOf(judged);
  const { cohorts } = await workbench.call('cohorts.list', {});
  const found: ReferenceNormals[] = [];
  // The loop also visits what is added to the set on the way.
  const asked = new Set(runs);
  for (const id of asked) {
    const { run, parameters } = await workbench.call('runs.detail', { id });
    let reference = comparedWith[run.kind]?.parse(parameters).normals;
    if (run.kind === 'combination') {
      const { validation, scores } = combination.parse(parameters);
      reference = validation;
      for (const score of scores) asked.add(score.run);
    }
    const cohort = cohorts.find((one) => one.id === reference);
    if (cohort === undefined) continue;
    const used = normals.intersection(await idsOf({ cohort: cohort.id })).size;
    if (used > 0) found.push({ run: id, cohort: cohort.name, used, judged: normals.size });
  }
  return found;
}
