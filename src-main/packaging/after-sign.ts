// Called by electron-builder when a package's programs are signed, which changes them: the list of its files is made now.
import type { AfterPackContext } from 'electron-builder';
import { writePackageManifest } from './package-manifest.ts';

/** Windows alone: a macOS bundle that is signed takes no further file, and its signature lists its files. */
export default async function afterSign({
  packager,
  appOutDir,
  electronPlatformName,
}: AfterPackContext): Promise<void> {
  if (electronPlatformName === 'win32') await writePackageManifest(packager.getResourcesDir(appOutDir));
}
