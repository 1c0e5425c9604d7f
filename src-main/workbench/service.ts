// The workbench: one open catalog, its queue of runs, and the methods of the contract that work on them.

import type { CatalogPart } from '../../src-preload/contract/method.ts';
import {
  methods as contract,
  type EventName,
  type EventValue,
  type MethodName,
  type Received,
  type Response,
} from '../../src-preload/contract.ts';
import { openCatalog } from '../catalog/catalog.ts';
import { openDecoderPool } from '../decoder/decoder-pool.ts';
import { jobs } from '../jobs/jobs.ts';
import { RunQueue } from '../jobs/run-queue.ts';
import { Problem } from '../platform/errors.ts';
import { type JobControl, quiet } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';
import { ArchiveWatch } from './archive-watch.ts';
import { archiveMethods } from './methods/archive-methods.ts';
import { catalogMethods } from './methods/catalog-methods.ts';
import { columnMethods } from './methods/column-methods.ts';
import { curationMethods } from './methods/curation-methods.ts';
import { driftMethods } from './methods/drift-methods.ts';
import { imageMethods } from './methods/image-methods.ts';
import { mapMethods } from './methods/map-methods.ts';
import type { Method, MethodsOf, OpenCatalog, Service } from './methods/method.ts';
import { pacsMethods } from './methods/pacs-methods.ts';
import { readerMethods } from './methods/reader-methods.ts';
import { reportMethods } from './methods/report-methods.ts';
import { runMethods } from './methods/run-methods.ts';
import { segmentationMethods } from './methods/segmentation-methods.ts';
import { statisticsMethods } from './methods/statistics-methods.ts';
import { triageMethods } from './methods/triage-methods.ts';
import { watchOtherWriters } from './other-writers.ts';
import { toRun } from './to-contract.ts';

const implementations: MethodsOf<MethodName> = {
  ...catalogMethods,
  ...imageMethods,
  ...triageMethods,
  ...curationMethods,
  ...readerMethods,
  ...columnMethods,
  ...mapMethods,
  ...reportMethods,
  ...pacsMethods,
  ...runMethods,
  ...segmentationMethods,
  ...statisticsMethods,
  ...archiveMethods,
  ...driftMethods,
};

export interface WorkbenchOptions {
  readonly launch: Launcher;
  readonly emit: <E extends EventName>(event: E, value: EventValue<E>) => void;
}

/** The service itself, whoever speaks to it. */
export class WorkbenchService {
  readonly #options: WorkbenchOptions;
  readonly #service: Service;
  #opened: OpenCatalog | undefined;
  #stopWatching = () => {};
  /** Continue what was queued or interrupted when a catalog is opened. */
  resume = false;
  /** The folders that people may browse from a window; undefined: where this user's files are. */
  browse: readonly string[] | undefined;

  constructor(options: WorkbenchOptions) {
    this.#options = options;
    const self = this;
    this.#service = {
      get browse() {
        return self.browse;
      },
      get isWindow() {
        return self.resume;
      },
      open: () => {
        if (this.#opened === undefined) throw new Problem('usage', { message: 'no catalog is open' });
        return this.#opened;
      },
      isOpen: () => this.#opened !== undefined,
      use: (folder, create) => this.#use(folder, create),
      call: (name, request) => this.answer(name, request, quiet),
      launch: options.launch,
      emit: options.emit,
    };
  }

  /**
   * Answers a request of the contract. What comes in is checked against its schema: `usage` says what does not fit.
   */
  async answer<M extends MethodName>(name: M, request: unknown, control: JobControl): Promise<Response<M>> {
    const parsed = contract[name].request.safeParse(request);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const message = `${name}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`;
      throw new Problem('usage', { message });
    }
    const method = implementations[name] as Method<M>;
    const response = await method(parsed.data as Received<M>, this.#service, control);
    const { writes } = contract[name];
    if (writes.length > 0) this.#options.emit('catalog.changed', { parts: [...writes] });
    return response;
  }

  /** Stops all runs so that they can go on later, and closes the catalog. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    this.#stopWatching();
    await opened?.watch.close();
    await opened?.queue.close();
    await opened?.decoder.close();
    opened?.catalog.close();
  }

  async #use(folder: string, create: boolean): Promise<OpenCatalog> {
    const catalog = openCatalog(folder, { create });
    await this.close();
    const { emit } = this.#options;
    const queue = new RunQueue(catalog, jobs, this.#options.launch, {
      changed: (run) => {
        emit('run.changed', toRun(run));
        if (this.resume && run.kind === 'import' && run.state === 'done') this.#opened?.watch.look();
      },
      progressed: (id, progress) => emit('run.progress', { id, progress }),
      logged: (id, line) => emit('run.log', { id, line }),
      catalogChanged: (parts) => emit('catalog.changed', { parts: [...parts] }),
    });
    const tell = (parts: readonly CatalogPart[]) => emit('catalog.changed', { parts: [...parts] });
    const watch = new ArchiveWatch(catalog, tell);
    this.#opened = { catalog, queue, decoder: openDecoderPool({ launch: this.#options.launch }), watch };
    if (this.resume) watch.start();
    this.#stopWatching = watchOtherWriters(catalog, (parts) =>
      this.#options.emit('catalog.changed', { parts: [...parts] }),
    );
    queue.recover(this.resume);
    // Pages that showed another catalog learn that it is not the open one any more.
    this.#options.emit('catalog.changed', { parts: ['images'] });
    return this.#opened;
  }
}
