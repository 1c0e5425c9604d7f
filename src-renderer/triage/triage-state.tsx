// What is listed, in which order, and what of it is chosen: shared by the grid and the inspection of single images.
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { Filter, Order, ScoreName } from '../../src-preload/schemas/image.ts';
import { useLayout } from '../host/layout.tsx';
import { useAnswer } from '../host/use-host.ts';
import { orderAndScore, orderKey, scoreKey } from './first-list.ts';
import { rowsPage } from './rows-page.ts';
import { useScoreNames } from './score-names.ts';
import { carryOver, type ImageSelection, nothingChosen } from './selection.ts';

export interface Triage {
  readonly filter: Filter;
  readonly setFilter: (filter: Filter) => void;
  readonly order: Order;
  readonly setOrder: (order: Order) => void;
  /** The score on the tiles: the one that orders them, else the last one that did. */
  readonly score: ScoreName | undefined;
  readonly scoreNames: readonly ScoreName[];
  /** All images of the filter in order; only the first of them until the window has begun, undefined until those are known. */
  readonly ids: Uint32Array | undefined;
  /** The whole list was known once, and the first images are in sight: what is less urgent may be asked and loaded. */
  readonly begun: boolean;
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

export function TriageProvider({ children }: { readonly children: ReactNode }) {
  const [filter, setFilter] = useState(noFilter);
  const scoreNames = useScoreNames();
  const [keptOrder, setOrder] = useLayout<Order | null>(orderKey, null);
  const [keptScore, setScore] = useLayout<ScoreName | null>(scoreKey, null);
  const { order, score } = useMemo(
    () => orderAndScore(keptOrder, keptScore, scoreNames ?? []),
    [keptOrder, keptScore, scoreNames],
  );
  const [ids, setIds] = useState<Uint32Array>();
  const [begun, setBegun] = useState(false);
  const canList = scoreNames !== undefined;
  // The window opens with the first rows, which are there long before the list of a whole archive.
  const first = useAnswer('images.page', rowsPage({ filter, order, score }, 0), canList && !begun);
  const { data, error } = useAnswer('images.ids', { filter, order }, canList);
  const firstIds = useMemo(() => first.data && Uint32Array.from(first.data.rows, ({ id }) => id), [first.data]);
  const listed = data?.ids ?? (begun ? undefined : firstIds);
  const shown = useRef(none);
  const [selection, select] = useState(nothingChosen);
  useEffect(() => {
    if (listed === undefined || listed === shown.current) return;
    const old = shown.current;
    shown.current = listed;
    setIds(listed);
    select((before) => carryOver(before, old, listed));
  }, [listed]);
  useEffect(() => {
    if (data !== undefined) setBegun(true);
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
      begun,
      error,
      selection,
      select,
    }),
    [filter, order, setOrder, setScore, score, scoreNames, ids, begun, error, selection],
  );
  return <TriageContext value={triage}>{children}</TriageContext>;
}
