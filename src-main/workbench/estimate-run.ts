// How long a run would take on this machine, before anybody waits for it.
import type { Received } from '../../src-preload/contract.ts';
import type { RunKind, RunParameters } from '../../src-preload/schemas/run.ts';
import { imageRecords } from '../catalog/tables/images.ts';
import { getModel } from '../catalog/tables/models.ts';
import { imageIds } from '../catalog/tables/pages.ts';
import { Problem } from '../platform/errors.ts';
import { resolveConfiguration } from '../training/configuration.ts';
import { parseTrainOptions, trainingOptions } from '../training/train-options.ts';
import { withEngine } from './engine.ts';
import type { OpenCatalog, Service } from './methods/method.ts';
import { selectedIds } from './selection.ts';
import { weightsFolderOf } from './settings.ts';

type Estimate<K extends RunKind> = (
  parameters: RunParameters<K>,
  open: OpenCatalog,
  service: Service,
) => Promise<number>;

const estimates: { readonly [K in RunKind]?: Estimate<K> } = { project: estimateProjection, train: estimateTraining };

/** Seconds, measured from ten steps; null for kinds whose time depends on the disk and on files not seen yet. */
export async function estimateRun(request: Received<'runs.estimate'>, service: Service): Promise<number | null> {
  const estimate = estimates[request.kind] as Estimate<RunKind> | undefined;
  return (await estimate?.(request.parameters, service.open(), service)) ?? null;
}

async function estimateProjection(
  { images, projecting }: RunParameters<'project'>,
  { catalog }: OpenCatalog,
  { launch }: Service,
): Promise<number> {
  const { model, normals: _normals, ...settings } = projecting;
  const networkFile = catalog.path(getModel(catalog, model).file);
  const weightsFolder = weightsFolderOf(catalog);
  const parameters = { ...settings, networkFile, weightsFolder, scoring: null, total: 1 };
  const perStep = await withEngine(launch, {}, (engine) => engine.call('project.measure', parameters));
  return perStep * settings.steps * Math.ceil(selectedIds(catalog, images).length / settings.batch);
}

async function estimateTraining(
  { cohort, resolution, options: given, device }: RunParameters<'train'>,
  { catalog }: OpenCatalog,
  { launch }: Service,
): Promise<number> {
  const ids = imageIds(catalog, { cohort, states: ['present'] }, { by: 'imported', descending: false });
  const [first] = imageRecords(catalog, ids.subarray(0, 1));
  if (first === undefined) throw new Problem('missing', { what: 'images of the cohort', name: String(cohort) });
  const options = parseTrainOptions(given);
  const shape = { resolution: resolution ?? first.width, channels: 1, labelSize: 0, images: ids.length } as const;
  const configuration = resolveConfiguration(trainingOptions(options, null), shape);
  const perKimg = await withEngine(launch, {}, (engine) => engine.call('train.measure', { configuration, device }));
  return perKimg * configuration.totalKimg;
}
