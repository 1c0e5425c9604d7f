// The highest-scoring patches as a ranked strip, each one click from its place.

import { useDeferredValue, useEffect, useMemo, useRef } from 'react';
import { meaningOf } from '../../src-preload/glossary.ts';
import type { Frame, ImageDetail } from '../../src-preload/schemas/image.ts';
import { scoreText } from '../triage/score-names.ts';
import styles from './patch-strip.module.css';
import { frameLayer, type ScoreMap } from './picture.ts';
import type { Box } from './sight.ts';
import type { GreyWindow } from './window-level.ts';

type Patch = ImageDetail['patches'][number];

interface StripProps {
  readonly patches: readonly Patch[];
  readonly map: ScoreMap | undefined;
  readonly frame: Frame | undefined;
  /** As the pictures are shown. */
  readonly window: GreyWindow | undefined;
  readonly invert: boolean;
  readonly onGo: (rectangle: Patch['rectangle']) => void;
}

export function PatchStrip({ patches, map, frame, window, invert, onGo }: StripProps) {
  // While a window is being dragged, the large pictures come first.
  const late = useDeferredValue(window);
  const pixels = useMemo(
    () => (frame === undefined || late === undefined ? undefined : frameLayer(frame, late, invert).pixels),
    [frame, late, invert],
  );
  if (patches.length === 0 || map === undefined || pixels === undefined) return null;
  const { placement, side } = map;
  return (
    <section aria-label="Highest-scoring patches">
      <h2 title={meaningOf('patch')}>Highest-scoring patches</h2>
      <div className={styles.patches}>
        {patches.map((patch) => (
          <button
            type="button"
            key={patch.rank}
            title={`Go to patch ${patch.rank}`}
            onClick={() => onGo(patch.rectangle)}
          >
            <PatchPicture
              pixels={pixels}
              x={placement.x + (patch.rectangle.x / side) * placement.width}
              y={placement.y + (patch.rectangle.y / side) * placement.height}
              width={(patch.rectangle.width / side) * placement.width}
              height={(patch.rectangle.height / side) * placement.height}
            />
            <span>
              {patch.rank}. {scoreText(patch.value)}
            </span>
          </button>
        ))}
      </div>
    </section>
  );
}

const shownSide = 64;

/** A box in pixels of the stored image. */
function PatchPicture({ pixels, x, y, width, height }: Box & { readonly pixels: OffscreenCanvas }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (context == null) return;
    context.imageSmoothingEnabled = false;
    context.drawImage(pixels, x, y, width, height, 0, 0, shownSide, shownSide);
  }, [pixels, x, y, width, height]);
  return <canvas ref={canvas} width={shownSide} height={shownSide} aria-hidden />;
}
