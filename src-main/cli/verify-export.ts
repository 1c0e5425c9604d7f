// residua export verify: checks an exported folder against its manifest, its checksums and the audit log of its catalog.
import { resolve } from 'node:path';
import { checksumFaults, readChecksums } from '../curation/export/checksums.ts';
import { verifyExport } from '../curation/export/verify-export.ts';
import { packedParts } from '../curation/transport/unpack.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import type { Context } from './context.ts';
import { withCatalog } from './with-catalog.ts';

/** Prints what differs; throws `content` when anything does. */
export async function checkExport(folder: string, context: Context): Promise<void> {
  const packed = await packedParts(resolve(folder));
  if (packed !== undefined) return checkPacked(resolve(folder), packed.parts.length, context);
  const { files, images, faults: found } = await verifyExport(resolve(folder), context);
  const faults = [...found, ...(await auditFaults(resolve(folder), context))];
  for (const fault of faults) context.print(fault);
  context.print(`${files} files, ${images} images checked`);
  if (faults.length > 0)
    throw new Problem('content', { file: folder, reason: `${faults.length} faults in the export` });
}

/** The parts of a packed export, by their checksums; what is in them is checked when it is unpacked. */
async function checkPacked(folder: string, parts: number, context: Context): Promise<void> {
  const faults = await checksumFaults(folder, await readChecksums(folder), context);
  for (const fault of faults) context.print(fault);
  context.print(
    `${parts} ${parts === 1 ? 'part' : 'parts'} of a packed export checked: residua export unpack checks what is in it`,
  );
  if (faults.length > 0) {
    throw new Problem('content', { file: folder, reason: `${faults.length} faults in the packed export` });
  }
}

/**
 * What the audit log says against the export. A catalog that was named must know it; the default one need not, and need
 * not be there: the export may have come from elsewhere, which is said.
 */
async function auditFaults(folder: string, context: Context): Promise<readonly string[]> {
  const { catalogFolder, catalogGiven, print } = context;
  try {
    const faults: string[] = [];
    await withCatalog(context, { create: false }, async (workbench) => {
      const audited = await workbench.call('audit.export', { folder });
      if (audited.found === 'altered') faults.push(audited.fault);
      else if (audited.found === 'same')
        print(`the checksums are those of entry ${audited.entry} of the audit log of ${catalogFolder}`);
      else if (catalogGiven) faults.push(`the audit log of ${catalogFolder} has no such export`);
      else
        print(`not compared with an audit log: ${catalogFolder} has no such export (name its catalog with --catalog)`);
    });
    return faults;
  } catch (error) {
    if (catalogGiven || !isProblem(error, 'missing')) throw error;
    print('not compared with an audit log: name the catalog that the export came from with --catalog');
    return [];
  }
}
