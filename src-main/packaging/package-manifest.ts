// The SHA256SUMS inside a package: every file of it, which `residua qualify` compares with what is installed.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findInstallation, installedFiles } from '../cli/qualify/installation.ts';
import { checksums } from '../curation/export/checksums.ts';

/** Writes the list of the package whose folder of resources is given. */
export async function writePackageManifest(resources: string): Promise<void> {
  const installation = await findInstallation(join(resources, 'app.asar.unpacked'));
  const files = await installedFiles(installation, { signal: new AbortController().signal, report: () => {} });
  await writeFile(installation.manifest, checksums(files));
}
