// The child's end of Electron's utility processes: the pipe to whoever started it, and asking Electron for a sibling.
import type { Port } from './process-channel.ts';

/** One end of Electron's message channel, in a utility process and in Electron's main process. */
export interface PipeEnd {
  readonly postMessage: (message: unknown) => void;
  readonly on: (event: 'message', listener: (event: { readonly data: unknown }) => void) => unknown;
  readonly once: (event: 'close', listener: () => void) => unknown;
  readonly start: () => void;
  readonly close: () => void;
}

/** What a utility process asks of Electron's main process, which alone can start others. */
export type SiblingRequest =
  | { readonly type: 'launch'; readonly id: number; readonly program: string }
  | { readonly type: 'end'; readonly id: number };

/**
 * What Electron's main process tells a utility process. With `pipe` and `launched` comes one end of a pipe: to the
 * process that wanted this one, and to the process that this one wanted.
 */
export type UtilityNotice =
  | { readonly type: 'pipe' }
  | { readonly type: 'launched'; readonly id: number }
  | { readonly type: 'ended'; readonly id: number; readonly reason: string };

interface ParentPort {
  readonly postMessage: (message: SiblingRequest) => void;
  readonly on: (
    event: 'message',
    listener: (event: { readonly data: UtilityNotice; readonly ports: readonly PipeEnd[] }) => void,
  ) => void;
}

/** What utility processes have instead of `process.send`; undefined in every other process. */
export const utilityPort = (process as { readonly parentPort?: ParentPort }).parentPort;

/** A Port over a pipe. What is posted before the pipe is there waits for it. */
export function portOver(
  pipe: PipeEnd | Promise<PipeEnd>,
  ended: Promise<string> | undefined,
  close: () => void,
): Port {
  const end = Promise.resolve(pipe);
  return {
    post: (message) => void end.then((pipe) => pipe.postMessage(message)),
    listen(onMessage, onEnd) {
      ended?.then(onEnd);
      end.then((pipe) => {
        pipe.on('message', ({ data }) => onMessage(data));
        if (ended === undefined) pipe.once('close', () => onEnd('its parent is gone'));
        pipe.start();
      });
    },
    close,
  };
}

/** The end of the pipe to the process that wanted this one. */
export function utilityParent(parent: ParentPort): Port {
  const pipe = new Promise<PipeEnd>((resolve) => {
    parent.on('message', ({ data, ports: [end] }) => {
      if (data.type === 'pipe' && end !== undefined) resolve(end);
    });
  });
  return portOver(pipe, undefined, () => process.exit(0));
}

interface Sibling {
  readonly launched: (end: PipeEnd) => void;
  readonly ended: (reason: string) => void;
}
const siblings = new Map<number, Sibling>();
let launches = 0;

/** Has Electron start another program for this utility process; messages between both go past Electron. */
export function launchBySibling(parent: ParentPort, program: URL): Port {
  const id = launches++;
  if (id === 0) hearOfSiblings(parent);
  let launched: Sibling['launched'] = () => {};
  const pipe = new Promise<PipeEnd>((resolve) => {
    launched = resolve;
  });
  const ended = new Promise<string>((resolve) => {
    siblings.set(id, { launched, ended: resolve });
  });
  parent.postMessage({ type: 'launch', id, program: program.href });
  return portOver(pipe, ended, () => parent.postMessage({ type: 'end', id }));
}

function hearOfSiblings(parent: ParentPort): void {
  parent.on('message', ({ data, ports: [end] }) => {
    if (data.type === 'launched' && end !== undefined) siblings.get(data.id)?.launched(end);
    if (data.type !== 'ended') return;
    siblings.get(data.id)?.ended(data.reason);
    siblings.delete(data.id);
  });
}
