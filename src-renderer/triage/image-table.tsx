// The archive as a table: one image a line, with everything that is known of it in a word; a click on a head sorts.
import { CaretDownIcon, CaretUpIcon } from '@blueprintjs/icons';
import './image-table.css';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type MouseEvent, memo, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import type { Response } from '../../src-preload/contract.ts';
import type { ImageRow, Order } from '../../src-preload/schemas/image.ts';
import { VerdictMark } from './image-tile.tsx';
import { scoreLabel, scoreText } from './score-names.ts';
import { useThumbnailUrl } from './thumbnail-url.ts';
import { useTriage } from './triage-state.tsx';
import { useFacets } from './use-facets.ts';
import { useListHabits } from './use-list-habits.ts';
import { useRows } from './use-rows.ts';

const lineHeight = 40;

interface Column {
  readonly title: string;
  /** As in CSS grids. */
  readonly width: string;
  /** Shown only where the archive has anything of it. */
  readonly facet?: keyof Response<'images.facets'>;
  /** What a click on the head sorts by; undefined: nothing. */
  readonly by?: Exclude<Order['by'], object> | 'score';
  readonly cell: (row: ImageRow) => ReactNode;
  readonly number?: true;
}

const columns: readonly Column[] = [
  {
    title: 'name',
    width: 'minmax(160px, 2fr)',
    by: 'name',
    cell: ({ name }) => <span title={name}>{name}</span>,
  },
  {
    title: 'score',
    width: '168px',
    by: 'score',
    cell: ({ score }) => (score === null ? '–' : scoreText(score)),
    number: true,
  },
  {
    title: 'verdict',
    width: '84px',
    by: 'verdict',
    cell: ({ verdict }) => (verdict === null ? null : <VerdictMark verdict={verdict} />),
  },
  { title: 'kind', width: 'minmax(120px, 1fr)', by: 'kind', cell: ({ kind }) => kind },
  { title: 'modality', width: '72px', facet: 'modalities', cell: ({ modality }) => modality },
  { title: 'body part', width: '100px', facet: 'bodyParts', cell: ({ bodyPart }) => bodyPart },
  { title: 'view', width: '56px', facet: 'views', cell: ({ view }) => view },
  { title: 'size', width: '96px', cell: ({ width, height }) => `${width} × ${height}`, number: true },
  {
    title: 'frame',
    width: '84px',
    cell: ({ frame, frames }) => (frames > 1 ? `${frame + 1} of ${frames}` : ''),
    number: true,
  },
  { title: 'tags', width: 'minmax(100px, 1.4fr)', facet: 'tags', cell: ({ tags }) => tags.join(', ') },
  {
    title: 'file',
    width: '84px',
    facet: 'states',
    cell: ({ state }) => (state === 'present' ? null : <span className="file-word">{state}</span>),
  },
];

