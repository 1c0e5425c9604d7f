// One image of the table.
import { type MouseEvent, memo, useState } from 'react';
import type { ImageRow } from '../../src-preload/schemas/image.ts';
import { classNames } from '../class-names.ts';
import styles from './image-table.module.css';
import type { HeadProps } from './table-head.tsx';
import { useThumbnailUrl } from './thumbnail-url.ts';

interface LineProps extends HeadProps {
  readonly id: number;
  readonly row: ImageRow | undefined;
  readonly index: number;
  readonly top: number;
  readonly selected: boolean;
  readonly focused: boolean;
  readonly onPress: (id: number, event: MouseEvent) => void;
  readonly onOpen: (id: number) => void;
}

export const TableLine = memo(function TableLine(props: LineProps) {
  const { id, row, index, shown, template, top, selected, focused, onPress, onOpen } = props;
  const thumbnailUrl = useThumbnailUrl();
  const [unreadable, setUnreadable] = useState(false);
  return (
    <div
      id={`image-${id}`}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      aria-busy={row === undefined}
      tabIndex={-1}
      className={classNames(styles.line, selected && styles.selected, focused && styles.focused)}
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
        <span key={title} role="gridcell" tabIndex={-1} className={number && styles.number}>
          {row === undefined ? null : cell(row)}
        </span>
      ))}
    </div>
  );
});
