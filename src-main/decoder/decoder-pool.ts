// The owner's end of the decoder processes: a queue, a time limit per frame, and a new process for one that a file ended.
import type { ArchiveEntry } from '../archive/entry.ts';
import type { Recipe } from '../archive/recipe.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import { type Launcher, launchProgram } from '../platform/process.ts';
import { type Channel, openChannel } from '../platform/process-channel.ts';
import type { DecoderMethods, FileDescription } from './protocol.ts';

/**
 * Opens files from outside in processes of their own. Every failure is a Problem of that file alone: `file`, `format`,
 * `content` (also when the file ended the process or took too long), `limit` or `mismatch`; others go on undisturbed.
 */
export interface Decoder {
  readonly describe: (entry: ArchiveEntry) => Promise<FileDescription>;
  /** `sha256` is that of the whole file, to be compared with the one at import. */
  readonly frame: (entry: ArchiveEntry, frame: number) => Promise<DecoderMethods['frame']['response']>;
  /** The frame in model space, [channels, resolution, resolution], -1..1. */
  readonly prepare: (
    entry: ArchiveEntry,
    frame: number,
    recipe: Recipe,
  ) => Promise<DecoderMethods['prepare']['response']>;
  /** A PNG file of the frame as shown, `size` pixels on the longer side at most. */
  readonly thumbnail: (entry: ArchiveEntry, frame: number, size: number) => Promise<Uint8Array>;
  /** Ends the processes; what is still queued fails as `cancelled`. */
  readonly close: () => Promise<void>;
}

export interface DecoderOptions {
  /** Files decoded at the same time. Default 1; import uses one per core. */
  readonly processes?: number;
  /** A file that shows no progress for so long is given up. */
  readonly secondsPerFrame?: number;
  /** How the face starts programs. Default: on this Node. */
  readonly launch?: Launcher;
}

type DecoderChannel = Channel<DecoderMethods, Record<never, never>, Record<never, never>>;

interface Task {
  readonly name: string;
  readonly run: (channel: DecoderChannel, alive: () => void) => Promise<unknown>;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

const program = new URL('./main.ts', import.meta.url);

/** Starts processes when there is work for them; they end with `close` or with the owner. */
export function openDecoderPool(options: DecoderOptions = {}): Decoder {
  const { processes = 1, secondsPerFrame = 5, launch = launchProgram } = options;
  const queue: Task[] = [];
  const channels = new Set<DecoderChannel>();
  const idle: DecoderChannel[] = [];
  let workers = 0;
  let closed = false;

  async function start(): Promise<DecoderChannel> {
    const port = await launch(program);
    if (closed) {
      port.close();
      throw cancelled();
    }
    const channel: DecoderChannel = openChannel(port, 'decoder', {});
    channels.add(channel);
    void channel.ended.then(() => {
      channels.delete(channel);
      if (idle.includes(channel)) idle.splice(idle.indexOf(channel), 1);
    });
    await channel.call('ready', null);
    return channel;
  }

  /** Works the queue off with one process at a time; a new one after each death. */
  async function work(): Promise<void> {
    let channel = idle.pop();
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      try {
        channel ??= await start();
      } catch (error) {
        task.reject(closed ? cancelled() : error);
        continue;
      }
      try {
        task.resolve((await withinTime(task, channel, secondsPerFrame)) as never);
      } catch (error) {
        if (isProblem(error, 'process')) channel = undefined;
        task.reject(closed ? cancelled() : ofFile(error, task.name));
      }
    }
    if (channel !== undefined) idle.push(channel);
    workers--;
  }

  function enqueue<T>(name: string, run: (channel: DecoderChannel, alive: () => void) => Promise<T>): Promise<T> {
    if (closed) return Promise.reject(cancelled());
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    queue.push({ name, run, resolve, reject });
    if (workers < processes) {
      workers++;
      void work();
    }
    return promise;
  }

  return {
    describe: (entry) =>
      enqueue(entry.path, (channel, alive) => channel.call('describe', { entry }, { report: alive })),
    frame: (entry, frame) => enqueue(entry.path, (channel) => channel.call('frame', { entry, frame })),
    prepare: (entry, frame, recipe) =>
      enqueue(entry.path, (channel) => channel.call('prepare', { entry, frame, recipe })),
    thumbnail: (entry, frame, size) =>
      enqueue(entry.path, (channel) => channel.call('thumbnail', { entry, frame, size })),
    async close() {
      closed = true;
      for (const { reject } of queue.splice(0)) reject(cancelled());
      const ended = [...channels].map((channel) => channel.ended);
      for (const channel of channels) channel.close();
      await Promise.all(ended);
    },
  };
}

function cancelled(): Problem {
  return new Problem('cancelled', { job: 'decoding' });
}

/** Runs a task; without an answer or progress for `seconds` the process is ended. */
async function withinTime(task: Task, channel: DecoderChannel, seconds: number): Promise<unknown> {
  let late = false;
  const giveUp = () => {
    late = true;
    channel.close();
  };
  let timer = setTimeout(giveUp, seconds * 1000);
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(giveUp, seconds * 1000);
  };
  try {
    return await task.run(channel, alive);
  } catch (error) {
    if (!late) throw error;
    throw new Problem(
      'process',
      { process: 'decoder', reason: `it took more than ${seconds} seconds` },
      { cause: error },
    );
  } finally {
    clearTimeout(timer);
  }
}

/** A death of the process is the fault of the file that it was reading; an unforeseen error as well. */
function ofFile(error: unknown, name: string): unknown {
  if (isProblem(error, 'process')) {
    const reason = `reading it was ended: ${error.values.reason}`;
    return new Problem('content', { file: name, reason }, { cause: error });
  }
  if (isProblem(error)) return error;
  return new Problem('content', { file: name, reason: 'failed to decode in an unforeseen way' }, { cause: error });
}
