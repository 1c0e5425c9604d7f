// Checks an export against its checksums and its manifest: nothing changed, nothing missing, nothing added.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../../platform/errors.ts';
import type { JobControl } from '../../platform/job.ts';
import { checksumFaults, readChecksums } from './checksums.ts';

/** How many files were checked, and what is wrong in words. */
export interface VerifiedExport {
  readonly files: number;
  readonly images: number;
  readonly faults: readonly string[];
}

const manifest = z.object({
  residua_export: z.literal(1),
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

/** What the manifest of the export in `folder` says. Throws `content`. */
export async function readManifest(folder: string): Promise<z.infer<typeof manifest>> {
  const file = join(folder, 'manifest.json');
  try {
    return manifest.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    throw new Problem('content', { file, reason: 'is not the manifest of an export' }, { cause: error });
  }
}
