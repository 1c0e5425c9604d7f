// How components reach the workbench: answers are cached by method and request, and requested again when they are stale.
import { queryOptions, useQuery } from '@tanstack/react-query';
import { createContext, useContext, useEffect } from 'react';
import type { EventName, EventValue, MethodName, Request, Response } from '../../src-preload/contract.ts';
import type { Host } from '../../src-preload/host.ts';

export const HostContext = createContext<Host | null>(null);

export function useHost(): Host {
  const host = useContext(HostContext);
  if (host === null) throw new Error('there is no host around this component');
  return host;
}

/** The cached answer of a method; `useQuery` and `useQueries` take it. */
export function methodQuery<M extends MethodName>(host: Host, method: M, request: Request<M>) {
  return queryOptions({
    queryKey: [method, request] as const,
    queryFn: (): Promise<Response<M>> => host.call(method, request),
  });
}

export function useAnswer<M extends MethodName>(method: M, request: Request<M>, enabled = true) {
  return useQuery({ ...methodQuery(useHost(), method, request), enabled });
}

/** Subscribes to an event while the component is mounted. */
export function useEvent<E extends EventName>(event: E, listener: (value: EventValue<E>) => void): void {
  const host = useHost();
  useEffect(() => host.on(event, listener), [host, event, listener]);
}
