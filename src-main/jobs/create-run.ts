// A request for a job becomes a run of the catalog: an earlier one is resumed, or a new one is added.
import type { z } from 'zod';
import type { Received } from '../../src-preload/contract.ts';
import { parameters as schemas } from '../../src-preload/jobs/jobs.ts';
import { resultKey } from '../../src-preload/parameters/parameter.ts';
import type { Catalog } from '../catalog/catalog.ts';
import {
  addRunItems,
  createRun,
  listRuns,
  nextItems,
  type Run,
  type RunState,
  runItems,
  setRunParameters,
} from '../catalog/tables/runs.ts';
import { canonicalJson } from '../platform/canonical-json.ts';
import { now } from '../platform/time.ts';
import { version } from '../platform/version.ts';
import type { Described, Job } from './job.ts';
import { jobs } from './jobs.ts';

const unfinished: ReadonlySet<RunState> = new Set(['queued', 'paused', 'interrupted', 'failed']);

/**
 * The run that does what is requested. An earlier one of the same kind and model, whose parameters give the same result, on
 * some of the same images and no others, gets the images that it does not have yet, and is resumed with the requested device
 * and batch; otherwise a new one is added, queued. Nothing is done twice: a job may name a shorter way to the same result.
 * Throws `missing` or `usage` for what cannot be run.
 */
export function createQueuedRun(catalog: Catalog, request: Received<'runs.queue'>): number {
  const job = jobs[request.kind] as unknown as Job<'project'>;
  const parameters = request.parameters as Parameters<typeof job.describe>[1];
  const described = job.describe(catalog, parameters);
  const earlier = findEarlier(catalog, job, described);
  if (earlier !== undefined) {
    if (described.images !== undefined) addRunItems(catalog, earlier.id, described.images);
    // What has been computed keeps the settings it was computed with.
    const finished = earlier.state === 'done' && nextItems(catalog, earlier.id, 1).length === 0;
    if (earlier.state !== 'running' && !finished) setRunParameters(catalog, earlier.id, described.parameters);
    return earlier.id;
  }
  const shorter = job.shortcut?.(catalog, parameters, described);
  if (shorter !== undefined) return createQueuedRun(catalog, shorter);
  return createRun(catalog, {
    kind: job.kind,
    ...described,
    provenance: { versions: { residua: version, node: process.versions.node } },
    at: now(),
  });
}

function findEarlier(
  catalog: Catalog,
  { kind, resumes }: Job<'project'>,
  { parameters, model, images }: Described,
): Run | undefined {
  const wanted = new Set(images === undefined ? [] : Array.from(images));
  const key = keyOf(kind, parameters);
  return listRuns(catalog).find(
    (run) =>
      run.kind === kind &&
      (resumes === 'always' || unfinished.has(run.state)) &&
      run.model === (model ?? null) &&
      keyOf(kind, run.parameters) === key &&
      runItems(catalog, run.id).every((image) => wanted.has(image)),
  );
}

/** What decides the result of a run. Parameters that an earlier version did not have count with their defaults. */
function keyOf(kind: keyof typeof schemas, stored: Described['parameters']): string {
  const schema: z.ZodObject = schemas[kind];
  // The images are the run's items.
  const items = 'images' in schema.shape ? schema.omit({ images: true }) : schema;
  const parsed = items.safeParse(stored);
  return canonicalJson(parsed.success ? resultKey(items, parsed.data) : stored);
}
