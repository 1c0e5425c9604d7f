// The settings of a catalog as the contract knows them, defaults filled in.
import type { Received } from '../../src-preload/contract.ts';
import { type Settings, settings as settingsSchema } from '../../src-preload/schemas/catalog.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { getSetting, setSetting } from '../catalog/tables/settings.ts';
import { defaultWeightsFolder } from '../platform/default-folders.ts';

const key = 'settings';
const initial: Settings = { reviewer: '', device: 'cpu', weightsFolder: null, advance: true };

/** What was set, and the defaults of the rest; settings that are no longer understood count as not set. */
export function readSettings(catalog: Catalog): Settings {
  const stored = settingsSchema.partial().safeParse(getSetting(catalog, key));
  return settingsSchema.parse({ ...initial, ...stored.data });
}

/** Changes some settings; all of them as they are then. */
export function changeSettings(catalog: Catalog, change: Received<'settings.set'>): Settings {
  const settings = settingsSchema.parse({ ...readSettings(catalog), ...change });
  setSetting(catalog, key, settings);
  return settings;
}

/** Where published weights are looked for. */
export function weightsFolderOf(catalog: Catalog): string {
  return readSettings(catalog).weightsFolder ?? defaultWeightsFolder();
}
