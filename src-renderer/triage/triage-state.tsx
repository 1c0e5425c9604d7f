// The list, its order and its selection, shared by Triage and Inspect.
import {
  createContext,
  type ReactNode,
  type RefObject,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { orderingScore } from '../../src-preload/ordering-score.ts';
import type { ScoreFacts } from '../../src-preload/schemas/catalog.ts';
import type { Filter, Order, ScoreName } from '../../src-preload/schemas/image.ts';
import { usualScore } from '../../src-preload/usual-score.ts';
import { useLayout } from '../host/layout.tsx';
import { useAnswer } from '../host/use-host.ts';
import { archiveFilter, columnsKey, orderAndScore, orderKey, scoreKey, shownColumns } from './first-list.ts';
import type { MetadataColumn as Column } from './rows-page.ts';
import { rowsPage } from './rows-page.ts';
import { factsOf } from './score-names.ts';
import { carryOver, type ImageSelection, nothingSelected } from './selection.ts';

/** The part of the list that is on the screen. */
export interface Viewport {
  /** Whether the image at an index of the list can be seen. */
  readonly shows: (index: number) => boolean;
  readonly reveal: (index: number) => void;
}

export interface Triage {
  readonly filter: Filter;
  /** The initial filter, which clearing restores: the archive without its reference normals. */
  readonly usualFilter: Filter;
  readonly setFilter: (filter: Filter) => void;
  readonly order: Order;
  readonly setOrder: (order: Order) => void;
  /** The score on the tiles: the one that orders them, else the last one that did. */
  readonly score: ScoreName | undefined;
  readonly scoreNames: readonly ScoreName[];
  readonly scoreFacts: readonly ScoreFacts[];
  /** The columns of metadata that are shown, by number; those of a catalog that has others are left out. */
  readonly columns: readonly Column[];
  readonly setColumns: (columns: readonly number[]) => void;
  /** All images of the filter in order; only the first of them until the list is complete, undefined until those are known. */
  readonly ids: Uint32Array | undefined;
  /** The filter that `ids` is the whole list of; undefined before the first. */
  readonly listedFilter: Filter | undefined;
  /** The whole list has been loaded once, so that less urgent things may be requested. */
  readonly isComplete: boolean;
  readonly error: Error | null;
  readonly selection: ImageSelection;
  readonly select: (selection: ImageSelection) => void;
  /** Focuses the first image, and that of each later list until somebody chooses another. */
  readonly startOver: () => void;
  /** Incremented to scroll the focused image into view. */
  readonly reveals: number;
  /** Of the list that is shown; null where none is. */
  readonly viewport: RefObject<Viewport | null>;
}

const TriageContext = createContext<Triage | null>(null);

export function useTriage(): Triage {
  const triage = useContext(TriageContext);
  if (triage === null) throw new Error('there is no triage around this component');
  return triage;
}

const none: Uint32Array = new Uint32Array();

export function TriageProvider({ children }: { readonly children: ReactNode }) {
  const viewport = useRef<Viewport>(null);
  const { filter, usualFilter, setFilter } = useFilter();
  const scores = useScores();
  const [ids, setIds] = useState<Uint32Array>();
  const [listedFilter, setListedFilter] = useState<Filter>();
  const [isComplete, setComplete] = useState(false);
  const { order, score } = scores;
  const { columns, columnsKnown, setColumns } = useColumnChoice();
  const canList = scores.known && columnsKnown && filter !== undefined;
  const list = { filter: filter ?? {}, order, score, columns };
  // The window opens with the first rows, which are there long before the list of a whole archive.
  const first = useAnswer('images.page', rowsPage(list, 0), canList && !isComplete);
  const { data, error } = useAnswer('images.ids', { filter: list.filter, order }, canList);
  const firstIds = useMemo(() => first.data && Uint32Array.from(first.data.rows, ({ id }) => id), [first.data]);
  const listed = data?.ids ?? (isComplete ? undefined : firstIds);
  const shown = useRef(none);
  const touched = useRef(false);
  const [selection, setSelection] = useState(nothingSelected);
  const [reveals, setReveals] = useState(0);
  const listKey = JSON.stringify([list.filter, order]);
  const shownKey = useRef(listKey);
  useEffect(() => {
    if (listed === undefined || listed === shown.current) return;
    const old = shown.current;
    shown.current = listed;
    setIds(listed);
    // As long as nobody has chosen an image, the first one has the focus, whatever the list becomes.
    setSelection((before) => carryOver(before, touched.current ? old : none, listed));
    // Another order or filter: the focused image is shown wherever it is now.
    if (shownKey.current !== listKey) setReveals((count) => count + 1);
    shownKey.current = listKey;
  }, [listed, listKey]);
  const select = useCallback((next: ImageSelection) => {
    touched.current = true;
    setSelection(next);
    setReveals((count) => count + 1);
  }, []);
  const startOver = useCallback(() => {
    touched.current = false;
    setSelection(carryOver(nothingSelected, none, shown.current));
    setReveals((count) => count + 1);
  }, []);
  useEffect(() => {
    if (data === undefined) return;
    setComplete(true);
    setListedFilter(filter);
  }, [data, filter]);

  const { setOrder, scoreNames, scoreFacts } = scores;
  const shownFilter = filter ?? usualFilter;
  const triage = useMemo<Triage>(
    () => ({
      ...{ filter: shownFilter, usualFilter, setFilter, order, setOrder, score, scoreNames, scoreFacts },
      ...{ columns, setColumns },
      ...{ ids, listedFilter, isComplete, error, selection, select, startOver, reveals, viewport },
    }),
    [
      shownFilter,
      usualFilter,
      setFilter,
      order,
      setOrder,
      score,
      scoreNames,
      scoreFacts,
      columns,
      setColumns,
      ids,
      listedFilter,
      isComplete,
      error,
      selection,
      select,
      startOver,
      reveals,
    ],
  );
  return <TriageContext value={triage}>{children}</TriageContext>;
}

/** The filter; undefined until it is known which images are the archive. */
function useFilter() {
  const [given, setFilter] = useState<Filter>();
  const cohorts = useAnswer('cohorts.list', {}).data?.cohorts;
  const info = useAnswer('catalog.info', {}).data;
  // The initial filter is fixed: a run that starts meanwhile removes nothing from the list.
  const [usual, setUsual] = useState<Filter>();
  if (usual === undefined && cohorts !== undefined && info != null) setUsual(archiveFilter(cohorts, info));
  return { filter: given ?? usual, usualFilter: usual ?? noFilter, setFilter };
}
const noFilter: Filter = {};

/** The columns of metadata that were chosen and that this catalog has. */
function useColumnChoice() {
  const known = useAnswer('columns.list', {}).data?.columns;
  const [chosen, setColumns] = useLayout<readonly number[]>(columnsKey, noColumns);
  const columns = useMemo(() => shownColumns(chosen, known ?? []), [chosen, known]);
  return { columns, columnsKnown: known !== undefined || chosen.length === 0, setColumns };
}
const noColumns: readonly number[] = [];

/** The scores there are, the one on the tiles, and the order of the list. */
function useScores() {
  const scoreNames = useAnswer('scores.list', {}).data?.scores;
  const families = useAnswer('scores.families', {}).data?.families;
  const scoreFacts = useMemo(() => families && factsOf(families), [families]);
  const runs = useAnswer('runs.list', {}).data?.runs;
  const [keptOrder, keepOrder] = useLayout<Order | null>(orderKey, null);
  const [keptScore, keepScore] = useLayout<ScoreName | null>(scoreKey, null);
  // The usual score is fixed while it exists: a run that ends meanwhile does not reorder the list during review.
  const [usual, setUsual] = useState<ScoreName>();
  const isThere =
    usual !== undefined && scoreNames?.some(({ run, score }) => run === usual.run && score === usual.score);
  const found = scoreNames === undefined || runs === undefined ? undefined : usualScore(scoreNames, runs);
  if (!isThere && found !== undefined && found !== usual) setUsual(found);
  const held = isThere ? usual : found;
  const ordered = useMemo(
    () => orderAndScore(keptOrder, keptScore, scoreNames ?? [], held, scoreFacts ?? []),
    [keptOrder, keptScore, scoreNames, held, scoreFacts],
  );
  const setOrder = useCallback(
    (next: Order) => {
      keepOrder(next);
      const by = orderingScore(next);
      if (by !== undefined) keepScore(by);
    },
    [keepOrder, keepScore],
  );
  const known = scoreNames !== undefined && runs !== undefined && scoreFacts !== undefined;
  return { ...ordered, setOrder, scoreNames: scoreNames ?? noScores, scoreFacts: scoreFacts ?? noFacts, known };
}
const noScores: readonly ScoreName[] = [];
const noFacts: readonly ScoreFacts[] = [];
