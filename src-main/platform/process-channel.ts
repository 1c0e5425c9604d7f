// Typed requests, answers, progress, cancellation and events over one message port between two processes.
import { z } from 'zod';
import { Problem, type ProblemKind, type ProblemValues, systemCode } from './errors.ts';
import type { JobControl, Progress } from './job.ts';
import { trace } from './trace.ts';
import { inWords } from './words.ts';

/** One end of a pipe between processes. Messages are structured clones; typed arrays arrive as typed arrays. */
export interface Port {
  readonly post: (message: unknown) => void;
  /** Called once per port. `onEnd` is called once, with the reason in words, when the other side is gone. */
  readonly listen: (onMessage: (message: unknown) => void, onEnd: (reason: string) => void) => void;
  /** Ends the other side at once (parent), or leaves it (child). */
  readonly close: () => void;
}

/** Method name -> what goes in and what comes out. */
export type Methods = { readonly [method: string]: { readonly request: unknown; readonly response: unknown } };
/** Event name -> the value it carries. */
export type Events = { readonly [event: string]: unknown };

/** One function per method. `control` carries the caller's cancellation and progress across the pipe. */
export type Handlers<M extends Methods> = {
  readonly [N in keyof M]: (
    request: M[N]['request'],
    control: JobControl,
  ) => M[N]['response'] | Promise<M[N]['response']>;
};

/** What one side sees of the other: its methods to call and its events to hear, and our own events to tell. */
export interface Channel<Theirs extends Methods, TheirEvents extends Events, OurEvents extends Events> {
  /**
   * Asks the other side. Rejects with the Problem that the other side threw, with `cancelled` after
   * `control.signal` aborted, with `process` when the other side ended before it answered.
   */
  call<N extends keyof Theirs & string>(
    method: N,
    request: Theirs[N]['request'],
    control?: Partial<JobControl>,
  ): Promise<Theirs[N]['response']>;
  /** Tells an event; lost when the other side is gone. */
  emit<N extends keyof OurEvents & string>(event: N, value: OurEvents[N]): void;
  /** Hears an event until the returned function is called. */
  on<N extends keyof TheirEvents & string>(event: N, listener: (value: TheirEvents[N]) => void): () => void;
  /** Resolves with the reason when the other side is gone; never rejects. */
  readonly ended: Promise<string>;
  close(): void;
}

/** The system's code goes along: the other side must know whether a full disk was the reason. */
const code = z.string().optional();
const failure = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('problem'), kind: z.string(), values: z.record(z.string(), z.unknown()), code }),
  z.strictObject({ type: z.literal('error'), message: z.string(), stack: z.string(), code }),
]);
const progress = z.object({
  stage: z.string(),
  done: z.number(),
  total: z.number(),
  note: z.string().optional(),
});
const id = z.int().nonnegative();
const envelope = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('call'), id, method: z.string(), value: z.unknown() }),
  z.strictObject({ type: z.literal('cancel'), id }),
  z.strictObject({ type: z.literal('progress'), id, progress }),
  z.strictObject({ type: z.literal('answer'), id, value: z.unknown() }),
  z.strictObject({ type: z.literal('failure'), id, failure }),
  z.strictObject({ type: z.literal('event'), event: z.string(), value: z.unknown() }),
]);
type Envelope = z.infer<typeof envelope>;
/** An error as it crosses the pipe. */
export type Failure = z.infer<typeof failure>;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly report: ((progress: Progress) => void) | undefined;
}

/**
 * Opens a channel over `port`. `name` names the other side in Problems (`the engine process ended: …`).
 * A message that is no envelope, an answer to nothing and an event nobody hears are dropped; a call to a method
 * that `handlers` does not have is answered with a `usage` Problem.
 */
export function openChannel<
  Ours extends Methods,
  Theirs extends Methods,
  TheirEvents extends Events = Record<never, never>,
  OurEvents extends Events = Record<never, never>,
