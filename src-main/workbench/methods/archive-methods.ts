// Methods about the archive on the disk: sources, moved folders, removal, watched folders, browsing.
import type { archiveMethods as contract } from '../../../src-preload/contract/archive.ts';
import { sourceCounts } from '../../catalog/tables/moved-files.ts';
import { belongingsOf } from '../../catalog/tables/removal.ts';
import { removeImages } from '../../curation/removal/remove-images.ts';
import { relocate } from '../../holdings/relocate.ts';
import { selectedIds } from '../../holdings/selection.ts';
import { now } from '../../platform/time.ts';
import { listFolder } from '../browse-folders.ts';
import type { MethodsOf } from './method.ts';

export const archiveMethods: MethodsOf<keyof typeof contract> = {
  'archive.sources': (_, service) => ({ sources: [...sourceCounts(service.open().catalog)] }),
  'archive.relocate': async (request, service, control) => {
    const { catalog, decoder } = service.open();
    return relocate(catalog, decoder, { ...request, at: now() }, control);
  },
  'archive.check': async (_, service, control) => {
    const { files, missing } = await service.open().watch.check(control);
    return { files, missing };
  },
  'archive.news': (_, service) => ({ folders: [...service.open().watch.news()] }),
  'archive.removal': ({ images }, service) => {
    const { catalog } = service.open();
    return plain(belongingsOf(catalog, selectedIds(catalog, images)));
  },
  'archive.remove': async ({ images, actor }, service) => {
    const { catalog } = service.open();
    return plain(await removeImages(catalog, { images: selectedIds(catalog, images), actor, at: now() }));
  },
  'folders.list': ({ folder }, service) => {
    const sources = service.isOpen() ? sourceCounts(service.open().catalog).map(({ source }) => source) : [];
    return listFolder(folder, service.browse, sources);
  },
};

/** Lists as the contract has them. */
function plain<T extends { readonly cohorts: readonly object[]; readonly runs: readonly string[] }>(found: T) {
  return { ...found, cohorts: [...found.cohorts] as T['cohorts'][number][], runs: [...found.runs] };
}
