// What an implementation of a contract method looks like, and what it can reach.
import type {
  EventName,
  EventValue,
  MethodName,
  Received,
  Response,
  Workbench,
} from '../../../src-preload/contract.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Decoder } from '../../decoder/decoder-pool.ts';
import type { RunQueue } from '../../jobs/run-queue.ts';
import type { JobControl } from '../../platform/job.ts';
import type { Launcher } from '../../platform/process.ts';
import type { ArchiveWatch } from '../archive-watch.ts';

/** An open catalog with what works on it. */
export interface OpenCatalog {
  readonly catalog: Catalog;
  readonly queue: RunQueue;
  readonly decoder: Decoder;
  readonly watch: ArchiveWatch;
}

export interface Service {
  /** Throws `usage` before a catalog is open. */
  readonly open: () => OpenCatalog;
  readonly isOpen: () => boolean;
  /** Closes the open catalog, if any, and opens another. */
  readonly use: (folder: string, create: boolean) => Promise<OpenCatalog>;
  /** Asks another method of the contract. */
  readonly call: Workbench['call'];
  readonly launch: Launcher;
  /** The folders that people may browse; undefined: where this user's files are. */
  readonly browse: readonly string[] | undefined;
  /** Whether this serves a window, which stays, and not a single command. */
  readonly isWindow: boolean;
  readonly emit: <E extends EventName>(event: E, value: EventValue<E>) => void;
}

export type Method<M extends MethodName> = (
  request: Received<M>,
  service: Service,
  control: JobControl,
) => Response<M> | Promise<Response<M>>;
export type MethodsOf<M extends MethodName> = { readonly [N in M]: Method<N> };
/** The methods whose names begin with one of these words. */
export type MethodsNamed<P extends string> = MethodsOf<Extract<MethodName, `${P}.${string}`>>;
