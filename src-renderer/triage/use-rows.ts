// The rows of a part of the list, fetched by pages as they come into sight.
import { useQueries } from '@tanstack/react-query';
import type { ImageRow } from '../../src-preload/schemas/image.ts';
import { methodQuery, useHost } from '../host/use-host.ts';
import { rowsPage, rowsPerPage } from './rows-page.ts';
import { useTriage } from './triage-state.tsx';

/** Rows of the places from `first` to before `last`, fetched by pages; undefined while a page is on its way. */
export function useRows(ids: Uint32Array, first: number, last: number): (place: number) => ImageRow | undefined {
  const host = useHost();
  const triage = useTriage();
  const [from, to] = [Math.floor(first / rowsPerPage), Math.floor(Math.max(first, last - 1) / rowsPerPage)];
  const pages = useQueries({
    queries: Array.from({ length: to - from + 1 }, (_, index) =>
      methodQuery(host, 'images.page', rowsPage(triage, from + index)),
    ),
  });
  return (place) => {
    const row = pages[Math.floor(place / rowsPerPage) - from]?.data?.rows[place % rowsPerPage];
    // A page may be newer than the list of ids for a moment.
    return row?.id === ids[place] ? row : undefined;
  };
}
