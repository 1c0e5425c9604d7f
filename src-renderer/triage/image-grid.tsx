// The archive as a grid of tiles: only what is in sight is in the page, whatever the size of the archive.
import { useQueries } from '@tanstack/react-query';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type MouseEvent, useCallback, useEffect, useRef, useState } from 'react';
import type { ImageRow } from '../../src-preload/schemas/image.ts';
import { asked, useHost } from '../host/use-host.ts';
import { ImageTile } from './image-tile.tsx';
import { choose, chooseAll, strides } from './selection.ts';
import { useTriage } from './triage-state.tsx';

const rowsPerPage = 200;
const captionHeight = 22;
const gap = 6;

interface GridProps {
  readonly ids: Uint32Array;
  readonly tileSize: number;
  readonly onInspect: () => void;
}

export function ImageGrid({ ids, tileSize, onInspect }: GridProps) {
  const { selection, select } = useTriage();
  const grid = useRef<HTMLDivElement>(null);
  const width = useWidth(grid);
  const columns = Math.max(1, Math.floor((width - gap) / (tileSize + gap)));
  const rowHeight = tileSize + captionHeight + gap;
  const lines = useVirtualizer({
    count: Math.ceil(ids.length / columns),
    getScrollElement: () => grid.current,
    estimateSize: () => rowHeight,
    overscan: 3,
    paddingStart: gap,
  });
  // Heights are asked for anew when the tiles have another size.
  const { measure } = lines;
  const measured = useRef(rowHeight);
  useEffect(() => {
    if (measured.current === rowHeight) return;
    measured.current = rowHeight;
    measure();
  }, [measure, rowHeight]);
  const focusLine = Math.floor(selection.focus / columns);
  useEffect(() => {
    if (width > 0) lines.scrollToIndex(focusLine, { align: 'auto' });
  }, [lines, focusLine, width]);

  const inSight = lines.getVirtualItems();
  const rowOf = useRows(ids, (inSight[0]?.index ?? 0) * columns, ((inSight.at(-1)?.index ?? 0) + 1) * columns);

  // Tiles keep their handlers: what these see is looked up when they are called.
  const now = useRef({ ids, selection, select, onInspect });
  now.current = { ids, selection, select, onInspect };
  const onPress = useCallback((id: number, event: MouseEvent) => {
    if (event.button !== 0) return;
    const { ids, selection, select } = now.current;
    select(choose(selection, ids, ids.indexOf(id), { toggle: event.ctrlKey || event.metaKey, range: event.shiftKey }));
  }, []);
  const onOpen = useCallback(() => now.current.onInspect(), []);

  const onKeyDown = (event: KeyboardEvent) => {
    const toggle = event.ctrlKey || event.metaKey;
    const stride = strides[event.key];
    if (event.altKey) return;
    if (stride !== undefined) {
      const inView = Math.max(1, Math.floor((grid.current?.clientHeight ?? 0) / rowHeight));
      const place = selection.focus + stride(columns, inView);
      // Up and down at the edge stay in their column.
      const beyond = event.key.startsWith('Arrow') && (place < 0 || place >= ids.length);
      if (!beyond) select(choose(selection, ids, place, { toggle: false, range: event.shiftKey }));
    } else if (event.key === ' ') select(choose(selection, ids, selection.focus, { toggle: true, range: false }));
    else if (event.key === 'a' && toggle) select(chooseAll(selection, ids));
    else if (event.key === 'Escape') select(choose(selection, ids, selection.focus, { toggle: false, range: false }));
    else if (event.key === 'Enter') onInspect();
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={grid}
      className="grid"
      role="grid"
      aria-label="Images"
      aria-multiselectable
      aria-rowcount={Math.ceil(ids.length / columns)}
      aria-colcount={columns}
      aria-activedescendant={ids.length > 0 ? `image-${ids[selection.focus]}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className="lines" style={{ height: lines.getTotalSize() }} role="presentation">
        {inSight.map(({ index, start }) => (
          <div
            key={index}
            role="row"
            aria-rowindex={index + 1}
            className="line"
            style={{ transform: `translateY(${start}px)`, height: rowHeight }}
            tabIndex={-1}
          >
            {Array.from(ids.subarray(index * columns, (index + 1) * columns), (id, column) => (
              <ImageTile
                key={id}
                id={id}
                row={rowOf(index * columns + column)}
                size={tileSize}
                column={column}
                chosen={selection.chosen.has(id)}
                focused={index * columns + column === selection.focus}
                onPress={onPress}
                onOpen={onOpen}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Rows of the places from `first` to before `last`, fetched by pages; undefined while a page is on its way. */
function useRows(ids: Uint32Array, first: number, last: number): (place: number) => ImageRow | undefined {
  const host = useHost();
  const { filter, order, score } = useTriage();
  const [from, to] = [Math.floor(first / rowsPerPage), Math.floor(Math.max(first, last - 1) / rowsPerPage)];
  const pages = useQueries({
    queries: Array.from({ length: to - from + 1 }, (_, index) =>
      asked(host, 'images.page', {
        filter,
        order,
        ...(score === undefined ? {} : { score }),
        offset: (from + index) * rowsPerPage,
        limit: rowsPerPage,
      }),
    ),
  });
  return (place) => {
    const row = pages[Math.floor(place / rowsPerPage) - from]?.data?.rows[place % rowsPerPage];
    // A page may be newer than the list of ids for a moment.
    return row?.id === ids[place] ? row : undefined;
  };
}

function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(entry?.contentRect.width ?? 0));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
