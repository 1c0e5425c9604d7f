// One image of the grid: its thumbnail, its score, its verdict.
import { type MouseEvent, memo, useEffect, useState } from 'react';
import type { ImageRow } from '../../src-preload/schemas/image.ts';
import { fileStateText } from '../archive/file-state.ts';
import { classNames } from '../class-names.ts';
import text from '../styles/text.module.css';
import styles from './image-tile.module.css';
import { scoreText, shortReason } from './score-names.ts';
import { useThumbnailUrl } from './thumbnail-url.ts';
import { VerdictMark } from './verdict-mark.tsx';

interface TileProps {
  readonly id: number;
  readonly row: ImageRow | undefined;
  readonly size: number;
  readonly column: number;
  readonly selected: boolean;
  readonly focused: boolean;
  readonly onPress: (id: number, event: MouseEvent) => void;
  readonly onOpen: (id: number) => void;
}

export const ImageTile = memo(function ImageTile(props: TileProps) {
  const { id, row, size, column, selected, focused, onPress, onOpen } = props;
  const thumbnailUrl = useThumbnailUrl();
  const settled = useSettled();
  const [unreadable, setUnreadable] = useState(false);
  const state = row?.state ?? 'present';
  // A file that is there again can be shown again.
  useEffect(() => {
    if (state === 'present') setUnreadable(false);
  }, [state]);
  return (
    <div
      id={`image-${id}`}
      role="gridcell"
      aria-selected={selected}
      aria-colindex={column + 1}
      aria-busy={row === undefined}
      className={classNames(
        styles.tile,
        selected && styles.selected,
        focused && styles.focused,
        row?.verdict === 'reject' && styles.rejected,
      )}
      style={{ width: size }}
      title={row?.why == null ? row?.name : `${row.name}\n${row.why}`}
      onMouseDown={(event) => onPress(id, event)}
      onDoubleClick={() => onOpen(id)}
    >
      <div className={styles.picture} style={{ height: size - 8 }}>
        {unreadable || state === 'quarantined' ? (
          <span className={styles.unreadable}>{state === 'present' ? 'cannot be shown' : fileStateText(state)}</span>
        ) : (
          settled && <img src={thumbnailUrl(id, 256)} alt="" draggable={false} onError={() => setUnreadable(true)} />
        )}
        {(state === 'vanished' || state === 'changed') && !unreadable ? (
          <span className={styles.fileState}>{fileStateText(state)}</span>
        ) : null}
      </div>
      <div className={styles.caption}>
        <span className={text.onlyRead}>{row === undefined ? 'loading' : row.name}</span>
        <ScoreText row={row} />
        <span className={styles.kind}>{row?.why == null ? row?.kind : shortReason(row.why)}</span>
        {row?.verdict == null ? (
          <span className={text.onlyRead}>undecided</span>
        ) : (
          <VerdictMark verdict={row.verdict} />
        )}
      </div>
    </div>
  );
});

/** The score as it is read, with the whole number for programs; empty while the row is on its way. */
function ScoreText({ row }: { readonly row: ImageRow | undefined }) {
  if (row === undefined) return <span className={styles.score} />;
  if (row.score === null) return <span className={styles.score}>–</span>;
  return (
    <data className={styles.score} value={row.score}>
      {scoreText(row.score)}
    </data>
  );
}

/** Tiles that only pass by request no thumbnail: thousands of unseen ones would delay the visible ones. */
const settledAfterMilliseconds = 80;

function useSettled(): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), settledAfterMilliseconds);
    return () => clearTimeout(timer);
  }, []);
  return settled;
}
