// Methods about the catalog as a whole: open, create, settings, devices, models.
import { createHash, randomUUID } from 'node:crypto';
import type { catalogMethods as contract } from '../../../src-preload/contract/catalog.ts';
import type { CatalogInfo } from '../../../src-preload/schemas/catalog.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { schemaVersion } from '../../catalog/migrate.ts';
import { listModels } from '../../catalog/tables/models.ts';
import { countImages } from '../../catalog/tables/pages.ts';
import { getSetting, setSetting } from '../../catalog/tables/settings.ts';
import { withEngine } from '../../engine/start-engine.ts';
import { importModel } from '../../holdings/models.ts';
import { changeSettings, readSettings } from '../../holdings/settings.ts';
import { now } from '../../platform/time.ts';
import { version } from '../../platform/version.ts';
import { recentCatalogs, rememberCatalog } from '../recent-catalogs.ts';
import { toModel } from '../to-contract.ts';
import type { MethodsOf, OpenCatalog } from './method.ts';

const nameKey = 'catalog.name';
const identityKey = 'catalog.identity';

export const catalogMethods: MethodsOf<keyof typeof contract> = {
  'catalog.create': async ({ folder, name }, service) => {
    const opened = await service.use(folder, true);
    setSetting(opened.catalog, nameKey, name);
    return remembered(info(opened), service.isWindow);
  },
  'catalog.open': async ({ folder }, service) => remembered(info(await service.use(folder, false)), service.isWindow),
  'catalog.recent': () => ({ catalogs: [...recentCatalogs()] }),
  'catalog.info': (_, service) => (service.isOpen() ? info(service.open()) : null),
  'settings.get': (_, service) => readSettings(service.open().catalog),
  'settings.set': (change, service) => changeSettings(service.open().catalog, change),
  'devices.list': async (_, { launch }) => ({
    devices: await withEngine(launch, {}, (engine) => engine.call('devices.list', null)),
  }),
  'models.list': (_, service) => ({ models: listModels(service.open().catalog).map(toModel) }),
  'models.import': async ({ file, name }, service) => {
    const model = await importModel(service.open().catalog, service.launch, file, name);
    return toModel(model);
  },
};

/** What a window has open is among the recent catalogs. */
async function remembered(opened: CatalogInfo, isWindow: boolean): Promise<CatalogInfo> {
  const { folder, name } = opened;
  if (isWindow) await rememberCatalog({ folder, name, openedAt: now() });
  return opened;
}

function info({ catalog }: OpenCatalog): CatalogInfo {
  const name = getSetting(catalog, nameKey);
  return {
    key: catalogKey(catalog),
    folder: catalog.folder,
    name: typeof name === 'string' ? name : catalog.folder,
    images: countImages(catalog, {}),
    schema: schemaVersion,
    version,
  };
}

/** The same as long as it is this catalog in this folder: a copy of it is another one. */
export function catalogKey(catalog: Catalog): string {
  let identity = getSetting(catalog, identityKey);
  if (typeof identity !== 'string') {
    identity = randomUUID();
    setSetting(catalog, identityKey, identity);
  }
  return createHash('sha256').update(`${identity} ${catalog.folder}`).digest('hex').slice(0, 16);
}
