// What is listed, in which order, and what of it is chosen: shared by the grid and the inspection of single images.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { Filter, Order, ScoreName } from '../../src-preload/schemas/image.ts';
import { useLayout } from '../host/layout.tsx';
import { useAnswer } from '../host/use-host.ts';

import { sameScore, useScoreNames } from './score-names.ts';
import { carryOver, type ImageSelection, nothingChosen } from './selection.ts';

export interface Triage {
  readonly filter: Filter;
  readonly setFilter: (filter: Filter) => void;
  readonly order: Order;
  readonly setOrder: (order: Order) => void;
  /** The score on the tiles: the one that orders them, else the last one that did. */
  readonly score: ScoreName | undefined;
  readonly scoreNames: readonly ScoreName[];
  /** All images of the filter in order; undefined until first known. */
  readonly ids: Uint32Array | undefined;
  readonly error: Error | null;
  readonly selection: ImageSelection;
  readonly select: (selection: ImageSelection) => void;
}

const TriageContext = createContext<Triage | null>(null);

export function useTriage(): Triage {
  const triage = useContext(TriageContext);
  if (triage === null) throw new Error('there is no triage around this component');
  return triage;
}

const none: Uint32Array = new Uint32Array();
const noFilter: Filter = {};
const byImport: Order = { by: 'imported', descending: false };

export function TriageProvider({ children }: { readonly children: ReactNode }) {
  const [filter, setFilter] = useState(noFilter);
  const scoreNames = useScoreNames();
  const [keptOrder, setOrder] = useLayout<Order | null>('order', null);
  const [keptScore, setScore] = useLayout<ScoreName | null>('score', null);
  const known = (name: ScoreName) => scoreNames?.some((each) => sameScore(each, name)) ?? false;
  const preferred = scoreNames?.find(({ score }) => score === 'WD patch') ?? scoreNames?.[0];
  const score = keptScore !== null && known(keptScore) ? keptScore : preferred;
  // Until somebody chooses, the archive is listed with the most suspicious first.
  const usual: Order = preferred === undefined ? byImport : { by: preferred, descending: true };
  const order = keptOrder === null || (typeof keptOrder.by === 'object' && !known(keptOrder.by)) ? usual : keptOrder;
  const { data, error } = useAnswer('images.ids', { filter, order }, scoreNames !== undefined);
  const shown = useRef(none);
  const [selection, select] = useState(nothingChosen);
  const [ids, setIds] = useState<Uint32Array>();
  useEffect(() => {
    if (data === undefined || data.ids === shown.current) return;
    const old = shown.current;
    shown.current = data.ids;
    setIds(data.ids);
    select((before) => carryOver(before, old, data.ids));
  }, [data]);

  const triage = useMemo<Triage>(
    () => ({
      filter,
      setFilter,
      order,
      setOrder: (next) => {
        setOrder(next);
        if (typeof next.by === 'object') setScore(next.by);
      },
      score,
      scoreNames: scoreNames ?? [],
      ids,
      error,
      selection,
      select,
    }),
    [filter, order, setOrder, setScore, score, scoreNames, ids, error, selection],
  );
  return <TriageContext value={triage}>{children}</TriageContext>;
}
