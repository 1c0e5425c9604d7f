// Says before an export begins which of its files are not there.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Catalog } from '../catalog/catalog.ts';
import { imageRecords } from '../catalog/tables/images.ts';
import { missingFiles } from '../curation/export/file-fault.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { noteFileState } from './catalog-images.ts';

const group = 256;

/** Looks at the file of every image; the catalog notes what has become of it. Throws `missing`, naming those that are gone. */
export async function refuseMissing(catalog: Catalog, images: ArrayLike<number>, control: JobControl): Promise<void> {
  const ids = Array.from(images);
  const gone: string[] = [];
  for (let first = 0; first < ids.length; first += group) {
    checkpoint(control, 'export');
    const part = ids.slice(first, first + group);
    await Promise.all(imageRecords(catalog, part).map((record) => noteFileState(catalog, record)));
    for (const { state, path } of imageRecords(catalog, part)) if (state === 'vanished') gone.push(path);
    await nextTurn();
  }
  if (gone.length > 0) throw missingFiles([...new Set(gone)], ids.length);
}
