// A run that opens DICOM files again for attributes that the import has not kept.
import { availableParallelism } from 'node:os';
import { parameters as schemas } from '../../src-preload/jobs/jobs.ts';
import { columnOfTag } from '../archive/dicom/keywords.ts';
import { writeColumn } from '../catalog/tables/columns.ts';
import { type ImageRecord, imageRecords } from '../catalog/tables/images.ts';
import { imageIds } from '../catalog/tables/pages.ts';
import { extendProvenance, setRunProgress } from '../catalog/tables/runs.ts';
import { readAsImported } from '../decoder/as-imported.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import { skippedLine } from '../decoder/folder-images.ts';
import { entryOf } from '../holdings/catalog-images.ts';
import { parametersOf } from '../holdings/stored-parameters.ts';
import { checkpoint } from '../platform/job.ts';
import { now } from '../platform/time.ts';
import type { RunProgram } from './run-program.ts';

/** Images of one transaction. */
const batchSize = 512;

/** Reads the attributes of every DICOM file that is as it was at import; others are skipped with the reason. */
export const columnsRun: RunProgram = async (run, tools) => {
  const { attributes } = parametersOf(run, schemas.columns);
  const { catalog, launch, background } = tools;
  const decoder = openDecoderPool({ launch, background, processes: availableParallelism() });
  let [read, skipped] = [0, 0];
  const readOne = async (record: ImageRecord) => {
    try {
      const read = await readAsImported(record, () => decoder.attributes(entryOf(record), attributes));
      return { image: record.id, texts: read.texts };
    } catch (error) {
      skipped++;
      tools.log('skipped', skippedLine({ name: record.path, error }));
      return undefined;
    }
  };
  try {
    const ids = imageIds(catalog, { states: ['present'] }, { by: 'imported', descending: false });
    for (let start = 0; start < ids.length; start += batchSize) {
      checkpoint(tools, 'columns');
      const records = imageRecords(catalog, ids.subarray(start, start + batchSize));
      const found = await Promise.all(records.filter(({ format }) => format === 'DICOM').map(readOne));
      const values = found.flatMap((each) => each ?? []);
      read += values.length;
      catalog.transaction(() => {
        for (const tag of attributes) {
          const own = values.flatMap(({ image, texts }) => {
            const text = texts[tag];
            return text === undefined ? [] : [[image, text] as const];
          });
          writeColumn(catalog, columnOfTag(tag), own, now());
        }
        const progress = { stage: 'reading attributes', done: read, skipped, total: ids.length };
        setRunProgress(catalog, run.id, progress);
      });
      tools.report({ stage: 'reading attributes', done: start + records.length, total: ids.length });
      tools.changed('columns');
    }
  } finally {
    await decoder.close();
  }
  setRunProgress(catalog, run.id, { stage: 'done', done: read, skipped, total: read + skipped });
  extendProvenance(catalog, run.id, { summary: `${read} images read` });
};
