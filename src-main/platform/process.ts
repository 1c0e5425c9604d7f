// Starts the programs of Residua as child processes and speaks with them; the parent's end and the child's end.
import { type ChildProcess, type ForkOptions, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Problem } from './errors.ts';
import type { Port } from './process-channel.ts';

/** How a face starts a program (a file of ours, as URL) and gets the parent's end of its pipe. */
export type Launcher = (program: URL) => Port | Promise<Port>;

/**
 * Starts `program` on the Node that runs this process. Its standard error passes through line by line to
 * `onErrorLine` (default: dropped; the reason of a death still carries its last line).
 */
export function launchNode(program: URL, onErrorLine: (line: string) => void = () => {}): Port {
  const options: ForkOptions = { serialization: 'advanced', stdio: ['ignore', 'ignore', 'pipe', 'ipc'] };
  const child = fork(fileURLToPath(program), [], options);
  const lastLine = followLines(child, onErrorLine);
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

function followLines(child: ChildProcess, onLine: (line: string) => void): () => string {
  let last = '';
  let rest = '';
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!.slice(-10_000);
    for (const line of lines.filter((line) => line.trim() !== '')) {
      last = line.slice(0, 300);
      onLine(line);
    }
  });
  return () => last;
}

function causeOfDeath(code: number | null, signal: NodeJS.Signals | null, lastLine: string): string {
  const how = signal === null ? `exit code ${code}` : `killed by ${signal}`;
  return lastLine === '' || code === 0 ? how : `${how} (${lastLine})`;
}

/** What Electron's utility processes have instead of `process.send`. */
interface UtilityPort {
  readonly postMessage: (message: unknown) => void;
  readonly on: (event: 'message', listener: (event: { readonly data: unknown }) => void) => void;
}

/**
 * The child's end of the pipe to the process that started it. The child ignores Ctrl-C (its parent decides) and is
 * told by `onEnd` when the parent is gone. Throws `process` when nobody started this program as a child.
 */
export function parentPort(): Port {
  process.on('SIGINT', () => {});
  const utility = (process as { readonly parentPort?: UtilityPort }).parentPort;
  if (utility !== undefined) {
    return {
      post: (message) => utility.postMessage(message),
      listen: (onMessage) => utility.on('message', ({ data }) => onMessage(data)),
      close: () => process.exit(0),
    };
  }
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
