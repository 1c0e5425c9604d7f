// A face's end of the workbench process: starts it, checks what it answers, starts it again when it dies.
import { basename } from 'node:path';
import { catalogPart } from '../../src-preload/contract/method.ts';
import {
  type EventName,
  type EventValue,
  events,
  type MethodName,
  methods,
  type Request,
  type Response,
  type Workbench,
} from '../../src-preload/contract.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';
import { type Channel, openChannel } from '../platform/process-channel.ts';
import type { WorkbenchBeginning, WorkbenchEvents, WorkbenchMethods } from './protocol.ts';

export interface WorkbenchProcess extends Workbench, AsyncDisposable {
  /** With `control`, a method that takes long reports its progress and can be cancelled. */
  call<M extends MethodName>(method: M, request: Request<M>, control?: Partial<JobControl>): Promise<Response<M>>;
  /** Hears why the workbench died, after it has been started again and has its catalog open. */
  onDeath(listener: (reason: string) => void): () => void;
}

type Face = Channel<WorkbenchMethods, WorkbenchEvents, Record<never, never>>;

const program = new URL('./main.ts', import.meta.url);
/** A process that dies this often within a minute would die again: then it stays down. */
const deathsPerMinute = 3;
/** From this death on, runs are left interrupted: one of them may be what ends the process each time. */
const deathsByRun = 2;

/**
 * Starts a workbench process. Requests and answers are checked against the contract on both sides. When the process
 * dies, requests under way are rejected with Problem `process`, and another one opens the same catalog.
 */
export function startWorkbench(launch: Launcher, beginning: WorkbenchBeginning): WorkbenchProcess {
  const listeners = new Map<EventName, Set<(value: never) => void>>();
  const mourners = new Set<(reason: string) => void>();
  const deaths: number[] = [];
  let folder: string | undefined;
  let ending = false;
  let face = start();

  async function start(): Promise<Face> {
    const channel: Face = openChannel(await launch(program), 'workbench', {});
    for (const event of Object.keys(events) as EventName[]) {
      channel.on(event, (value) => {
        const parsed = events[event].safeParse(value);
        if (parsed.success) for (const listener of listeners.get(event) ?? []) listener(parsed.data as never);
      });
    }
    channel.ended.then((reason) => {
      if (!ending) restart(reason);
    });
    await channel.call('workbench.begin', {
      ...beginning,
      resume: beginning.resume && recentDeaths() < deathsByRun,
    });
    return channel;
  }

  function recentDeaths(): number {
    return deaths.filter((time) => time > Date.now() - 60_000).length;
  }

  function restart(reason: string): void {
    deaths.push(Date.now());
    if (recentDeaths() > deathsPerMinute) return;
    const reopened = start().then(async (channel) => {
      if (folder !== undefined) await channel.call('catalog.open', { folder });
      return channel;
    });
    // Whoever calls next hears of a failure to start; nobody may be calling now.
    reopened.catch(() => {});
    face = reopened;
    reopened.then(
      () => {
        for (const mourner of mourners) mourner(reason);
        // Events of its last moments are lost: whoever shows the catalog asks anew.
        const parts = catalogPart.options;
        for (const listener of listeners.get('catalog.changed') ?? []) listener({ parts } as never);
      },
      () => {},
    );
  }

  return {
    async call(method, request, control) {
      const channel = await face;
      const answer = await channel.call(method, request as WorkbenchMethods[typeof method]['request'], control);
      const parsed = methods[method].response.safeParse(answer);
      if (!parsed.success) {
        const { path, message } = parsed.error.issues[0]!;
        const reason = `its answer to ${method} does not fit the contract: ${path.join('.')} ${message}`;
        throw new Problem('process', { process: 'workbench', reason });
      }
      const response = parsed.data;
      if (method === 'catalog.open' || method === 'catalog.create') folder = (request as { folder: string }).folder;
      return response as never;
    },
    on(event, listener) {
      const heard = listeners.get(event) ?? new Set();
      listeners.set(event, heard.add(listener as (value: EventValue<EventName>) => void));
      return () => heard.delete(listener as (value: never) => void);
    },
    onDeath(listener) {
      mourners.add(listener);
      return () => mourners.delete(listener);
    },
    async [Symbol.asyncDispose]() {
      ending = true;
      const channel = await face.catch(() => undefined);
      await channel?.call('workbench.end', null).catch(() => {});
      channel?.close();
    },
  };
}

/** Opens the catalog in `folder`; makes one there, with the folder's name, where there is none. */
export async function openOrCreateCatalog(workbench: Workbench, folder: string): Promise<'opened' | 'created'> {
  try {
    await workbench.call('catalog.open', { folder });
    return 'opened';
  } catch (error) {
    if (!isProblem(error, 'missing')) throw error;
    await workbench.call('catalog.create', { folder, name: basename(folder) });
    return 'created';
  }
}
