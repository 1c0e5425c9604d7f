// An export run: the images of the run, copied out with their manifest; all of them appear at once or none.

import { parameters as schemas } from '../../src-preload/jobs/jobs.ts';
import { EntryReader } from '../archive/entry-reader.ts';
import { getModel } from '../catalog/tables/models.ts';
import { extendProvenance, recordResults, runItems } from '../catalog/tables/runs.ts';
import { keyPath } from '../curation/backup/backup-catalog.ts';
import { pseudonymsOf, readKey } from '../curation/deidentification/pseudonyms.ts';
import { exportImages } from '../curation/export/export-images.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import { entryOf } from '../holdings/catalog-images.ts';
import { imageMapsOf } from '../holdings/image-maps.ts';
import { MaskReader } from '../holdings/mask-reader.ts';
import { recipeOf } from '../holdings/models.ts';
import { refuseMissing } from '../holdings/refuse-missing.ts';
import { parametersOf } from '../holdings/stored-parameters.ts';
import { now } from '../platform/time.ts';
import { version } from '../platform/version.ts';
import type { RunProgram } from './run-program.ts';

const storedParameters = schemas.export.omit({ images: true });

/** Exports every image of the run; an interrupted export begins anew. Images that cannot leave are skipped with the reason. */
export const exportRun: RunProgram = async (run, tools) => {
  const { catalog } = tools;
  const { deidentification, model, reviewer, withoutMissing, ...parameters } = parametersOf(run, storedParameters);
  const images = runItems(catalog, run.id);
  if (!withoutMissing) await refuseMissing(catalog, images, tools);
  const decoder = openDecoderPool({ launch: tools.launch });
  const reader = new EntryReader();
  const masks = new MaskReader(catalog, decoder);
  try {
    const report = await exportImages(
      catalog,
      {
        ...parameters,
        run: run.id,
        images,
        refusesMissing: !withoutMissing,
        deidentification: deidentification && {
          ...deidentification,
          reviewed: new Set(deidentification.reviewed),
          pseudonyms: pseudonymsOf(await readKey(catalog.path(keyPath))),
        },
        recipe: model === null ? undefined : recipeOf(getModel(catalog, model)),
        program: `Residua ${version}`,
        actor: reviewer,
        at: now(),
      },
      {
        read: (record) => reader.read(entryOf(record)),
        decode: async (record) => (await decoder.frame(entryOf(record), record.frame)).image,
        labels: (record) => masks.labels(record.id, 'reference'),
        maps: (record) => imageMapsOf(catalog, record, [...new Set(parameters.scores.map((score) => score.run))]),
      },
      tools,
    );
    const reasons = new Map(report.skipped.map(({ image, reason }) => [image, reason]));
    recordResults(
      catalog,
      run.id,
      images.map((image) => ({ image, skipped: reasons.get(image) })),
    );
    const { folder, images: exported, files, skipped, auditHead } = report;
    const left = skipped.length > 0 ? `, ${skipped.length.toLocaleString('en')} skipped` : '';
    const summary = `${exported.toLocaleString('en')} ${exported === 1 ? 'image' : 'images'} exported to ${folder}${left}`;
    extendProvenance(catalog, run.id, { folder, images: exported, files, summary, auditHead });
    tools.log('information', summary);
    tools.log('information', `audit log: entry ${auditHead.number}, ${auditHead.hash}`);
    for (const { image, reason } of report.skipped) tools.log('skipped', `skipped image ${image}: ${reason}`);
  } finally {
    await reader.close();
    await decoder.close();
  }
};
