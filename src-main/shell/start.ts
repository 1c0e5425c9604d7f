// npm start: opens the desktop window; without Electron or a display, the same window in the browser.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const given = process.argv.slice(2);

const electron = electronExecutable();
if (typeof electron === 'string') {
  const child = spawn(electron, [root, ...given], { stdio: 'inherit', env: process.env });
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
} else {
  console.error(`${electron.reason}: Residua opens in the browser instead. Ctrl-C ends it.`);
  serveInBrowser();
}

/** The executable of Electron, fetched once where it is missing; or why there is none. */
function electronExecutable(): string | { readonly reason: string } {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return { reason: 'There is no display' };
  }
  // Chromium's sandbox refuses to run as root, and without the sandbox a hostile image would be root as well.
  if (process.platform === 'linux' && process.getuid?.() === 0 && !given.includes('--no-sandbox')) {
    return { reason: 'Electron does not run as root' };
  }
  if (process.env.RESIDUA_ELECTRON !== undefined) return process.env.RESIDUA_ELECTRON;
  const folder = join(root, 'node_modules/electron');
  const found = () => {
    const named = join(folder, 'path.txt');
    const path = existsSync(named) ? join(folder, 'dist', readFileSync(named, 'utf8')) : '';
    return existsSync(path) ? path : undefined;
  };
  if (found() === undefined && existsSync(join(folder, 'install.js'))) {
    console.error('Downloading Electron, once (npm install does not).');
    const minutes = 60_000;
    spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore', timeout: 10 * minutes });
  }
  return found() ?? { reason: 'Electron is not available here' };
}

function serveInBrowser(): void {
  const program = join(root, 'src-main/cli/main.ts');
  const host = spawn(process.execPath, [program, 'serve', ...given], { stdio: ['inherit', 'pipe', 'inherit'] });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  host.stdout.setEncoding('utf8').once('data', (address: string) => {
    process.stdout.write(address);
    openInBrowser(address.trim());
  });
  host.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}

/** Opens an address in the system's browser; without one, the printed address has to do. */
function openInBrowser(address: string): void {
  const openers: { readonly [P in NodeJS.Platform]?: readonly [string, ...string[]] } = {
    win32: ['rundll32', 'url.dll,FileProtocolHandler'],
    darwin: ['open'],
  };
  const [command, ...first] = openers[process.platform] ?? ['xdg-open'];
  const opener = spawn(command, [...first, address], { stdio: 'ignore', detached: true });
  opener.on('error', () => console.error('No browser found: open this address in one.'));
  opener.unref();
}
