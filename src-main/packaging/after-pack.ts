// Called by electron-builder when a package's folder is filled: what the command line runs, and the list of its files.
import { rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { extractAll } from '@electron/asar';
import type { AfterPackContext } from 'electron-builder';
import { bundleName } from '../cli/qualify/installation.ts';
import { writePackageManifest } from './package-manifest.ts';

/** Electron reads its archive. Node cannot: what is in there lies beside it as well, native modules once for both. */
export default async function afterPack(context: AfterPackContext): Promise<void> {
  const { packager, appOutDir, electronPlatformName } = context;
  const resources = packager.getResourcesDir(appOutDir);
  await layArchiveOpen(resources);
  const mac = electronPlatformName === 'darwin';
  const root = mac ? join(appOutDir, `${packager.appInfo.productFilename}.app`) : appOutDir;
  const bundle = { electron: packager.info.framework.version, root: relative(resources, root).replaceAll('\\', '/') };
  await writeFile(join(resources, bundleName), `${JSON.stringify(bundle)}\n`);
  if (electronPlatformName !== 'linux') return;
  // Its hash is to be that of the program as it is shipped; Linux signs nothing afterwards.
  // biome-ignore lint/complexity/useLiteralKeys: it is protected; called again later, it changes nothing more.
  await packager['doAddElectronFuses'](context);
  await writePackageManifest(resources);
}

/** `app.asar.unpacked`, which has what the archive leaves out, gets what is inside, too. */
async function layArchiveOpen(resources: string): Promise<void> {
  const [archive, open, whole] = ['app.asar', 'app.asar.unpacked', 'app.asar.whole'].map((name) =>
    join(resources, name),
  );
  extractAll(archive!, whole!);
  await rm(open!, { recursive: true });
  await rename(whole!, open!);
}
