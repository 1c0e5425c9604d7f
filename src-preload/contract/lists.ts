// Saved views and cohorts.
import { z } from 'zod';
import * as catalog from '../schemas/catalog.ts';
import * as image from '../schemas/image.ts';
import { method, nothing } from './method.ts';

const { id, label, filter, order, selection } = image;

export const listsMethods = {
  'views.list': method(nothing, z.strictObject({ views: z.array(catalog.view) }), { reads: ['views'] }),
  'views.save': method(z.strictObject({ name: label, filter, order }), catalog.view, { writes: ['views'] }),
  'views.remove': method(z.strictObject({ id }), nothing, { writes: ['views'] }),
  'cohorts.list': method(nothing, z.strictObject({ cohorts: z.array(catalog.cohort) }), { reads: ['cohorts', 'runs'] }),
  'cohorts.create': method(z.strictObject({ name: label, images: selection }), catalog.cohort, { writes: ['cohorts'] }),
  'cohorts.remove': method(z.strictObject({ id }), nothing, { writes: ['cohorts'] }),
} as const;
