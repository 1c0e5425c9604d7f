// Dense regions of a map in sight, each with its most typical image.
import { useEffect, useState } from 'react';
import { classNames } from '../class-names.ts';
import { countOf } from '../review.tsx';
import { useThumbnailUrl } from '../triage/thumbnail-url.ts';
import styles from './typical-images.module.css';
import { type DenseRegion, denseRegions, type MapViewport, placeOf, type Size } from './viewport.ts';

const picture = 52;
/** They are chosen anew once the map has been still for a moment. */
const stillMilliseconds = 160;

interface TypicalProps {
  readonly ids: Uint32Array;
  readonly points: Float32Array;
  readonly viewport: MapViewport;
  readonly size: Size;
  /** Dragging draws a region, over these images as well. */
  readonly draws: boolean;
  readonly onFocus: (at: number) => void;
  readonly onOpen: (at: number) => void;
}

export function TypicalImages({ ids, points, viewport, size, draws, onFocus, onOpen }: TypicalProps) {
  const thumbnailUrl = useThumbnailUrl();
  const [regions, setRegions] = useState<readonly DenseRegion[]>([]);
  useEffect(() => {
    const least = Math.max(3, Math.round(0.002 * ids.length));
    const find = () => setRegions(denseRegions(points, viewport, size, { cell: 84, most: 24, least }));
    const timer = setTimeout(find, stillMilliseconds);
    return () => clearTimeout(timer);
  }, [ids, points, viewport, size]);
  return (
    <ul className={classNames(styles.list, draws && styles.underneath)} aria-label="Typical images of dense regions">
      {regions.map(({ at, images }) => {
        const [x, y] = placeOf(viewport, points, at);
        return (
          <li key={at} className={styles.item} style={{ transform: `translate(${x + 4}px, ${y - picture - 4}px)` }}>
            <button
              type="button"
              title={`Typical of ${countOf(images)} here; double-click to inspect`}
              aria-label={`Image ${ids[at]}, typical of ${countOf(images)} here`}
              onClick={() => onFocus(at)}
              onDoubleClick={() => onOpen(at)}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return;
                event.preventDefault();
                onOpen(at);
              }}
            >
              <img src={thumbnailUrl(ids[at]!, 64)} alt="" draggable={false} width={picture} height={picture} />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
