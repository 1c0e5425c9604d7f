// Reading a work list in this window: begun, continued at the first image that is not read, ended; blind or open.
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef } from 'react';
import type { WorkList } from '../../src-preload/schemas/readers.ts';
import { useAnswer, useHost } from '../host/use-host.ts';
import { useReview } from '../review.tsx';
import { choose, nothingSelected } from '../triage/selection.ts';
import { useTriage } from '../triage/triage-state.tsx';

export interface Reading {
  /** The list that is read in this window; null: none. */
  readonly list: WorkList | null;
  /** This window sees nothing that others have said. */
  readonly blind: boolean;
  readonly begin: (list: WorkList) => void;
  readonly end: () => void;
}

const ReadingContext = createContext<Reading | null>(null);

export function useReading(): Reading {
  const reading = useContext(ReadingContext);
  if (reading === null) throw new Error('there is no reading around this component');
  return reading;
}

export function ReadingProvider({ onRead, children }: { readonly onRead: () => void; readonly children: ReactNode }) {
  const host = useHost();
  const { notify } = useReview();
  const { filter, setFilter, usualFilter } = useTriage();
  const current = useAnswer('readings.current', {}).data?.list ?? null;
  const lists = useAnswer('readers.lists', {}, filter.list !== undefined && current === null).data?.lists;
  const open = lists?.find(({ id }) => id === filter.list) ?? null;
  const list = current ?? open;
  useFirstUnread(list, current !== null, onRead);
  const failed = useCallback((error: Error) => notify(error.message, 'danger'), [notify]);
  const reading = useMemo<Reading>(
    () => ({
      list,
      blind: current !== null,
      begin(next) {
        if (!next.blind) {
          setFilter({ list: next.id });
          onRead();
          return;
        }
        // Loaded again, the page knows nothing of what it has shown before, and the service tells it nothing more.
        host
          .call('readings.begin', { list: next.id, reader: next.reader })
          .then(() => globalThis.location.reload(), failed);
      },
      end() {
        if (current === null) return setFilter(usualFilter);
        host.call('readings.end', {}).then(() => globalThis.location.reload(), failed);
      },
    }),
    [host, list, current, setFilter, usualFilter, onRead, failed],
  );
  return <ReadingContext value={reading}>{children}</ReadingContext>;
}

/** Goes to the first image of the list that its reader has not read, once, when the list is there. */
function useFirstUnread(list: WorkList | null, blind: boolean, onRead: () => void): void {
  const { ids, listedFilter, select } = useTriage();
  const unread = useAnswer('readers.unread', { list: list?.id ?? 1 }, list !== null).data?.ids;
  const begun = useRef<number | null>(null);
  useEffect(() => {
    if (list === null) begun.current = null;
    if (list === null || begun.current === list.id || ids === undefined || unread === undefined) return;
    // A blind window's lists are all of the work list, whatever its filter says.
    if (!blind && listedFilter?.list !== list.id) return;
    begun.current = list.id;
    const wanted = new Set(unread);
    const first = ids.findIndex((id) => wanted.has(id));
    if (blind) onRead();
    if (first >= 0) select(choose(nothingSelected, ids, first, { toggle: false, range: false }));
  }, [list, blind, ids, listedFilter, unread, select, onRead]);
}
