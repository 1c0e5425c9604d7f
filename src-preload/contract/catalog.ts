// The catalog as a whole: open and create it, its settings, devices and networks.
import { z } from 'zod';
import * as catalog from '../schemas/catalog.ts';
import * as image from '../schemas/image.ts';
import { method, nothing } from './method.ts';

const { label, path } = image;

export const catalogMethods = {
  'catalog.create': method(z.strictObject({ folder: path, name: label }), catalog.catalogInfo),
  'catalog.open': method(z.strictObject({ folder: path }), catalog.catalogInfo),
  /** Catalogs that windows of this user had open, the latest first. */
  'catalog.recent': method(
    nothing,
    z.strictObject({
      catalogs: z.array(
        z.strictObject({
          folder: path,
          name: z.string(),
          openedAt: image.time,
          /** There is no catalog in the folder at present. */
          missing: z.boolean(),
        }),
      ),
    }),
  ),
  /** Null before a catalog is open. */
  'catalog.info': method(nothing, catalog.catalogInfo.nullable(), { reads: ['images'] }),
  'models.list': method(nothing, z.strictObject({ models: z.array(catalog.model) }), { reads: ['models'] }),
  /** Reads a network file, copies its weights beside the catalog; the same file twice is the same model. */
  'models.import': method(z.strictObject({ file: path, name: label.optional() }), catalog.model, {
    writes: ['models'],
  }),
  'devices.list': method(nothing, z.strictObject({ devices: z.array(catalog.deviceInfo) })),
  'settings.get': method(nothing, catalog.settings, { reads: ['settings'] }),
  'settings.set': method(catalog.settings.partial(), catalog.settings, { writes: ['settings'] }),
} as const;
