// Takes fetched instances in: only those that were asked for, each once, checked, and whole on disk or absent.
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type AtomicFile, clearTemporaries, openAtomicFile, syncFolder } from '../platform/atomic-file.ts';
import { Malformed } from './data-set.ts';
import type { InstanceHead } from './instance-head.ts';
import { limits } from './limits.ts';
import { refuses } from './peer.ts';
import type { Wanted } from './wanted.ts';

/** An instance was refused; the rest of the transfer may go on. The reason names no patient. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Reads identifiers from the first bytes of an instance; undefined when these are too few. Throws `Malformed`. */
export type ReadHead = (bytes: Uint8Array, whole: boolean) => InstanceHead | undefined;

/** Where an instance lies below the folder. Its identifiers were checked: digits and dots. */
export function pathOf(
  folder: string,
  { study, series, instance }: Pick<Wanted, 'study' | 'series' | 'instance'>,
): string {
  return join(folder, study, series, `${instance}.dcm`);
}

/** What an intake tells, and what it waits for. */
export interface IntakeEvents {
  /** Resolves when the transfer may go on after so many bytes, and after another instance. */
  readonly paced: (bytes: number, instances: number) => Promise<void>;
  readonly stored: (wanted: Wanted, bytes: number) => void;
  /** In words. */
  readonly refused: (reason: string) => void;
}

/** Files that are made durable while others come. */
const commitsAtOnce = 2;

/** The first bytes of an instance in memory: nearly all heads are there. */
const smallHead = 64 * 1024;

/** One for each transfer. Files of the folder are the list of what is there: a file has its name once it is whole and durable. */
export class Intake {
  readonly folder: string;
  readonly #peer: string;
  readonly #events: IntakeEvents;
  readonly #expected = new Map<string, Wanted>();
  readonly #arriving = new Set<string>();
  readonly #folders = new Set<string>();
  readonly #refused = new Set<string>();
  /** Those of `#arriving` whose bytes are still coming. */
  readonly #receiving = new Set<string>();
  #strays = false;
  #refusals = 0;
  readonly #commits = new Set<Promise<void>>();
  /** Why a file could not be made durable. */
  #failure: unknown;

  constructor(folder: string, peer: string, events: IntakeEvents) {
    this.folder = folder;
    this.#peer = peer;
    this.#events = events;
  }

  /** From now on these are taken in. */
  expect(batch: readonly Wanted[]): void {
    for (const wanted of batch) this.#expected.set(wanted.instance, wanted);
  }

  /** These are not taken in any more. */
  withdraw(batch: readonly Wanted[]): void {
    for (const { instance } of batch) this.#expected.delete(instance);
  }

