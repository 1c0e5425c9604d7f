// Windows that read blind: each sees the workbench without what other readers have said, from begin to end of its reading.
import type {
  EventName,
  EventValue,
  MethodName,
  Received,
  Request,
  Response,
  Workbench,
} from '../../src-preload/contract.ts';
import { methods } from '../../src-preload/contract.ts';
import type { WorkList } from '../../src-preload/schemas/readers.ts';
import { Problem } from '../platform/errors.ts';
import { blindRules, isVisibleRun } from './blind-rules.ts';

export interface BlindSessions {
  /** The workbench as the window of this key sees it; without a key, a window reads nothing blind. */
  readonly as: (window: string | null) => Workbench;
  /** Whether that window may hear an event. */
  readonly hears: <E extends EventName>(window: string | null, event: E, value: EventValue<E>) => boolean;
}

/**
 * Keeps which windows of a host read which list blind. It holds for the window, not for the person: nobody checks who sits there, so
 * that another window, another browser or the command line shows everything.
 */
export function blindSessions(workbench: Workbench): BlindSessions {
  const readings = new Map<string, { readonly list: number; readonly catalog: string }>();
  /** The key of the catalog that is open, as last heard of. */
  let open: string | null = null;

  const openKey = async (): Promise<string | null> => {
    open = (await workbench.call('catalog.info', {}))?.key ?? null;
    return open;
  };
  /** A list is of its catalog: while another one is open the window reads none, and it goes on when the catalog is open again. */
  const readingOf = async (window: string | null): Promise<number | undefined> => {
    const reading = window === null ? undefined : readings.get(window);
    return reading !== undefined && reading.catalog === (await openKey()) ? reading.list : undefined;
  };

  /** The list as it is now; a list that was removed meanwhile is read no longer, and shows nothing else by itself. */
  const listOf = async (id: number): Promise<WorkList> => {
    const { lists } = await workbench.call('readers.lists', {});
    const list = lists.find((each) => each.id === id);
    if (list === undefined) throw new Problem('missing', { what: 'work list', name: String(id) });
    return list;
  };

  async function answer<M extends MethodName>(
    window: string | null,
    method: M,
    request: Request<M>,
  ): Promise<Response<M>> {
    const reading = await readingOf(window);
    if (method === 'readings.begin') {
      if (window === null) throw new Problem('usage', { message: 'only a window reads blind' });
      const { list, reader } = request as Request<'readings.begin'>;
      if (reading !== undefined && reading !== list)
        throw new Problem('usage', { message: 'this window reads another list blind: end that first' });
      const begun = await workbench.call('readings.begin', { list, reader });
      const catalog = await openKey();
      if (catalog !== null) readings.set(window, { list: begun.id, catalog });
      return begun as Response<M>;
    }
    if (reading === undefined || window === null) return workbench.call(method, request);
    if (method === 'readings.end') {
      readings.delete(window);
      return {} as Response<M>;
    }
    const list = await listOf(reading);
    if (method === 'readings.current') return { list } as Response<M>;
    const rule = blindRules[method];
    if (rule === 'open') return workbench.call(method, request);
    if (rule === 'refused') throw new Problem('usage', { message: 'this is not shown during a blind reading' });
    const received = methods[method].request.parse(request) as Received<M>;
    return (rule as (request: Received<M>, list: WorkList, call: Workbench['call']) => Promise<Response<M>>)(
      received,
      list,
      (name, more) => workbench.call(name, more),
    );
  }

  return {
    as: (window) => ({
      call: (method, request) => answer(window, method, request),
      on: (event, listener) => workbench.on(event, listener),
    }),
    hears(window, event, value) {
      const reading = window === null ? undefined : readings.get(window);
      if (reading === undefined || reading.catalog !== open) return true;
      if (event === 'run.changed') return isVisibleRun(value as EventValue<'run.changed'>);
      return event === 'catalog.changed';
    },
  };
}
