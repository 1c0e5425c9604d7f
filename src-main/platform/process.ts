// Starts the programs of Residua as child processes and speaks with them; the parent's end and the child's end.
import { type ForkOptions, fork } from 'node:child_process';
import { flushCompileCache } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem } from './errors.ts';
import type { Port } from './process-channel.ts';
import { launchBySibling, utilityParent, utilityPort } from './utility-process.ts';

/** How a face starts a program (a file of ours, as URL) and gets the parent's end of its pipe. */
export type Launcher = (program: URL) => Port | Promise<Port>;

/** The file of a program, which is named by its source: where this file is built, so are the programs, beside it. */
export function programFile(program: URL): string {
  return fileURLToPath(program).replace(/\.ts$/, extname(fileURLToPath(import.meta.url)));
}

/** Starts a program in the way of the process that this is: Electron's utility processes ask Electron for another. */
export function launchProgram(program: URL, onErrorLine?: (line: string) => void): Port {
  return utilityPort === undefined ? launchNode(program, onErrorLine) : launchBySibling(utilityPort, program);
}

/**
 * Starts `program` on the Node at `execPath`, by default the one that runs this process. Its standard error passes
 * through line by line to `onErrorLine` (default: dropped; the reason of a death still carries its last line).
 */
export function launchNode(
  program: URL,
  onErrorLine: (line: string) => void = () => {},
  { execPath = process.execPath, file = programFile(program) } = {},
): Port {
  const options: ForkOptions = { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execPath };
  const child = fork(file, [], options);
  const lastLine = followLines(child.stderr, onErrorLine);
  return {
    post: (message) => {
      if (child.connected) child.send(message as object, () => {});
    },
    listen: (onMessage, onEnd) => {
      child.on('message', onMessage);
      child.once('error', (error) => onEnd(`could not be started (${error.message})`));
      // `close` comes after `exit`, when the last lines of standard error have been read.
      child.once('close', (code, signal) => onEnd(causeOfDeath(code, signal, lastLine())));
    },
    close: () => child.kill('SIGKILL'),
  };
}

/** What Node writes around the words of an error: the stack, properties, its version. */
const aroundError = /^(\s|[{}]|Node\.js v)/;

/**
 * Tells the lines of a standard error that are not empty; the returned function gives the last one that says something,
 * shortened.
 */
export function followLines(errors: NodeJS.ReadableStream | null, onLine: (line: string) => void): () => string {
  let last = '';
  let rest = '';
  errors?.setEncoding('utf8');
  errors?.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!.slice(-10_000);
    for (const line of lines.filter((line) => line.trim() !== '')) {
      if (!aroundError.test(line)) last = line.slice(0, 300);
      onLine(line);
    }
  });
  return () => last;
}

/** How a process ended, in words. */
export function causeOfDeath(code: number | null, signal: NodeJS.Signals | null, lastLine: string): string {
  const how = signal === null ? `exit code ${code}` : `killed by ${signal}`;
  return lastLine === '' || code === 0 ? how : `${how} (${lastLine})`;
}

/**
 * The child's end of the pipe to the process that started it. The child ignores Ctrl-C (its parent decides) and is
 * told by `onEnd` when the parent is gone. Throws `process` when nobody started this program as a child.
 */
export function parentPort(): Port {
  process.on('SIGINT', () => {});
  if (utilityPort !== undefined) return utilityParent(utilityPort);
  // Its end may be sudden: what Node has compiled of the program is kept now, where it keeps such a cache.
  flushCompileCache();
  if (process.send === undefined) {
    throw new Problem('process', { process: 'child', reason: 'it is started by the residua command only' });
  }
  return {
    post: (message) => {
      if (process.connected) process.send!(message as object, undefined, undefined, () => {});
    },
    listen: (onMessage, onEnd) => {
      process.on('message', onMessage);
      process.once('disconnect', () => onEnd('its parent is gone'));
    },
    close: () => process.disconnect?.(),
  };
}
