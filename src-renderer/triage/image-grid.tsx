// The archive as a virtual grid of tiles: only visible ones are in the page, whatever the size of the archive.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import styles from './image-grid.module.css';
import { ImageTile } from './image-tile.tsx';
import { useTriage } from './triage-state.tsx';
import { useListHabits } from './use-list-habits.ts';
import { useRows } from './use-rows.ts';
import { useViewport } from './use-viewport.ts';

const captionHeight = 22;
const gap = 6;

interface GridProps {
  readonly ids: Uint32Array;
  readonly tileSize: number;
  readonly onInspect: () => void;
}

export function ImageGrid({ ids, tileSize: wantedSize, onInspect }: GridProps) {
  const { selection } = useTriage();
  const grid = useRef<HTMLDivElement>(null);
  const width = useWidth(grid);
  const columns = Math.max(1, Math.floor((width - gap) / (wantedSize + gap)));
  // A little larger than requested, so that a row fills the width.
  const tileSize = Math.max(wantedSize, Math.floor((width - gap) / columns) - gap);
  const rowHeight = tileSize + captionHeight + gap;
  const lines = useVirtualizer({
    count: Math.ceil(ids.length / columns),
    getScrollElement: () => grid.current,
    estimateSize: () => rowHeight,
    overscan: 3,
    paddingStart: gap,
  });
  // Heights are measured again when the tile size changes.
  const { measure } = lines;
  const measured = useRef(rowHeight);
  useEffect(() => {
    if (measured.current === rowHeight) return;
    measured.current = rowHeight;
    measure();
  }, [measure, rowHeight]);
  useViewport({
    ...{ list: grid, columns, lineHeight: rowHeight, covered: gap, ready: width > 0 },
    scrollToLine: lines.scrollToIndex,
  });

  const inSight = lines.getVirtualItems();
  const rowOf = useRows(ids, (inSight[0]?.index ?? 0) * columns, ((inSight.at(-1)?.index ?? 0) + 1) * columns);

  const inView = Math.max(1, Math.floor((grid.current?.clientHeight ?? 0) / rowHeight));
  const { onPress, onOpen } = useListHabits(grid, ids, { columns, inView, onInspect });

  return (
    <div
      ref={grid}
      className={styles.grid}
      role="grid"
      aria-label="Images"
      aria-multiselectable
      aria-rowcount={Math.ceil(ids.length / columns)}
      aria-colcount={columns}
      aria-activedescendant={ids.length > 0 ? `image-${ids[selection.focus]}` : undefined}
      tabIndex={0}
    >
      <div className={styles.lines} style={{ height: lines.getTotalSize() }} role="presentation">
        {inSight.map(({ index, start }) => (
          <div
            key={index}
            role="row"
            aria-rowindex={index + 1}
            className={styles.line}
            style={{ transform: `translateY(${start}px)`, height: rowHeight }}
          >
            {Array.from(ids.subarray(index * columns, (index + 1) * columns), (id, column) => (
              <ImageTile
                key={id}
                id={id}
                row={rowOf(index * columns + column)}
                size={tileSize}
                column={column}
                selected={selection.selected.has(id)}
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