>(port: Port, name: string, handlers: Handlers<Ours>): Channel<Theirs, TheirEvents, OurEvents> {
  const waiting = new Map<number, Waiting>();
  const running = new Map<number, AbortController>();
  const listeners = new Map<string, Set<(value: never) => void>>();
  let next = 0;
  let endedBecause: string | undefined;
  let tellEnd: (reason: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    tellEnd = resolve;
  });
  const post = (message: Envelope) => {
    if (endedBecause === undefined) port.post(message);
  };

  const receive: { readonly [T in Envelope['type']]: (message: Extract<Envelope, { type: T }>) => void } = {
    call: ({ id, method, value }) => void answer(id, method, value),
    cancel: ({ id }) => running.get(id)?.abort(),
    progress: ({ id, progress: { note, ...rest } }) =>
      waiting.get(id)?.report?.(note === undefined ? rest : { ...rest, note }),
    answer: ({ id, value }) => settle(id, (call) => call.resolve(value)),
    failure: ({ id, failure }) => settle(id, (call) => call.reject(revive(failure))),
    event: ({ event, value }) => {
      for (const listener of listeners.get(event) ?? []) listener(value as never);
    },
  };

  async function answer(id: number, method: string, value: unknown): Promise<void> {
    const began = performance.now();
    const controller = new AbortController();
    running.set(id, controller);
    const report = (progress: Progress) => post({ type: 'progress', id, progress });
    try {
      if (!Object.hasOwn(handlers, method)) throw new Problem('usage', { message: `unknown request ${method}` });
      post({ type: 'answer', id, value: await handlers[method]!(value, { signal: controller.signal, report }) });
    } catch (error) {
      post({ type: 'failure', id, failure: failureOf(error) });
    } finally {
      running.delete(id);
      trace('message', `${name} ${method}`, began);
    }
  }

  function settle(id: number, how: (call: Waiting) => void): void {
    const call = waiting.get(id);
    waiting.delete(id);
    if (call !== undefined) how(call);
  }

  function end(reason: string): void {
    if (endedBecause !== undefined) return;
    endedBecause = reason;
    for (const id of [...waiting.keys()])
      settle(id, (call) => call.reject(new Problem('process', { process: name, reason })));
    for (const controller of running.values()) controller.abort();
    tellEnd(reason);
  }

  port.listen((message) => {
    const parsed = envelope.safeParse(message);
    if (parsed.success) (receive[parsed.data.type] as (message: Envelope) => void)(parsed.data);
  }, end);

  return {
    call(method, request, control = {}) {
      if (endedBecause !== undefined) {
        return Promise.reject(new Problem('process', { process: name, reason: endedBecause }));
      }
      const id = next++;
      const promise = new Promise<unknown>((resolve, reject) => {
        waiting.set(id, { resolve, reject, report: control.report });
      });
      post({ type: 'call', id, method, value: request });
      const cancel = () => post({ type: 'cancel', id });
      if (control.signal?.aborted) cancel();
      control.signal?.addEventListener('abort', cancel, { once: true });
      return promise.finally(() => control.signal?.removeEventListener('abort', cancel)) as never;
    },
    emit: (event, value) => post({ type: 'event', event, value }),
    on(event, listener) {
      const heard = listeners.get(event) ?? new Set();
      listeners.set(event, heard.add(listener as (value: never) => void));
      return () => heard.delete(listener as (value: never) => void);
    },
    ended,
    close() {
      port.close();
      end('closed');
    },
  };
}

/** An error in the form that `revive` turns back into it on the other side. */
export function failureOf(error: unknown): Failure {
  const code = systemCode(error);
  if (error instanceof Problem) return { type: 'problem', kind: error.kind, values: { ...error.values }, code };
  return { type: 'error', message: inWords(error), stack: (error instanceof Error && error.stack) || '', code };
}

/** The error that the other side met. Both sides run the same code, so a kind that arrives is one of ours. */
export function revive(failure: Failure): Error {
  // The cause carries the code; the message is in words already, and so has no code of its own.
  const cause = failure.code && Object.assign(new Error(failure.code), { code: failure.code });
  if (failure.type === 'problem') {
    return new Problem(failure.kind as ProblemKind, failure.values as unknown as ProblemValues[ProblemKind], { cause });
  }
  return Object.assign(new Error(failure.message, { cause }), { stack: failure.stack });
}
