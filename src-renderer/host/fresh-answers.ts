// Keeps the cached answers as fresh as the catalog: which are stale after a change is read from the contract's table.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { CatalogPart, MethodFacts } from '../../src-preload/contract/method.ts';
import type { MethodName, Request, Response } from '../../src-preload/contract.ts';
import type { RunState } from '../../src-preload/schemas/run.ts';
import { useHost } from './use-host.ts';

type Facts = Readonly<Record<MethodName, MethodFacts>>;

/** The contract's table. It is loaded later, because the schemas in it are larger than the rest of the first view. */
const loadFacts = async (): Promise<Facts> => (await import('../../src-preload/contract.ts')).methods;

/** Which answers are stale once a part of the catalog has changed. */
export const staleAfter = (facts: Facts, part: CatalogPart): readonly MethodName[] =>
  (Object.keys(facts) as MethodName[]).filter((name) => facts[name].reads.includes(part));

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
    let facts: Facts | undefined;
    const stale = new Set<MethodName>();
    const changed = new Set<CatalogPart>();
    const running = new Set<number>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let rested = 0;
    const due = (facts: Facts) => [...stale].filter((method) => !facts[method].slow || !isRunning(client, running));
    const ask = async (facts: Facts) => {
      const began = performance.now();
      const now = new Set(due(facts));
      const round = invalidate(client, facts, now, new Set(changed));
      for (const method of now) stale.delete(method);
      changed.clear();
      await Promise.race([round, new Promise((resolve) => setTimeout(resolve, mostWaitMilliseconds))]);
      timer = undefined;
      rested = performance.now() + Math.min(mostWaitMilliseconds, restShare * (performance.now() - began));
      refresh();
    };
    const refresh = () => {
      if (facts === undefined) return;
      for (const part of changed) for (const method of staleAfter(facts, part)) stale.add(method);
      const known = facts;
      if (due(facts).length > 0)
        timer ??= setTimeout(() => ask(known), Math.max(settleMilliseconds, rested - performance.now()));
    };
    loadFacts().then((loaded) => {
      facts = loaded;
      refresh();
    }, console.error);
    const stops = [
      host.on('catalog.changed', ({ parts }) => {
        for (const part of parts) changed.add(part);
        refresh();
      }),
      host.on('run.changed', ({ id, state }) => {
        if (state === 'running') running.add(id);
        else running.delete(id);
        // The cached list still says that the run is running.
        if (ended.has(state)) setRunState(client, id, state);
        changed.add('runs');
        refresh();
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
  facts: Facts,
  methods: ReadonlySet<MethodName>,
  parts: ReadonlySet<CatalogPart>,
): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ queryKey: [method, request] }) =>
      methods.has(method as MethodName) &&
      !(method === 'images.ids' && keepsIds(facts, request as Request<'images.ids'>, parts)),
  });
}

/** Whether the list of a whole archive is still valid: a change matters only where its filter or order depends on that part. */
export function keepsIds(
  facts: Facts,
  { filter, order }: Request<'images.ids'>,
  parts: ReadonlySet<CatalogPart>,
): boolean {
  const asks: { readonly [P in CatalogPart]?: boolean } = {
    verdicts: filter.verdicts !== undefined || order.by === 'verdict',
    tags: filter.tags !== undefined || filter.text !== undefined,
    cohorts: filter.cohort !== undefined || filter.outsideCohorts !== undefined,
  };
  return [...parts].every((part) => asks[part] === false || !staleAfter(facts, part).includes('images.ids'));
}
