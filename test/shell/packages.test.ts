// What packages of Residua are made of: targets, fuses, what is inside and outside the archive, licences. No package is made.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { bundledPackages, thirdPartyText } from '../../src-main/packaging/third-party.ts';
import { commandLine } from '../../src-main/shell/command-line.ts';

const root = join(import.meta.dirname, '../..');
const { build } = manifest;

describe('packages', () => {
  it('are understood by electron-builder', () => {
    // What electron-builder does itself before it begins.
    const require = createRequire(createRequire(import.meta.url).resolve('app-builder-lib/package.json'));
    const { validateSchema } = require('./out/util/config/schemaValidator.js') as {
      validateSchema(schema: object, value: unknown, texts: { readonly name: string }): void;
    };
    const schema = require('./scheme.json') as object;
    expect(() => validateSchema(schema, build, { name: 'electron-builder' })).not.toThrow();
    const wrong = { ...build, nsis: { silently: true } };
    expect(() => validateSchema(schema, wrong, { name: 'electron-builder' })).toThrow('nsis');
  });

  it('are AppImage, deb and an archive, NSIS for the whole machine, and dmg', () => {
    const targets = [build.linux.target, build.win.target, build.mac.target];
    expect(targets).toEqual([['AppImage', 'deb', 'tar.gz'], ['nsis'], ['dmg']]);
    expect(build.nsis).toMatchObject({ oneClick: false, perMachine: true, deleteAppDataOnUninstall: false });
    // fpm refuses a deb without these.
    expect([manifest.homepage, manifest.author, manifest.description].every((text) => text.length > 0)).toBe(true);
  });

  it('run nothing but this program: every fuse is set', () => {
    expect(build.electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      enableEmbeddedAsarIntegrityValidation: true,
      onlyLoadAppFromAsar: true,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false,
    });
  });

  it('download and compile nothing, and load native modules from outside the archive', () => {
    expect(build.npmRebuild).toBe(false);
    expect(Object.keys(manifest.scripts).filter((name) => /install|prepare/.test(name))).toEqual([]);
    expect(build.asar).toBe(true);
    expect(build.asarUnpack).toContain('**/*.node');
    expect(build.asarUnpack).toContain('node_modules/onnxruntime-node/bin/**');
  });

  it('carry the built programs only, not their sources', () => {
    const taken = build.files.filter((pattern) => !pattern.startsWith('!'));
    expect(taken).toEqual(['package.json', 'out/main/**', 'out/preload/**', 'out/renderer/**']);
    // Patterns of one platform alone would take everything else as well.
    expect(['linux', 'win', 'mac'].filter((name) => 'files' in build[name as 'linux'])).toEqual([]);
    expect(manifest.main.startsWith('out/main/')).toBe(true);
  });

  it('carry the command line: Node, and a program that starts it', () => {
    const carried = { linux: ['node', 'residua'], win: ['node.exe', 'residua.cmd'], mac: ['node', 'residua'] };
    for (const [name, programs] of Object.entries(carried)) {
      const { extraResources } = build[name as keyof typeof carried];
      expect(extraResources.map(({ to }) => to)).toEqual(programs.map((program) => `bin/${program}`));
      const [node, launcher] = extraResources.map(({ from }) => from);
      expect(node).toMatch(new RegExp(`^node_modules/node-[a-z-]+-\\$\\{arch\\}/bin/${programs[0]}$`));
      const text = readFileSync(join(root, launcher!), 'utf8');
      expect(text.replaceAll('\\', '/')).toContain('../app.asar.unpacked/out/main/src-main/cli/main.cjs');
      // A shell takes no carriage return; cmd.exe loses its place in a batch file without.
      expect(/\r\n/.test(text)).toBe(name === 'win');
    }
    const places = {
      linux: commandLine('/opt/Residua/resources', 'linux'),
      win32: commandLine('C:\\Program Files\\Residua\\resources', 'win32'),
    };
    expect(places).toEqual({
      linux: '/opt/Residua/resources/bin/residua',
      win32: '"C:\\Program Files\\Residua\\resources\\bin\\residua.cmd"',
    });
    // The window's program must not be in its way: the deb has both in /usr/bin.
    expect(build.linux.executableName).toBe('residua-desktop');
    const [source, target] = build.deb.fpm[0]!.split('=');
    expect(target).toBe('/usr/bin/residua');
    expect(readFileSync(join(root, source!), 'utf8')).toContain(
      `exec /opt/${build.productName}/resources/bin/residua "$@"`,
    );
    for (const program of ['resources/bin/residua', source!])
      expect(statSync(join(root, program)).mode & 0o111).toBe(0o111);
  });

  it('carry the licence of every package inside', () => {
    const packages = bundledPackages(root);
    const names = packages.map(({ name }) => name);
    expect(packages.find(({ name }) => name === 'node')?.text).toContain('Node.js is licensed');
    for (const name of ['onnxruntime-node', 'better-sqlite3', 'sharp', 'zod', 'react', '@blueprintjs/core', 'uplot'])
      expect(names).toContain(name);
    expect(packages.find(({ name }) => name === 'nsfwjs')?.text).toContain('Copyright (c) 2019 Infinite Red');
    for (const name of ['typescript', 'electron-builder', 'vitest', 'playwright-core'])
      expect(names).not.toContain(name);
    expect(packages.filter(({ licence }) => licence === '')).toEqual([]);
    const text = thirdPartyText(packages);
    expect(text).toContain(readFileSync(join(root, 'node_modules/zod/LICENSE'), 'utf8').trim());
    expect(text.length).toBeGreaterThan(10_000);
  });

  it('are refused when a package has no licence', () => {
    const folder = mkdtempSync(join(tmpdir(), 'residua-licences-'));
    try {
      const packages = { 'node_modules/unlicensed': { version: '1.0.0' } };
      mkdirSync(join(folder, 'node_modules/unlicensed'), { recursive: true });
      writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages }));
      expect(() => bundledPackages(folder)).toThrow('unlicensed');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
