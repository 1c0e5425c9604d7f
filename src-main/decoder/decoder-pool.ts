// The owner's end of the decoder processes: a queue, a time limit per frame, and a new process for one that a file ended.
import { availableParallelism, loadavg } from 'node:os';
import type { ArchiveEntry } from '../archive/entry.ts';
import type { Recipe } from '../archive/recipe.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import type { Progress } from '../platform/job.ts';
import type { ParquetTable } from '../platform/parquet.ts';
import { type Launcher, launchProgram } from '../platform/process.ts';
import { type Channel, openChannel, revive } from '../platform/process-channel.ts';
import { inWords } from '../platform/words.ts';
import type { DecoderMethods, FileDescription } from './protocol.ts';

/**
 * Opens files from outside in processes of their own. Every failure is a Problem of that file alone: `file`, `format`,
 * `content` (also when the file ended the process or took too long), `limit` or `mismatch`; others go on undisturbed.
 */
export interface Decoder {
  readonly describe: (entry: ArchiveEntry) => Promise<FileDescription>;
  /** The files that a DICOMDIR lists, as paths below its folder. */
  readonly listed: (entry: ArchiveEntry) => Promise<readonly string[]>;
  /** `sha256` is that of the whole file, to be compared with the one at import. */
  readonly frame: (entry: ArchiveEntry, frame: number) => Promise<DecoderMethods['frame']['response']>;
  /** The frame in model space, [channels, resolution, resolution], -1..1. */
  readonly prepare: (
    entry: ArchiveEntry,
    frame: number,
    recipe: Recipe,
  ) => Promise<DecoderMethods['prepare']['response']>;
  /** Values of text attributes of a DICOM file, by tag of 8 hexadecimal digits; those without a value are left out. */
  readonly attributes: (
    entry: ArchiveEntry,
    tags: readonly string[],
  ) => Promise<DecoderMethods['attributes']['response']>;
  /** A PNG file of the frame as shown, `size` pixels on the longer side at most. */
  readonly thumbnail: (entry: ArchiveEntry, frame: number, size: number) => Promise<Uint8Array>;
  /** The flat columns of a Parquet file, and its rows. */
  readonly table: (file: string) => Promise<ParquetTable>;
  /** Ends the processes; what is still queued fails as `cancelled`. */
  readonly close: () => Promise<void>;
}

export interface DecoderOptions {
  /** Files decoded at the same time. Default 1; import uses one per core. */
  readonly processes?: number;
  /** For work that nobody waits for: the machine stays quick for whoever looks at images meanwhile. */
  readonly background?: boolean;
  /** A file that shows no progress for so long is given up. Default 5, in the background 20: others may have the cores. */
  readonly secondsPerFrame?: number;
  /** So long may all frames of a file take together, each of them in time. Default: 24 times `secondsPerFrame`. */
  readonly secondsPerFile?: number;
  /** How the face starts programs. Default: on this Node. */
  readonly launch?: Launcher;
}

type DecoderChannel = Channel<DecoderMethods, Record<never, never>, Record<never, never>>;

/** A decoder process. One that ends when it has answered before may have ended for what it read then. */
interface DecoderProcess {
  readonly channel: DecoderChannel;
  answered: boolean;
  /** Ended because what it was asked took too long. */
  late: boolean;
}