  /**
   * Those of the batch that have not come and were not refused. What is just coming, over an association of the PACS's own, is waited
   * for, unless the signal aborts.
   */
  async absent(batch: readonly Wanted[], signal: AbortSignal): Promise<readonly Wanted[]> {
    while (!signal.aborted && batch.some(({ instance }) => this.#receiving.has(instance))) await pause(20);
    return batch.filter((wanted) => !this.has(wanted) && !this.#refused.has(wanted.instance));
  }

  /** A batch is asked for again: a PACS may still send what was asked for before. That is dropped without a word. */
  expectStrays(): void {
    this.#strays = true;
  }

  /** It is in the folder, or is just being made durable. */
  has(wanted: Wanted): boolean {
    return this.#arriving.has(wanted.instance) || existsSync(pathOf(this.folder, wanted));
  }

  /** Throws `Refusal` for an instance that nobody asked for, or that has come already or is coming. */
  wanted(instance: string): Wanted {
    const wanted = this.#expected.get(instance);
    const shown = /^[0-9.]{1,64}$/.test(instance) ? instance : 'without a valid identifier';
    if (wanted === undefined) throw this.#stray(`sent instance ${shown}, which was not requested`);
    if (this.has(wanted)) throw this.#stray(`sent instance ${shown} twice`);
    return wanted;
  }

  /**
   * Takes one instance in; it is durable after `settle`. `header` comes before `chunks` in the file and is not read by `readHead`. All of
   * `chunks` is consumed unless this throws: `Refusal` when the instance is not what was asked for, `limit` when it is too large, the error of `chunks`.
   */
  async take(
    wanted: Wanted,
    chunks: AsyncIterable<Uint8Array>,
    readHead: ReadHead,
    header?: Uint8Array,
  ): Promise<void> {
    const path = pathOf(this.folder, wanted);
    this.#arriving.add(wanted.instance);
    this.#receiving.add(wanted.instance);
    let file: AtomicFile | undefined;
    try {
      file = await openAtomicFile(path);
      const bytes = await this.#write(wanted, file, chunks, readHead, header);
      await this.#commit(wanted, file, bytes);
    } catch (error) {
      await file?.discard();
      this.#arriving.delete(wanted.instance);
      if (error instanceof Refusal) this.#refused.add(wanted.instance);
      throw error;
    } finally {
      this.#receiving.delete(wanted.instance);
    }
    await this.#events.paced(0, 1);
  }

  /** Begins to make a file durable and resolves: the next instance may come meanwhile. A few files at once. */
  async #commit(wanted: Wanted, file: AtomicFile, bytes: number): Promise<void> {
    while (this.#commits.size >= commitsAtOnce) await Promise.race(this.#commits);
    if (this.#failure !== undefined) throw this.#failure;
    const commit = async () => {
      try {
        await file.commit();
        this.#folders.add(dirname(pathOf(this.folder, wanted)));
        this.#events.stored(wanted, bytes);
      } catch (error) {
        this.#failure ??= error;
        await file.discard();
      }
      this.#arriving.delete(wanted.instance);
      this.#commits.delete(running);
    };
    const running = commit();
    this.#commits.add(running);
  }

  /**
   * Waits for what is being made durable, makes the names of all files durable, and removes what killed processes have left in these
   * folders. Throws the error of a drive.
   */
  async settle(series: readonly Pick<Wanted, 'study' | 'series'>[]): Promise<void> {
    await Promise.all(this.#commits);
    if (this.#failure !== undefined) throw this.#failure;
    for (const each of series) {
      const folder = join(this.folder, each.study, each.series);
      if (existsSync(folder)) await clearTemporaries(folder);
    }
    const folders = new Set([...this.#folders].flatMap((folder) => [folder, dirname(folder), this.folder]));
    this.#folders.clear();
    for (const folder of folders) await syncFolder(folder);
  }

  async #write(
    wanted: Wanted,
    file: AtomicFile,
    chunks: AsyncIterable<Uint8Array>,
    readHead: ReadHead,
    header: Uint8Array | undefined,
  ): Promise<number> {
    const start: Uint8Array[] = [];
    let bytes = 0;
    let pending: Uint8Array[] = header === undefined ? [] : [header];
    let pendingBytes = header?.length ?? 0;
    const flush = async () => {
      if (pending.length > 0) await file.writeAll(pending);
      pending = [];
      pendingBytes = 0;
    };
    for await (const chunk of chunks) {
      if (bytes < smallHead) start.push(chunk);
      bytes += chunk.length;
      if (bytes > limits.instanceBytes) {
        throw refuses(this.#peer, `instance ${wanted.instance} is larger than ${limits.instanceBytes / 2 ** 20} MiB`);
      }
      await this.#events.paced(chunk.length, 0);
      pending.push(chunk);
      pendingBytes += chunk.length;
      if (pendingBytes >= 2 ** 20) await flush();
    }
    await flush();
    // Nearly always the first chunk says enough.
    const [begin = new Uint8Array()] = start;
    let head = this.#head(wanted, begin, begin.length === bytes, readHead);
    if (head === undefined && start.length > 1) {
      const first = Buffer.concat(start);
      head = this.#head(wanted, first, first.length === bytes, readHead);
    }
    if (head === undefined) {
      const more = await firstBytes(file.temporary, header?.length ?? 0);
      head = this.#head(wanted, more, true, readHead);
    }
    this.#check(wanted, head!);
    return bytes;
  }

  #head(wanted: Wanted, bytes: Uint8Array, whole: boolean, readHead: ReadHead): InstanceHead | undefined {
    try {
      return readHead(bytes, whole);
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      throw this.refusal(`instance ${wanted.instance} cannot be read: ${error.message}`);
    }
  }

  #check(wanted: Wanted, head: InstanceHead): void {
    const { instance } = wanted;
    if (head.patientId !== wanted.patientId) throw this.refusal(`sent another patient's image as instance ${instance}`);
    if (head.instance !== instance) throw this.refusal(`sent another instance instead of ${instance}`);
    if (head.study !== wanted.study || head.series !== wanted.series)
      throw this.refusal(`sent an image of another study or series as instance ${instance}`);
    if (wanted.sopClass !== '' && head.sopClass !== wanted.sopClass)
      throw this.refusal(`sent another kind of object than it named as instance ${instance}`);
  }

  /** Tells a refusal; the error to be thrown: after too many of them one that ends the transfer. */
  refusal(reason: string): Error {
    this.#events.refused(reason);
    return this.#counted(reason);
  }

  /** Of an instance that is not awaited. */
  #stray(reason: string): Error {
    return this.#strays ? this.#counted(reason) : this.refusal(reason);
  }

  #counted(reason: string): Error {
    if (++this.#refusals <= limits.refusals) return new Refusal(reason);
    return refuses(this.#peer, `sent more than ${limits.refusals} instances that had to be refused`);
  }
}

async function firstBytes(path: string, offset: number): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.min(size - offset, limits.headBytes));
    let at = 0;
    while (at < bytes.length) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, offset + at);
      if (bytesRead === 0) break;
      at += bytesRead;
    }
    return bytes.subarray(0, at);
  } finally {
    await handle.close();
  }
}
