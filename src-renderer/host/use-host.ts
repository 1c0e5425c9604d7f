// How components reach the workbench: answers are cached by method and request, and asked anew when events say so.
import { type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect } from 'react';
import { catalogPart } from '../../src-preload/contract/method.ts';
import {
  type EventName,
  type EventValue,
  type MethodName,
  methods,
  type Request,
  type Response,
} from '../../src-preload/contract.ts';
import type { Host } from '../../src-preload/host.ts';

export const HostContext = createContext<Host | null>(null);

export function useHost(): Host {
  const host = useContext(HostContext);
  if (host === null) throw new Error('there is no host around this component');
  return host;
}

/** The cached answer of a method; `useQuery` and `useQueries` take it. */
export function asked<M extends MethodName>(host: Host, method: M, request: Request<M>) {
  return queryOptions({
    queryKey: [method, request] as const,
    queryFn: (): Promise<Response<M>> => host.call(method, request),
  });
}

export function useAnswer<M extends MethodName>(method: M, request: Request<M>, enabled = true) {
  return useQuery({ ...asked(useHost(), method, request), enabled });
}

type Part = EventValue<'catalog.changed'>['parts'][number];

/** What of the cache is old once a part of the catalog has changed. */
const oldOnce = Object.fromEntries(
  catalogPart.options.map((part) => [
    part,
    (Object.keys(methods) as MethodName[]).filter((name) => methods[name].reads.includes(part) && !methods[name].slow),
  ]),
) as unknown as { readonly [P in Part]: readonly MethodName[] };

/** Events of one burst (a run that writes scores) cause one round of questions. */
const settleMilliseconds = 150;
/**
 * An import tells of images twice a second, which a large archive takes as long to count: a round is waited for, since the
 * next would ask the same anew, and rounds take a quarter of the time. Neither for longer than this.
 */
const restShare = 3;
const mostWaitMilliseconds = 2000;

/** Keeps the cache as fresh as the catalog while the component is there. */
export function useFreshAnswers(): void {
  const host = useHost();
  const client = useQueryClient();
  useEffect(() => {
    const old = new Set<MethodName>();
    const changed = new Set<Part>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let rested = 0;
    const ask = async () => {
      const began = performance.now();
      const round = invalidate(client, new Set(old), new Set(changed));
      old.clear();
      changed.clear();
      await Promise.race([round, new Promise((resolve) => setTimeout(resolve, mostWaitMilliseconds))]);
      timer = undefined;
      const now = performance.now();
      rested = now + Math.min(mostWaitMilliseconds, restShare * (now - began));
      if (old.size > 0) refresh([]);
    };
    const refresh = (methods: readonly MethodName[]) => {
      for (const method of methods) old.add(method);
      timer ??= setTimeout(ask, Math.max(settleMilliseconds, rested - performance.now()));
    };
    const stops = [
      host.on('catalog.changed', ({ parts }) => {
        for (const part of parts) changed.add(part);
        refresh(parts.flatMap((part) => oldOnce[part]));
      }),
      host.on('run.changed', () => refresh(['runs.list', 'runs.detail'])),
    ];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [host, client]);
}

/** Resolves once what is shown has been asked anew. */
function invalidate(client: QueryClient, methods: ReadonlySet<MethodName>, parts: ReadonlySet<Part>): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ queryKey: [method, request] }) =>
      methods.has(method as MethodName) &&
      !(method === 'images.ids' && keepsIds(request as Request<'images.ids'>, parts)),
  });
}

/** Whether the list of a whole archive is still right: verdicts and tags change it only where it asks about them. */
function keepsIds({ filter, order }: Request<'images.ids'>, parts: ReadonlySet<Part>): boolean {
  const asksVerdicts = filter.verdicts !== undefined || order.by === 'verdict';
  const asksTags = filter.tags !== undefined || filter.text !== undefined;
  return [...parts].every(
    (part) =>
      (part === 'verdicts' && !asksVerdicts) || (part === 'tags' && !asksTags) || !oldOnce[part].includes('images.ids'),
  );
}

/** Hears an event while the component is there. */
export function useEvent<E extends EventName>(event: E, listener: (value: EventValue<E>) => void): void {
  const host = useHost();
  useEffect(() => host.on(event, listener), [host, event, listener]);
}
