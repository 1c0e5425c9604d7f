// Checks an export against its checksums, its manifest and the audit log: nothing changed, nothing missing, nothing added.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Catalog } from '../../catalog/catalog.ts';
import { auditEntries } from '../../catalog/tables/audit.ts';
import { Problem } from '../../platform/errors.ts';
import { hashOfFile } from '../../platform/hash-of-file.ts';
import type { JobControl } from '../../platform/job.ts';
import { checksumFaults, checksumsName, readChecksums } from './checksums.ts';

/** Name of the audit event of every export. */
export const exportEvent = 'export';

/** How many files were checked, and what is wrong in words. */
export interface VerifiedExport {
  readonly files: number;
  readonly images: number;
  readonly faults: readonly string[];
}

const manifest = z.object({
  residua_export: z.literal(1),
  at: z.string().optional(),
  images: z.array(z.object({ image: z.int(), file: z.string() })),
  skipped: z.array(z.object({ image: z.int(), reason: z.string() })),
});

/** Verifies the export in `folder`. Throws `content` when its checksums or manifest cannot be read at all. */
export async function verifyExport(folder: string, control: JobControl): Promise<VerifiedExport> {
  const sums = await readChecksums(folder);
  const faults = await checksumFaults(folder, sums, control);
  const { images } = await readManifest(folder);
  const missing = images
    .filter(({ file }) => !sums.has(file) && !sums.has(file.replace(/\.zip\/.*$/, '.zip')))
    .map(({ image }) => `image ${image} of the manifest has no file`);
  return { files: sums.size, images: images.length, faults: [...faults, ...missing] };
}

/** What the audit log of a catalog says about an export; a fault where it is another than it recorded. */
export type AuditedExport =
  | { readonly found: 'same'; readonly entry: number }
  | { readonly found: 'altered'; readonly fault: string }
  | { readonly found: 'none' };

/**
 * Compares the checksums of the export in `folder`, which `verifyExport` has checked, with the digest that the audit log of
 * its catalog holds. An export of this time with another digest was altered after it was made. Throws as `verifyExport`.
 */
export async function compareWithAudit(catalog: Catalog, folder: string): Promise<AuditedExport> {
  const { sha256 } = await hashOfFile(join(folder, checksumsName));
  const exports = auditEntries(catalog).filter(({ event }) => event === exportEvent);
  const same = exports.find(({ details }) => details.checksums === sha256);
  if (same !== undefined) return { found: 'same', entry: same.number };
  const { at } = await readManifest(folder);
  const [altered] = exports.filter((entry) => entry.at === at);
  if (altered === undefined) return { found: 'none' };
  return {
    found: 'altered',
    fault: `${checksumsName} is not what entry ${altered.number} of the audit log recorded: the export was altered`,
  };
}

/** What the manifest of the export in `folder` says. Throws `content`. */
export async function readManifest(folder: string): Promise<z.infer<typeof manifest>> {
  const file = join(folder, 'manifest.json');
  try {
    return manifest.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new Problem('content', { file, reason: 'is not the manifest of an export' }, { cause: error });
  }
}
