// residua export verify: checks an exported folder against its manifest and checksums.
import { resolve } from 'node:path';
import { verifyExport } from '../curation/export/verify-export.ts';
import { Problem } from '../platform/errors.ts';
import type { Context } from './context.ts';

/** Prints what differs; throws `content` when anything does. */
export async function checkExport(folder: string, context: Context): Promise<void> {
  const { files, images, faults } = await verifyExport(resolve(folder), context);
  for (const fault of faults) context.print(fault);
  context.print(`${files} files, ${images} images checked`);
  if (faults.length > 0)
    throw new Problem('content', { file: folder, reason: `${faults.length} faults in the export` });
}
