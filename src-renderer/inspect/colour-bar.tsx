// The colour scale of a heat map, and a lock that keeps its range for the next images.
import { Button } from '@blueprintjs/core';
import { LockIcon, UnlockIcon } from '@blueprintjs/icons';
import { useEffect, useRef } from 'react';
import type { ColourMap } from '../../src-preload/colour-maps.ts';
import styles from './colour-bar.module.css';
import { coloured } from './colour-map.ts';
import type { Range } from './picture.ts';

interface BarProps {
  readonly map: ColourMap;
  readonly range: Range;
  readonly locked: boolean;
  readonly onLock: () => void;
  readonly what: string;
}

const steps = 128;

export function ColourBar({ map, range, locked, onLock, what }: BarProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const rgba = coloured(
      Array.from({ length: steps }, (_, step) => step),
      [0, steps - 1],
      { map, opacity: 1, fade: false },
    );
    canvas.current?.getContext('2d')?.putImageData(new ImageData(rgba, steps, 1), 0, 0);
  }, [map]);
  const [low, high] = range.map((value) => Number(value.toPrecision(3)));
  return (
    <div className={styles.bar}>
      <span>{low}</span>
      <canvas ref={canvas} width={steps} height={1} role="img" aria-label={`colours from ${low} to ${high}`} />
      <span>{high}</span>
      <Button
        size="small"
        variant="minimal"
        icon={locked ? <LockIcon /> : <UnlockIcon />}
        active={locked}
        aria-pressed={locked}
        aria-label={`lock the colour range of the ${what}`}
        title={
          locked
            ? 'Colour range locked: the same on every image'
            : 'Each image has its own colour range; click to lock this one'
        }
        onClick={onLock}
      />
    </div>
  );
}
