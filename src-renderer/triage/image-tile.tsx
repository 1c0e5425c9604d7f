// One image of the grid: its thumbnail, its score, its verdict.
import { CrossIcon, HelpIcon, type SVGIconProps, TickIcon } from '@blueprintjs/icons';
import { type ComponentType, type MouseEvent, memo, useEffect, useState } from 'react';
import type { Decision, ImageRow } from '../../src-preload/schemas/image.ts';
import { scoreText } from './score-names.ts';
import { useThumbnailUrl } from './thumbnail-url.ts';

export const verdictIcons: Readonly<Record<Decision, ComponentType<SVGIconProps>>> = {
  keep: TickIcon,
  reject: CrossIcon,
  unsure: HelpIcon,
};

export function VerdictMark({ verdict }: { readonly verdict: Decision }) {
  const Icon = verdictIcons[verdict];
  return (
    <span className="verdict">
      <Icon size={12} /> {verdict}
    </span>
  );
}

interface TileProps {
  readonly id: number;
  readonly row: ImageRow | undefined;
  readonly size: number;
  readonly column: number;
  readonly chosen: boolean;
  readonly focused: boolean;
  readonly onPress: (id: number, event: MouseEvent) => void;
  readonly onOpen: (id: number) => void;
}

export const ImageTile = memo(function ImageTile(props: TileProps) {
  const { id, row, size, column, chosen, focused, onPress, onOpen } = props;
  const thumbnailUrl = useThumbnailUrl();
  const settled = useSettled();
  const [unreadable, setUnreadable] = useState(false);
  const state = row?.state ?? 'present';
  return (
    <div
      id={`image-${id}`}
      role="gridcell"
      aria-selected={chosen}
      aria-colindex={column + 1}
      className={`tile ${chosen ? 'chosen' : ''} ${focused ? 'focused' : ''} ${row?.verdict ?? ''}`}
      style={{ width: size }}
      title={row?.name}
      onMouseDown={(event) => onPress(id, event)}
      onDoubleClick={() => onOpen(id)}
    >
      <div className="picture" style={{ height: size - 8 }}>
        {unreadable || state === 'quarantined' ? (
          <span className="unreadable">{state === 'present' ? 'cannot be shown' : state}</span>
        ) : (
          settled && <img src={thumbnailUrl(id, 256)} alt="" draggable={false} onError={() => setUnreadable(true)} />
        )}
        {state === 'vanished' || state === 'changed' ? <span className="file-state">{state}</span> : null}
      </div>
      <div className="caption">
        <span className="only-read">{row === undefined ? 'loading' : row.name}</span>
        <span className="score">{row === undefined ? '' : row.score === null ? '–' : scoreText(row.score)}</span>
        <span className="kind">{row?.kind}</span>
        {row?.verdict == null ? <span className="only-read">undecided</span> : <VerdictMark verdict={row.verdict} />}
      </div>
    </div>
  );
});

/** Tiles that fly past ask for no thumbnail: making thousands that nobody sees would hold up the ones that somebody does. */
const settledAfterMilliseconds = 80;

function useSettled(): boolean {
  const [settled, setSettled] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(true), settledAfterMilliseconds);
    return () => clearTimeout(timer);
  }, []);
  return settled;
}