/** The columns that say something here, and their widths beside that of the picture. */
function useColumns(): { readonly shown: readonly Column[]; readonly template: string } {
  const { data } = useFacets();
  return useMemo(() => {
    const shown = columns.filter(
      ({ facet }) => facet === undefined || data?.[facet].some(({ value }) => value !== null && value !== 'present'),
    );
    return { shown, template: ['44px', ...shown.map(({ width }) => width)].join(' ') };
  }, [data]);
}

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
  useEffect(() => lines.scrollToIndex(selection.focus, { align: 'auto' }), [lines, selection.focus]);
  const inSight = lines.getVirtualItems();
  const rowOf = useRows(ids, inSight[0]?.index ?? 0, (inSight.at(-1)?.index ?? 0) + 1);
  const inView = Math.max(1, Math.floor((body.current?.clientHeight ?? 0) / lineHeight) - 1);
  const { onPress, onOpen, onKeyDown } = useListHabits(ids, { columns: 1, inView, onInspect });
  return (
    <div
      ref={body}
      className="table"
      role="grid"
      aria-label="Images"
      aria-multiselectable
      aria-rowcount={ids.length + 1}
      aria-colcount={shown.length + 1}
      aria-activedescendant={ids.length > 0 ? `image-${ids[selection.focus]}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <Head shown={shown} template={template} />
      <div className="lines" style={{ height: lines.getTotalSize() - lineHeight }} role="rowgroup">
        {inSight.map(({ index, start }) => (
          <TableLine
            key={ids[index]}
            id={ids[index]!}
            row={rowOf(index)}
            index={index}
            shown={shown}
            template={template}
            top={start - lineHeight}
            chosen={selection.chosen.has(ids[index]!)}
            focused={index === selection.focus}
            onPress={onPress}
            onOpen={onOpen}
          />
        ))}
      </div>
    </div>
  );
}

interface HeadProps {
  readonly shown: readonly Column[];
  readonly template: string;
}

function Head({ shown, template }: HeadProps) {
  const { order, setOrder, score } = useTriage();
  const isSorted = ({ by }: Column) => (by === 'score' ? typeof order.by === 'object' : by === order.by);
  const sort = (column: Column) => {
    const by = column.by === 'score' ? score : column.by;
    if (by === undefined) return;
    const descending = isSorted(column) ? !order.descending : typeof by === 'object';
    setOrder({ by, descending });
  };
  return (
    <div
      className="table-line head"
      role="row"
      aria-rowindex={1}
      tabIndex={-1}
      style={{ gridTemplateColumns: template }}
    >
      <span role="columnheader" tabIndex={-1} aria-label="picture" />
      {shown.map((column) => {
        const sorted = isSorted(column);
        const title = column.by === 'score' && score !== undefined ? scoreLabel(score) : column.title;
        return (
          <span
            key={column.title}
            role="columnheader"
            tabIndex={-1}
            className={column.number ? 'number' : ''}
            {...(sorted ? { 'aria-sort': order.descending ? ('descending' as const) : ('ascending' as const) } : {})}
          >
            {column.by === undefined ? (
              title
            ) : (
              <button type="button" title={`Sort by ${title}`} onClick={() => sort(column)}>
                {title} {sorted ? order.descending ? <CaretDownIcon size={12} /> : <CaretUpIcon size={12} /> : null}
              </button>
            )}
          </span>
        );
      })}
    </div>
  );
}

interface LineProps extends HeadProps {
  readonly id: number;
  readonly row: ImageRow | undefined;
  readonly index: number;
  readonly top: number;
  readonly chosen: boolean;
  readonly focused: boolean;
  readonly onPress: (id: number, event: MouseEvent) => void;
  readonly onOpen: (id: number) => void;
}

const TableLine = memo(function TableLine(props: LineProps) {
  const { id, row, index, shown, template, top, chosen, focused, onPress, onOpen } = props;
  const thumbnailUrl = useThumbnailUrl();
  const [unreadable, setUnreadable] = useState(false);
  return (
    <div
      id={`image-${id}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={chosen}
      tabIndex={-1}
      className={`table-line ${chosen ? 'chosen' : ''} ${focused ? 'focused' : ''} ${row?.verdict ?? ''}`}
      style={{ transform: `translateY(${top}px)`, gridTemplateColumns: template }}
      onMouseDown={(event) => onPress(id, event)}
      onDoubleClick={() => onOpen(id)}
    >
      <span role="gridcell" tabIndex={-1}>
        {unreadable || row?.state === 'quarantined' ? null : (
          <img src={thumbnailUrl(id, 64)} alt="" draggable={false} onError={() => setUnreadable(true)} />
        )}
      </span>
      {shown.map(({ title, cell, number }) => (
        <span key={title} role="gridcell" tabIndex={-1} className={number ? 'number' : ''}>
          {row === undefined ? null : cell(row)}
        </span>
      ))}
    </div>
  );
});
