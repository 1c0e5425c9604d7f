// Keeps the cached answers as fresh as the catalog: which are stale after a change is read from the contract's table.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type CatalogPart, catalogPart } from '../../src-preload/contract/method.ts';
import { type MethodName, methods, type Request, type Response } from '../../src-preload/contract.ts';
import type { RunState } from '../../src-preload/schemas/run.ts';
import { useHost } from './use-host.ts';

/** Which answers are stale once a part of the catalog has changed. */
export const staleAfter = Object.fromEntries(
  catalogPart.options.map((part) => [
    part,
    (Object.keys(methods) as MethodName[]).filter((name) => methods[name].reads.includes(part)),
  ]),
) as unknown as { readonly [P in CatalogPart]: readonly MethodName[] };

/** Events of one burst (a run that writes scores) cause one round of requests. */
const settleMilliseconds = 150;
/**
 * An import reports new images twice a second, which a large archive takes as long to count: a round is waited for, since
 * the next would ask the same again, and rounds take a quarter of the time. Neither for longer than this.
 */
const restShare = 3;
const mostWaitMilliseconds = 2000;

/** States in which a run changes nothing any more. */
const ended: ReadonlySet<RunState> = new Set(['paused', 'interrupted', 'done', 'failed', 'cancelled']);

/** Refetches stale answers while the component is mounted: slow ones once no run is changing the catalog. */
export function useFreshAnswers(): void {
  const host = useHost();
  const client = useQueryClient();
  useEffect(() => {
    const stale = new Set<MethodName>();
    const changed = new Set<CatalogPart>();
    const running = new Set<number>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let rested = 0;
    const due = () => [...stale].filter((method) => !methods[method].slow || !isRunning(client, running));
    const ask = async () => {
      const began = performance.now();
      const now = new Set(due());
      const round = invalidate(client, now, new Set(changed));
      for (const method of now) stale.delete(method);
      changed.clear();
      await Promise.race([round, new Promise((resolve) => setTimeout(resolve, mostWaitMilliseconds))]);
      timer = undefined;
      rested = performance.now() + Math.min(mostWaitMilliseconds, restShare * (performance.now() - began));
      refresh([]);
    };
    const refresh = (methods: readonly MethodName[]) => {
      for (const method of methods) stale.add(method);
      if (due().length > 0) timer ??= setTimeout(ask, Math.max(settleMilliseconds, rested - performance.now()));
    };
    const stops = [
      host.on('catalog.changed', ({ parts }) => {
        for (const part of parts) changed.add(part);
        refresh(parts.flatMap((part) => staleAfter[part]));
      }),
      host.on('run.changed', ({ id, state }) => {
        if (state === 'running') running.add(id);
        else running.delete(id);
        // The cached list still says that the run is running.
        if (ended.has(state)) setRunState(client, id, state);
        refresh(staleAfter.runs);
      }),
    ];
    return () => {
      clearTimeout(timer);
      for (const stop of stops) stop();
    };
  }, [host, client]);
}

/** Whether a run is running, by the events since or by the cached list of runs. */
function isRunning(client: QueryClient, heard: ReadonlySet<number>): boolean {
  const listed = client.getQueryData<Response<'runs.list'>>(['runs.list', {}])?.runs ?? [];
  return heard.size > 0 || listed.some(({ state }) => state === 'running');
}

function setRunState(client: QueryClient, id: number, state: RunState): void {
  client.setQueryData<Response<'runs.list'>>(
    ['runs.list', {}],
    (before) => before && { runs: before.runs.map((run) => (run.id === id ? { ...run, state } : run)) },
  );
}

/** Resolves once the visible answers have been refetched. */
function invalidate(
  client: QueryClient,
  methods: ReadonlySet<MethodName>,
  parts: ReadonlySet<CatalogPart>,
): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ queryKey: [method, request] }) =>
      methods.has(method as MethodName) &&
      !(method === 'images.ids' && keepsIds(request as Request<'images.ids'>, parts)),
  });
}

/** Whether the list of a whole archive is still valid: a change matters only where its filter or order depends on that part. */
function keepsIds({ filter, order }: Request<'images.ids'>, parts: ReadonlySet<CatalogPart>): boolean {
  const asks: { readonly [P in CatalogPart]?: boolean } = {
    verdicts: filter.verdicts !== undefined || order.by === 'verdict',
    tags: filter.tags !== undefined || filter.text !== undefined,
    cohorts: filter.cohort !== undefined,
  };
  return [...parts].every((part) => asks[part] === false || !staleAfter[part].includes('images.ids'));
}
