// How long a run would take on this machine, before anybody waits for it.
import type { Received } from '../../src-preload/contract.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { withEngine } from '../engine/start-engine.ts';
import type { Launcher } from '../platform/process.ts';
import type { Job, Measure } from './job.ts';
import { jobs } from './jobs.ts';

/** The workbench that is asked: its open catalog, and how it starts programs. */
export interface EstimateHost {
  readonly open: () => { readonly catalog: Catalog };
  readonly launch: Launcher;
}

/** What each workbench measures now: one thing at a time, for a second measurement would slow the first. */
const underWay = new WeakMap<EstimateHost, () => void>();

/** Ends what is being measured, if anything: nobody waits for it any more. */
export function endEstimate(host: EstimateHost): void {
  underWay.get(host)?.();
}

/** Bytes on disk that a run would keep; null where these are few. */
export function spaceOf(request: Received<'runs.estimate'>, catalog: Catalog): number | null {
  const { space } = jobs[request.kind] as unknown as Job<'scores'>;
  return space?.(request.parameters as Parameters<typeof space>[0], catalog) ?? null;
}

/**
 * Seconds, measured from ten steps; null for kinds whose time depends on the disk and on files not seen yet, and where another
 * question or a run ended the measurement.
 */
export async function estimateRun(request: Received<'runs.estimate'>, host: EstimateHost): Promise<number | null> {
  endEstimate(host);
  const { estimate } = jobs[request.kind] as unknown as Job<'project'>;
  const { promise: ended, resolve } = Promise.withResolvers<null>();
  const end = () => resolve(null);
  // The engine's process ends with the work that it was given to.
  const measure: Measure = async (work) => {
    underWay.set(host, end);
    try {
      return await withEngine(host.launch, {}, (engine) => Promise.race([work(engine), ended]));
    } finally {
      if (underWay.get(host) === end) underWay.delete(host);
    }
  };
  return (await estimate?.(request.parameters as Parameters<typeof estimate>[0], host.open().catalog, measure)) ?? null;
}
