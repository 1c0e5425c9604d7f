// The archive as a table: one image a line, with everything that is known of it in a word; a click on a head sorts.
import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import styles from './image-table.module.css';
import { useColumns } from './table-columns.tsx';
import { TableHead } from './table-head.tsx';
import { TableLine } from './table-line.tsx';
import { useTriage } from './triage-state.tsx';
import { useListHabits } from './use-list-habits.ts';
import { useRows } from './use-rows.ts';
import { useViewport } from './use-viewport.ts';

const lineHeight = 40;

interface TableProps {
  readonly ids: Uint32Array;
  readonly onInspect: () => void;
}

export function ImageTable({ ids, onInspect }: TableProps) {
  const { selection } = useTriage();
  const { shown, template } = useColumns();
  const body = useRef<HTMLDivElement>(null);
  const lines = useVirtualizer({
    count: ids.length,
    getScrollElement: () => body.current,
    estimateSize: () => lineHeight,
    overscan: 6,
    // The head stays in sight above the lines.
    paddingStart: lineHeight,
    scrollPaddingStart: lineHeight,
  });
  useViewport({
    ...{ list: body, columns: 1, lineHeight, covered: lineHeight, ready: true },
    scrollToLine: lines.scrollToIndex,
  });
  const inSight = lines.getVirtualItems();
  const rowOf = useRows(ids, inSight[0]?.index ?? 0, (inSight.at(-1)?.index ?? 0) + 1);
  const inView = Math.max(1, Math.floor((body.current?.clientHeight ?? 0) / lineHeight) - 1);
  const { onPress, onOpen } = useListHabits(body, ids, { columns: 1, inView, onInspect });
  return (
    <div
      ref={body}
      className={styles.table}
      role="grid"
      aria-label="Images"
      aria-multiselectable
      aria-rowcount={ids.length + 1}
      aria-colcount={shown.length + 1}
      aria-activedescendant={ids.length > 0 ? `image-${ids[selection.focus]}` : undefined}
      tabIndex={0}
    >
      <TableHead shown={shown} template={template} />
      <div className={styles.lines} style={{ height: lines.getTotalSize() - lineHeight }} role="rowgroup">
        {inSight.map(({ index, start }) => (
          <TableLine
            key={ids[index]}
            id={ids[index]!}
            row={rowOf(index)}
            index={index}
            shown={shown}
            template={template}
            top={start - lineHeight}
            selected={selection.selected.has(ids[index]!)}
            focused={index === selection.focus}
            onPress={onPress}
            onOpen={onOpen}
          />
        ))}
      </div>
    </div>
  );
}
