// npm run test:package: packs the Linux folder with the Electron that RESIDUA_ELECTRON names, and starts what was packed:
// its window and its command line.
// That Electron is older than the pinned one: it cannot load better-sqlite3, so the catalog is shown on the pinned Node.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import type { Response } from '../../src-preload/contract.ts';
import { pack, unpack } from '../../src-preload/wire.ts';
import { makeSampleArchive } from '../renderer/sample-archive.ts';
import { noElectron, oldPagePrelude, openDisplay, openElectron } from '../shell/electron.ts';
import { testCommandLine } from './command-line.ts';
import { openDebuggedPage } from './debugged-page.ts';

const root = join(import.meta.dirname, '../..');
/** Pictures of what was started go here when it is given. */
const pictures = process.argv[2];
const usableProcessor = { device: 'cpu', name: '', usable: true, reason: null, milliseconds: 0, half: null };
const say = (line: string) => console.log(line);

if (noElectron !== null) say(`skipped: ${noElectron}`);
else if (process.platform !== 'linux') say('skipped: the folder target is that of Linux');
else await testPackage();

async function testPackage(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'residua-package-'));
  const display = await openDisplay();
  try {
    const { packed, version } = await packFolder(folder);
    checkFuses(join(packed, 'residua-desktop'));
    await startPacked(packed, folder, display.name);
    await startContent(join(packed, 'resources/app.asar.unpacked'), folder, display.name);
    await testCommandLine(packed, folder, version);
    say('passed');
  } finally {
    display[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs `npm run dist` for the folder target; the packed folder, and the version of its Electron. */
async function packFolder(folder: string): Promise<{ readonly packed: string; readonly version: string }> {
  const electron = process.env.RESIDUA_ELECTRON!;
  const distribution = join(folder, 'electron');
  await cp(dirname(electron), distribution, { recursive: true });
  // Its launcher of tests has no place in a package.
  await rm(join(distribution, 'resources'), { recursive: true, force: true });
  const version = execFileSync(electron, ['-p', 'process.versions.electron'], {
    encoding: 'utf8',
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
  }).trim();
  // This fuse is younger than the Electron for tests, which refuses it.
  const { grantFileProtocolExtraPrivileges: _, ...electronFuses } = manifest.build.electronFuses;
  const configuration = join(folder, 'configuration.json');
  const directories = { ...manifest.build.directories, output: join(folder, 'dist') };
  const own = { electronDist: distribution, electronVersion: version, directories, electronFuses };
  await writeFile(configuration, JSON.stringify({ ...manifest.build, ...own }));
  const program = join(root, 'src-main/packaging/dist.ts');
  execFileSync(process.execPath, [program, '--linux', 'dir', '--config', configuration], {
    cwd: root,
    stdio: 'inherit',
  });
  const packed = join(folder, 'dist/linux-unpacked');
  for (const name of ['residua-desktop', 'resources/app.asar', 'resources/THIRD-PARTY.txt']) {
    assert.ok(existsSync(join(packed, name)), `${name} is packed`);
  }
  say(`packed with Electron ${version}`);
  return { packed, version };
}

/** Every fuse that this Electron has is as the configuration says. */
function checkFuses(executable: string): void {
  const program = join(root, 'node_modules/@electron/fuses/dist/bin.js');
  const text = execFileSync(process.execPath, [program, 'read', '--app', executable], {
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  const found = new Map(
    [...text.matchAll(/(\w+) is (Enabled|Disabled|Inherited|Removed)/g)].map((m) => [m[1]!, m[2]!]),
  );
  assert.ok(found.size > 0, text);
  for (const [name, on] of Object.entries(manifest.build.electronFuses)) {
    const state = found.get(`${name[0]!.toUpperCase()}${name.slice(1)}`);
    if (state === undefined) say(`fuse ${name}: this Electron has none`);
    else assert.equal(state, on ? 'Enabled' : 'Disabled', `fuse ${name}`);
  }
  say(`fuses: ${[...found].map(([name, state]) => `${name} ${state.toLowerCase()}`).join(', ')}`);
}

/** The packed program itself: its page, its workbench from the archive, native modules from beside it. */
async function startPacked(packed: string, folder: string, display: string): Promise<void> {
  const port = await freePort();
  const program = spawn(join(packed, 'residua-desktop'), ['--no-sandbox', `--remote-debugging-port=${port}`], {
    env: { ...process.env, DISPLAY: display, XDG_DATA_HOME: join(folder, 'data') },
    stdio: 'ignore',
  });
  try {
    using page = await openDebuggedPage(port, oldPagePrelude);
    const shown = await page.until(`document.querySelector('h1')?.textContent`);
    assert.match(String(shown), /Residua/);
    assert.equal(await page.evaluate('location.href'), 'residua://window/');
    assert.equal(await page.evaluate('typeof require'), 'undefined');
    await keepPicture('packed-program', await page.picture());
    say(`the packed program shows its window: ${shown}`);
    // Its workbench starts an engine, which starts the probes of devices: every native module is found beside the archive.
    const answer = (await page.evaluate(
      `residua.send('workbench.call', { method: 'devices.list', packed: Uint8Array.of(${pack({}).join()}) })
        .then((answer) => ('packed' in answer ? [...answer.packed] : answer.failure.words))`,
    )) as number[] | string;
    assert.ok(typeof answer !== 'string', String(answer));
    const { devices } = unpack(Uint8Array.from(answer)) as Response<'devices.list'>;
    assert.deepEqual({ ...devices[0], name: '', milliseconds: 0, half: null }, usableProcessor);
    say(`its processes compute on ${devices[0]!.name}`);
  } finally {
    await ended(program);
  }
}

/** What was packed, run unpacked with its programs on the pinned Node: a catalog, pictures and a device. */
async function startContent(content: string, folder: string, display: string): Promise<void> {
  const sample = join(folder, 'sample');
  await makeSampleArchive(sample, 4, 64);
  await using electron = await openElectron(
    {
      DISPLAY: display,
      XDG_DATA_HOME: join(folder, 'other-data'),
      RESIDUA_NODE: process.execPath,
      RESIDUA_CATALOG: join(sample, 'catalog'),
    },
    content,
  );
  const { page } = electron;
  await page.locator('[role=gridcell] data').first().waitFor();
  await page.waitForFunction(
    () => (document.querySelector<HTMLImageElement>('[role=gridcell] img')?.naturalWidth ?? 0) > 0,
  );
  assert.equal(await page.locator('[role=gridcell]').count(), 8);
  await keepPicture('packed-content', await page.screenshot());
  say('what was packed shows a catalog: 8 images with their thumbnails');
}

async function keepPicture(name: string, png: Uint8Array): Promise<void> {
  if (pictures === undefined) return;
  await mkdir(pictures, { recursive: true });
  await writeFile(join(pictures, `${name}.png`), png);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function ended(program: ChildProcess): Promise<void> {
  const end = new Promise((resolve) => program.once('exit', resolve));
  program.kill();
  await end;
}
