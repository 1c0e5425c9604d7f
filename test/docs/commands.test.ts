// Every command of README and CONTRIBUTING, in order, in a copy of the tree without build outputs: the first five minutes are true.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const copy = mkdtempSync(join(tmpdir(), 'residua-tour-'));

/** Commands that a test cannot run as they stand: what is run instead, or why nothing is. Everything else runs literally. */
const instead: Readonly<Record<string, string | { readonly because: string }>> = {
  'npm ci && npm run demo': 'npm run demo -- --num-steps 3',
  'npm ci && npm test': { because: 'this is that test' },
  'npm ci': { because: 'the packages are there' },
  'npm test': { because: 'this is that test' },
  'npm run format': { because: 'it rewrites files, here also what the commands before have made' },
  'npm run bench -- scoring': { because: 'figures mean something on a quiet machine only' },
  'npx vitest run test/scoring': 'npx vitest run test/scoring/acquisition.test.ts',
};
/** Commands that stay until they are stopped; each prints the address of the window. */
const staying = /^(npx residua serve|npm start|npm run dev)\b/;

/** The command lines of the fenced blocks without a language, comments taken off. */
function commandsOf(file: string): readonly string[] {
  const blocks = readFileSync(join(root, file), 'utf8').matchAll(/^```\n(.*?)^```$/gms);
  return [...blocks]
    .flatMap(([, block]) => block!.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => line !== '');
}

const environment = {
  ...process.env,
  HOME: join(copy, 'home'),
  DISPLAY: '',
  WAYLAND_DISPLAY: '',
  BROWSER: 'true',
  CI: '1',
};
/** Lines that set a variable for those after them. */
let variables = '';

beforeAll(() => {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  for (const path of listed.toString().split('\0')) {
    if (path === '' || path.startsWith('test/golden/')) continue;
    cpSync(join(root, path), join(copy, path), { recursive: true, force: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'dir');
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function start(command: string): { readonly child: ChildProcess; readonly output: () => string } {
  const script = `${variables}set -o pipefail\n${command}`;
  const child = spawn('bash', ['-c', script], { cwd: copy, env: environment, detached: true });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (text += chunk));
  return { child, output: () => text };
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.on('exit', (code) => resolve(code)));

async function addressIn(output: () => string, child: ChildProcess): Promise<string> {
  for (let waited = 0; waited < 240_000 && child.exitCode === null; waited += 200) {
    const [address] = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(output()) ?? [];
    if (address !== undefined) return address;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`no address: ${output()}`);
}

describe.each(['README.md', 'CONTRIBUTING.md'])('the commands of %s', (file) => {
  it.each(commandsOf(file))('%s', { timeout: 300_000 }, async (command) => {
    const assigned = /^[A-Z]+=/.test(command);
    if (assigned) variables += `${command}\n`;
    const run = instead[command] ?? command;
    if (assigned || typeof run !== 'string') return;
    const { child, output } = start(run);
    if (staying.test(run)) {
      const address = await addressIn(output, child);
      const page = await fetch(address);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain('<title>Residua</title>');
      process.kill(-child.pid!, 'SIGINT');
      await ended(child);
    } else {
      const code = await ended(child);
      expect({ code, output: code === 0 ? '' : output() }).toEqual({ code: 0, output: '' });
      expect(output()).not.toMatch(/npm warn/i);
    }
  });
});
