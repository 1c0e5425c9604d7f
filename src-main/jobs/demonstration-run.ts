// The demonstration: an archive that nobody owns, drawn on this machine, and a small network that knows its normals.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Catalog } from '../catalog/catalog.ts';
import { addToCohort, createCohort, findCohort } from '../catalog/tables/cohorts.ts';
import { addAnnotation, annotationsOf } from '../catalog/tables/marks.ts';
import { imageIds } from '../catalog/tables/pages.ts';
import { extendProvenance } from '../catalog/tables/runs.ts';
import type { DemonstrationSlice } from '../engine/demonstration.ts';
import { withEngine } from '../engine/start-engine.ts';
import { importModel } from '../holdings/models.ts';
import { demonstrationFolder, trainingNormalsFolder } from '../platform/default-folders.ts';
import { now } from '../platform/time.ts';
import { importSources } from './import-run.ts';
import type { RunProgram } from './run-program.ts';

/** Made by our own trainers from phantoms of other seeds; how, is written beside them. */
const resource = (name: string) => fileURLToPath(new URL(`../../resources/demo/${name}.safetensors`, import.meta.url));

/** As many normals as anomalies, of patients that the network has never seen. */
const order = { protocol: 'liver', seed: 2, size: 64, normals: 60, perKind: 15 } as const;
/** Normals that the network was trained on, to measure typicality against. */
const training = { protocol: 'liver', seed: 1, size: 64, normals: 400, perKind: 0 } as const;
/** Draws the archive, imports it, notes its anomalies, makes a cohort of each kind and takes in the network. */
export const demonstrationRun: RunProgram = async (run, tools) => {
  const { catalog, launch, changed } = tools;
  const folder = catalog.path(demonstrationFolder);
  const slices = await withEngine(launch, {}, async (engine) => {
    await engine.call('demonstration.draw', { folder: join(folder, trainingNormalsFolder), ...training }, tools);
    return engine.call('demonstration.draw', { folder, ...order }, tools);
  });
  const sources = (...path: string[]) => [join(folder, ...path, 'images')];
  await importSources(run, { sources: sources(), kind: null, cohort: 'demonstration' }, tools);
  const normals = { sources: sources(trainingNormalsFolder), kind: 'training normal', cohort: 'training normals' };
  await importSources(run, normals, tools);
  for (const kind of new Set(slices.map((slice) => slice.kind))) gatherKind(catalog, kind);
  annotate(catalog, slices);
  const model = await importModel(catalog, launch, resource('phantom-64'), 'phantom-64');
  const localiser = await importModel(catalog, launch, resource('localiser-64'), 'localiser-64');
  extendProvenance(catalog, run.id, { model: model.id, localiser: localiser.id, drawn: order });
  changed('images', 'cohorts', 'models');
};

function gatherKind(catalog: Catalog, kind: string): void {
  const images = imageIds(catalog, { kinds: [kind] }, { by: 'imported', descending: false });
  const known = findCohort(catalog, kind);
  if (known !== undefined) addToCohort(catalog, known, images);
  else createCohort(catalog, { name: kind, definition: { filter: { kinds: [kind] } }, images, at: now() });
}

function annotate(catalog: Catalog, slices: readonly DemonstrationSlice[]): void {
  for (const { name, kind, box } of slices) {
    if (box === null) continue;
    const [image] = imageIds(catalog, { text: name }, { by: 'imported', descending: true });
    if (image === undefined || annotationsOf(catalog, [image]).length > 0) continue;
    addAnnotation(catalog, { image, ...box, label: kind, reviewer: 'Residua', at: now() });
  }
}
