// How long a run would take on this machine, before anybody waits for it.
import type { Received } from '../../src-preload/contract.ts';
import type { RunKind, RunParameters } from '../../src-preload/schemas/run.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { imageRecords } from '../catalog/tables/images.ts';
import { getModel } from '../catalog/tables/models.ts';
import { imageIds } from '../catalog/tables/pages.ts';
import { type Engine, withEngine } from '../engine/start-engine.ts';
import { selectedIds } from '../holdings/selection.ts';
import { weightsFolderOf } from '../holdings/settings.ts';
import { Problem } from '../platform/errors.ts';
import type { Launcher } from '../platform/process.ts';
import { resolveConfiguration } from '../training/configuration.ts';
import { parseTrainOptions, trainingOptions } from '../training/train-options.ts';

/** The workbench that is asked: its open catalog, and how it starts programs. */
export interface EstimateHost {
  readonly open: () => { readonly catalog: Catalog };
  readonly launch: Launcher;
}

/** Gives an engine to `work` and resolves with what that measured; null when it was ended. */
type Measure = (work: (engine: Engine) => Promise<number>) => Promise<number | null>;
type Estimate<K extends RunKind> = (
  parameters: RunParameters<K>,
  open: { readonly catalog: Catalog },
  measure: Measure,
) => Promise<number | null>;

const estimates: { readonly [K in RunKind]?: Estimate<K> } = { project: estimateProjection, train: estimateTraining };

/** What each workbench measures now: one thing at a time, for a second measurement would slow the first. */
const underWay = new WeakMap<EstimateHost, () => void>();

/** Ends what is being measured, if anything: nobody waits for it any more. */
export function endEstimate(host: EstimateHost): void {
  underWay.get(host)?.();
}

/**
 * Seconds, measured from ten steps; null for kinds whose time depends on the disk and on files not seen yet, and where another
 * question or a run ended the measurement.
 */
export async function estimateRun(request: Received<'runs.estimate'>, host: EstimateHost): Promise<number | null> {
  endEstimate(host);
  const estimate = estimates[request.kind] as Estimate<RunKind> | undefined;
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
  return (await estimate?.(request.parameters, host.open(), measure)) ?? null;
}

async function estimateProjection(
  { images, projecting }: RunParameters<'project'>,
  { catalog }: { readonly catalog: Catalog },
  measure: Measure,
): Promise<number | null> {
  const { model, normals: _normals, ...settings } = projecting;
  const networkFile = catalog.path(getModel(catalog, model).file);
  const weightsFolder = weightsFolderOf(catalog);
  const parameters = { ...settings, networkFile, weightsFolder, scoring: null, total: 1 };
  const perStep = await measure((engine) => engine.call('project.measure', parameters));
  return perStep === null
    ? null
    : perStep * settings.steps * Math.ceil(selectedIds(catalog, images).length / settings.batch);
}

async function estimateTraining(
  { cohort, resolution, options: given, device }: RunParameters<'train'>,
  { catalog }: { readonly catalog: Catalog },
  measure: Measure,
): Promise<number | null> {
  const ids = imageIds(catalog, { cohort, states: ['present'] }, { by: 'imported', descending: false });
  const [first] = imageRecords(catalog, ids.subarray(0, 1));
  if (first === undefined) throw new Problem('missing', { what: 'images of the cohort', name: String(cohort) });
  const options = parseTrainOptions(given);
  const shape = { resolution: resolution ?? first.width, channels: 1, labelSize: 0, images: ids.length } as const;
  const configuration = resolveConfiguration(trainingOptions(options, null), shape);
  const perKimg = await measure((engine) => engine.call('train.measure', { configuration, device }));
  return perKimg === null ? null : perKimg * configuration.totalKimg;
}
