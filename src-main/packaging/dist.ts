// npm run dist: builds the programs, writes the licences and the bill of materials (SBOM), packs with electron-builder, and lists checksums.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../platform/make-folder.ts';
import { bundledPackages, thirdPartyText } from './third-party.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const output = join(root, 'dist');

run('electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn');
makeFolder(join(root, 'out'));
await writeFile(join(root, 'out/THIRD-PARTY.txt'), thirdPartyText(bundledPackages(root)));
await writeFile(join(root, 'out/SBOM.cdx.json'), billOfMaterials());
run('electron-builder/cli.js', '--publish', 'never', ...process.argv.slice(2));
await writeChecksums();

/** Runs a program of a package on this Node; this one ends where it fails. */
function run(program: string, ...given: string[]): void {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', program), ...given], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Every package inside, in CycloneDX's form, as npm reads it from the lock file. */
function billOfMaterials(): string {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const words = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'];
  const { status, stdout, stderr } = spawnSync(npm, words, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    shell: process.platform === 'win32',
  });
  if (status === 0) return stdout;
  process.stderr.write(stderr);
  process.exit(status ?? 1);
}

/** `SHA256SUMS` beside the installers, as `sha256sum --check` reads it. */
async function writeChecksums(): Promise<void> {
  if (!existsSync(output)) return;
  const installers = readdirSync(output).filter((name) => /\.(AppImage|deb|tar\.gz|exe|dmg)$/.test(name));
  const lines: string[] = [];
  for (const name of installers) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(output, name)), hash);
    lines.push(`${hash.digest('hex')}  ${name}\n`);
  }
  if (lines.length > 0) await writeFile(join(output, 'SHA256SUMS'), lines.join(''));
}
