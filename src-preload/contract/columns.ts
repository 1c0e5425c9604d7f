// Columns of metadata: DICOM attributes and columns of people's own tables.
import { z } from 'zod';
import * as image from '../schemas/image.ts';
import { method, nothing } from './method.ts';

const { id, label, path } = image;
const count = z.int().nonnegative();

const column = z.strictObject({
  id,
  name: z.string(),
  /** Of a DICOM attribute: 8 lower-case hexadecimal digits; null: from a table. */
  tag: z.string().nullable(),
  /** Every value is a number. */
  isNumber: z.boolean(),
});

export const columnsMethods = {
  'columns.list': method(nothing, z.strictObject({ columns: z.array(column) }), { reads: ['images', 'columns'] }),
  /** How many images of a filter have each value, most frequent first; null: none. */
  'columns.facet': method(
    z.strictObject({ column: id, filter: image.filter, limit: z.int().min(1).max(1000).default(100) }),
    z.strictObject({ values: z.array(z.strictObject({ value: z.string().nullable(), images: z.int() })) }),
    { reads: ['images', 'columns', 'verdicts', 'tags', 'scores', 'cohorts'] },
  ),
  /** Takes columns of a CSV or Parquet file over, named as there; all or nothing. Rows are matched as those of scores. */
  'columns.import': method(
    z.strictObject({
      file: path,
      /** Null: every column but the one that names images. */
      columns: z.array(label).min(1).max(100).nullable().default(null),
      by: label.nullable().default(null),
      reviewer: label,
    }),
    z.strictObject({ columns: z.array(z.string()), images: count, unmatched: z.array(z.int()) }),
    { writes: ['columns'] },
  ),
  'columns.remove': method(z.strictObject({ id, reviewer: label }), nothing, { writes: ['columns'] }),
} as const;