interface Settle {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

/** One question about one file. */
interface Question extends Settle {
  readonly name: string;
  readonly ask: (channel: DecoderChannel, report: (progress: Progress) => void) => Promise<unknown>;
}

/** A file to be described; those of `alone` are asked for in a message of their own. */
interface Description extends Settle {
  readonly entry: ArchiveEntry;
  readonly alone: boolean;
}

type Task = Question | Description;

/**
 * Small files are described several at a time: a message takes longer than some of them. When the process ends or stalls
 * over such a group, each of its files is asked for alone, so that no file pays for another.
 */
const group = { files: 64, bytes: 32 * 2 ** 20, seconds: 2 } as const;

const program = new URL('./main.ts', import.meta.url);

/** Starts processes when there is work for them; they end with `close` or with the owner. */
export function openDecoderPool(options: DecoderOptions = {}): Decoder {
  const { processes = 1, background = false, launch = launchProgram } = options;
  const { secondsPerFrame = background ? 20 : 5 } = options;
  const { secondsPerFile = 24 * secondsPerFrame } = options;
  // A limit that somebody sets is meant as it is.
  const isPatient = options.secondsPerFrame === undefined;
  const queue: Task[] = [];
  const channels = new Set<DecoderChannel>();
  const idle: DecoderProcess[] = [];
  let workers = 0;
  let closed = false;

  async function start(): Promise<DecoderProcess> {
    const port = await launch(program);
    if (closed) {
      port.close();
      throw cancelled();
    }
    const channel: DecoderChannel = openChannel(port, 'decoder', {});
    const decoder: DecoderProcess = { channel, answered: false, late: false };
    channels.add(channel);
    void channel.ended.then(() => {
      channels.delete(channel);
      if (idle.includes(decoder)) idle.splice(idle.indexOf(decoder), 1);
    });
    await channel.call('ready', { background });
    return decoder;
  }

  /** Works the queue off with one process at a time; a new one after each death. */
  async function work(): Promise<void> {
    let decoder = idle.pop();
    while (queue.length > 0) {
      try {
        decoder ??= await start();
      } catch (error) {
        queue.shift()?.reject(closed ? cancelled() : notStarted(error));
        continue;
      }
      const tasks = takeTasks();
      const [first] = tasks;
      if (first === undefined) break;
      const alive = 'ask' in first ? await answer(first, decoder) : await describe(tasks as Description[], decoder);
      if (!alive) decoder = undefined;
    }
    if (decoder !== undefined) idle.push(decoder);
    workers--;
  }

  /** The next question, or the next files that are described in one message: every process gets its share of them. */
  function takeTasks(): readonly Task[] {
    const share = Math.min(group.files, Math.ceil(queue.length / processes));
    let bytes = 0;
    const end = queue.findIndex((task, index) => {
      if ('ask' in task || task.alone) return true;
      bytes += task.entry.size;
      return index >= share || bytes > group.bytes;
    });
    return queue.splice(0, end === -1 ? queue.length : Math.max(1, end));
  }

  /** False when the process has ended over it; that may be the fault of an earlier file, and then it is asked again. */
  async function answer(question: Question, decoder: DecoderProcess): Promise<boolean> {
    const { name, ask, resolve, reject } = question;
    try {
      resolve(
        (await withinTime(decoder, { seconds: secondsPerFrame, secondsPerFile, isPatient }, (report) =>
          ask(decoder.channel, report),
        )) as never,
      );
      return true;
    } catch (error) {
      const ended = isProblem(error, 'process');
      if (ended && !closed && mayBeOfEarlier(decoder)) queue.unshift(question);
      else reject(closed ? cancelled() : ofFile(error, name));
      return !ended;
    }
  }

  /** False when the process has ended over them; those of a group are then asked for again, each alone. */
  async function describe(tasks: readonly Description[], decoder: DecoderProcess): Promise<boolean> {
    const seconds = tasks.length > 1 ? Math.min(group.seconds, secondsPerFrame) : secondsPerFrame;
    const entries = tasks.map(({ entry }) => entry);
    try {
      const outcomes = await withinTime(decoder, { seconds, secondsPerFile, isPatient }, (report) =>
        decoder.channel.call('describe', { entries }, { report }),
      );
      for (const [index, { entry, resolve, reject }] of tasks.entries()) {
        const outcome = outcomes[index]!;
        if ('failure' in outcome) reject(ofFile(revive(outcome.failure), entry.path));
        else resolve(outcome.description as never);
      }
      return true;
    } catch (error) {
      const ended = isProblem(error, 'process');
      const again = ended && !closed && (tasks.length > 1 || mayBeOfEarlier(decoder));
      if (again) queue.unshift(...tasks.map((task) => ({ ...task, alone: true })));
      else for (const { entry, reject } of tasks) reject(closed ? cancelled() : ofFile(error, entry.path));
      return !ended;
    }
  }

  function enqueue<T>(make: (settle: Settle) => Task): Promise<T> {
    if (closed) return Promise.reject(cancelled());
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    queue.push(make({ resolve, reject }));
    if (workers < processes) {
      workers++;
      // Once those who ask for many files have asked for all of them.
      queueMicrotask(() => void work());
    }
    return promise;
  }

  function question<T>(entry: ArchiveEntry, ask: (channel: DecoderChannel) => Promise<T>): Promise<T> {
    return enqueue((settle) => ({ name: entry.path, ask, ...settle }));
  }

  return {
    describe: (entry) => enqueue((settle) => ({ entry, alone: false, ...settle })),
    listed: (entry) => question(entry, (channel) => channel.call('listed', { entry })),
    frame: (entry, frame) => question(entry, (channel) => channel.call('frame', { entry, frame })),
    prepare: (entry, frame, recipe) => question(entry, (channel) => channel.call('prepare', { entry, frame, recipe })),
    attributes: (entry, tags) => question(entry, (channel) => channel.call('attributes', { entry, tags })),
    thumbnail: (entry, frame, size) => question(entry, (channel) => channel.call('thumbnail', { entry, frame, size })),
    table: (file) =>
      enqueue((settle) => ({
        name: file,
        ask: (channel: DecoderChannel, report: (progress: Progress) => void) =>
          channel.call('table', { file }, { report }),
        ...settle,
      })),
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

/** Too little memory for another process, say, is no fault of a file. */
function notStarted(error: unknown): Problem {
  if (isProblem(error)) return error;
  const reason = `could not be started (${inWords(error)})`;
  return new Problem('process', { process: 'decoder', reason }, { cause: error });
}

/** True when a process has ended, but perhaps not for the file that it was asked for: memory is looked at now and then only. */
function mayBeOfEarlier({ answered, late }: DecoderProcess): boolean {
  return answered && !late;
}

interface TimeLimits {
  /** Without an answer or progress. */
  readonly seconds: number;
  /** For one file, whatever progress its frames make. */
  readonly secondsPerFile: number;
  /** Longer on a machine that has more to do than processors. */
  readonly isPatient: boolean;
}

/** On a machine with more to do than processors a decoder gets its share only: a file is not to blame for what others do. */
const mostPatience = 10;
const patience = (): number => Math.min(mostPatience, Math.max(1, loadavg()[0]! / availableParallelism()));

/** Asks a process; one that takes longer than the limits, on a machine of its own, is ended. */
async function withinTime<T>(
  decoder: DecoderProcess,
  limits: TimeLimits,
  ask: (report: (progress: Progress) => void) => Promise<T>,
): Promise<T> {
  const factor = limits.isPatient ? patience() : 1;
  const [seconds, secondsPerFile] = [limits.seconds, limits.secondsPerFile].map(
    (limit) => Math.round(limit * factor * 10) / 10,
  ) as [number, number];
  const timer = setTimeout(() => {
    decoder.late = true;
    decoder.channel.close();
  }, seconds * 1000);
  let file = { done: 0, began: performance.now() };
  const isOver = () => performance.now() - file.began > secondsPerFile * 1000;
  const report = ({ done }: Progress) => {
    if (done !== file.done) file = { done, began: performance.now() };
    if (!isOver()) timer.refresh();
  };
  try {
    const answer = await ask(report);
    decoder.answered = true;
    return answer;
  } catch (error) {
    if (!decoder.late) throw error;
    const reason = isOver()
      ? `all its frames together took more than ${secondsPerFile} seconds`
      : `it took more than ${seconds} seconds`;
    throw new Problem('process', { process: 'decoder', reason }, { cause: error });
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
