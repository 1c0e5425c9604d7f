// Reports about images, without identities.
import { z } from 'zod';
import * as image from '../schemas/image.ts';
import { method, nothing } from './method.ts';

/** More pictures than this are a data set, and an export. */
export const mostReported = 60;

const report = z.strictObject({
  images: z.array(image.id).min(1).max(mostReported),
  /** Folder labels, tags and reasons of verdicts: texts that people wrote, which may name somebody. */
  texts: z.boolean().default(false),
  remark: z.string().trim().max(2000).nullable().default(null),
});

export const reportsMethods = {
  /** One HTML page that stands alone: pictures, scores, reasons, maps, provenance. Confirmed text is blacked out; pictures that may show other text are left out. */
  'reports.images': method(report, z.strictObject({ html: z.string() }), { slow: true }),
  /** The same as a file. */
  'reports.write': method(report.extend({ file: image.path }), nothing, { slow: true }),
} as const;
