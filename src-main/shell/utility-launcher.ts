// Electron's side of the utility processes: starts them, connects each by a pipe to its requester, ends them together.
import { MessageChannelMain, type MessagePortMain, utilityProcess } from 'electron';
import { z } from 'zod';
import { causeOfDeath, followLines, type Launcher, programFile } from '../platform/process.ts';
import type { Port } from '../platform/process-channel.ts';
import { portOver, type SiblingRequest, type UtilityNotice } from '../platform/utility-process.ts';

/** The programs that utility processes may start. */
const programs: Readonly<Record<string, string>> = {
  [new URL('../workbench/main.ts', import.meta.url).href]: 'Residua workbench',
  [new URL('../engine/main.ts', import.meta.url).href]: 'Residua engine',
  [new URL('../decoder/main.ts', import.meta.url).href]: 'Residua decoder',
  [new URL('../../native/runtime/probe-main.ts', import.meta.url).href]: 'Residua device probe',
};

const id = z.int().nonnegative();
const siblingRequest = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('launch'),
    id,
    program: z.string().refine((href) => Object.hasOwn(programs, href)),
  }),
  z.strictObject({ type: z.literal('end'), id }),
]) satisfies z.ZodType<SiblingRequest>;

interface Utility {
  /** The requester's end of the pipe. */
  readonly pipe: MessagePortMain;
  readonly ended: Promise<string>;
  readonly end: () => void;
}

/** The last words of a process that has ended arrive within this time. */
const lastWordsMilliseconds = 500;

/** Starts programs as utility processes of this Electron. Lines of their standard errors go to `onErrorLine`. */
export function utilityLauncher(onErrorLine: (line: string) => void): Launcher {
  return (program): Port => {
    const { pipe, ended, end } = start(program, onErrorLine);
    return portOver(pipe, ended, end);
  };
}

function start(program: URL, onErrorLine: (line: string) => void): Utility {
  const child = utilityProcess.fork(programFile(program), [], {
    stdio: ['ignore', 'ignore', 'pipe'],
    serviceName: programs[program.href] ?? 'Residua',
  });
  const notify = (notice: UtilityNotice, ...ends: MessagePortMain[]) => child.postMessage(notice, ends);
  const lastLine = followLines(child.stderr, onErrorLine);
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code) => {
      const say = () => resolve(causeOfDeath(code, null, lastLine()));
      child.stderr?.once('close', say);
      setTimeout(say, lastWordsMilliseconds);
    });
  });
  const { port1, port2 } = new MessageChannelMain();
  notify({ type: 'pipe' }, port1);

  const siblings = new Map<number, Utility>();
  child.on('message', (message) => {
    const { data: request } = siblingRequest.safeParse(message);
    if (request?.type === 'end') siblings.get(request.id)?.end();
    if (request?.type !== 'launch' || siblings.has(request.id)) return;
    const sibling = start(new URL(request.program), onErrorLine);
    siblings.set(request.id, sibling);
    notify({ type: 'launched', id: request.id }, sibling.pipe);
    sibling.ended.then((reason) => {
      siblings.delete(request.id);
      notify({ type: 'ended', id: request.id, reason });
    });
  });
  // Nobody would receive their results.
  ended.then(() => {
    for (const sibling of siblings.values()) sibling.end();
  });
  return { pipe: port2, ended, end: () => child.kill() };
}
