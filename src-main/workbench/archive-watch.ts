// Looks after the archive while a window is open: which files are gone, and what is new in the watched folders. Imports nothing.
import { type FSWatcher, watch } from 'node:fs';
import type { CatalogPart } from '../../src-preload/contract/method.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { checkFiles, type FileCheck } from '../holdings/missing-files.ts';
import { newImages } from '../holdings/new-images.ts';
import { readSettings } from '../holdings/settings.ts';
import { isProblem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import { inWords } from '../platform/words.ts';

/** What the last look into a folder has found; `images` is null before. */
export interface FolderNews {
  readonly images: number | null;
  readonly problem: string | null;
}

/** So long after the last change in a folder it is looked at: copies take their time. */
const settleMilliseconds = 2000;
/** The window comes first. */
const startMilliseconds = 3000;

export class ArchiveWatch {
  readonly #catalog: Catalog;
  readonly #tell: (parts: readonly CatalogPart[]) => void;
  readonly #stop = new AbortController();
  readonly #news = new Map<string, FolderNews>();
  readonly #watchers = new Map<string, FSWatcher[]>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #isLive = false;
  /** Looks follow each other: a disk is not quicker for two. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(catalog: Catalog, tell: (parts: readonly CatalogPart[]) => void) {
    this.#catalog = catalog;
    this.#tell = tell;
  }

  /** Looks at everything soon, and at watched folders when something changes in them, until `close`. */
  start(): void {
    this.#isLive = true;
    const timer = setTimeout(() => void this.check(this.#control()).catch(ignoreStop), startMilliseconds);
    timer.unref();
    this.#timers.set('', timer);
  }

  /** Looks at every file of the catalog and at every watched folder now. */
  check(control: JobControl = this.#control()): Promise<FileCheck> {
    return this.#next(async () => {
      const found = await checkFiles(this.#catalog, control, () => this.#tell(['images']));
      for (const folder of this.#folders()) await this.#look(folder, control);
      return found;
    });
  }

  /** By the watched folders, as they are set now. A folder that was never looked at is looked at. */
  news(): readonly (FolderNews & { readonly folder: string })[] {
    const folders = this.#folders();
    for (const folder of this.#watchers.keys()) if (!folders.includes(folder)) this.#unwatch(folder);
    return folders.map((folder) => {
      const known = this.#news.get(folder);
      if (known === undefined) this.look(folder);
      return { folder, ...(known ?? unknown) };
    });
  }

  /** Looks at a folder, or at all watched ones, when its turn comes: after an import for example. */
  look(folder?: string): void {
    for (const each of folder === undefined ? this.#folders() : [folder]) {
      if (!this.#news.has(each)) this.#news.set(each, unknown);
      this.#next(() => this.#look(each, this.#control())).catch(ignoreStop);
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const folder of [...this.#watchers.keys()]) this.#unwatch(folder);
    await this.#last.catch(() => {});
  }

  #folders(): readonly string[] {
    return readSettings(this.#catalog).watchedFolders ?? [];
  }

  #control(): JobControl {
    return { signal: this.#stop.signal, report: () => {} };
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => {});
    return next;
  }

  async #look(folder: string, control: JobControl): Promise<void> {
    let news: FolderNews;
    try {
      const { images, folders } = await newImages(this.#catalog, folder, control);
      news = { images, problem: null };
      if (this.#isLive && !this.#stop.signal.aborted) this.#watch(folder, folders);
    } catch (error) {
      if (isProblem(error, 'cancelled')) throw error;
      news = { images: null, problem: inWords(error) };
    }
    const before = this.#news.get(folder);
    this.#news.set(folder, news);
    if (before?.images !== news.images || before?.problem !== news.problem) this.#tell(['archive']);
  }

  /** Hears of changes in the folders of a watched one. A file system that tells nothing is looked at on demand. */
  #watch(folder: string, folders: readonly string[]): void {
    this.#unwatch(folder);
    const watchers = folders.flatMap((each) => {
      try {
        const watcher = watch(each, { persistent: false }, () => this.#lookSoon(folder));
        watcher.on('error', () => watcher.close());
        return [watcher];
      } catch {
        return [];
      }
    });
    this.#watchers.set(folder, watchers);
  }

  #unwatch(folder: string): void {
    for (const watcher of this.#watchers.get(folder) ?? []) watcher.close();
    this.#watchers.delete(folder);
  }

  #lookSoon(folder: string): void {
    clearTimeout(this.#timers.get(folder));
    const timer = setTimeout(() => this.look(folder), settleMilliseconds);
    timer.unref();
    this.#timers.set(folder, timer);
  }
}

const unknown: FolderNews = { images: null, problem: null };

/** The catalog was closed meanwhile, or cannot be read for now; the next look says the same. */
function ignoreStop(): void {}
