// The slices of a scan in anatomical order, each as high as its score: one click, or a turn of the wheel, from any of them.
import { useEffect, useRef } from 'react';
import type { Response } from '../../src-preload/contract.ts';
import { scoreText } from '../triage/score-names.ts';
import styles from './slice-strip.module.css';

type Slice = Response<'images.slices'>['slices'][number];

interface StripProps {
  readonly id: number;
  readonly slices: readonly Slice[];
  /** What the heights are, such as `WD patch (run 2)`. */
  readonly score: string | undefined;
  readonly onGo: (id: number) => void;
}

export function SliceStrip({ id, slices, score, onGo }: StripProps) {
  const current = useRef<HTMLButtonElement>(null);
  // The strip of a long scan scrolls: the slice that is shown must be in sight.
  useEffect(() => {
    if (current.current?.dataset.slice === String(id))
      current.current.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [id]);
  const known = slices.flatMap((slice) => slice.score ?? []);
  const [low, high] = [Math.min(0, ...known), Math.max(...known, Number.MIN_VALUE)];
  const place = slices.findIndex((slice) => slice.id === id);
  const own = slices[place]?.score ?? null;
  return (
    <section aria-label="Slices">
      <h2>
        Slice {place + 1} of {slices.length}
        <span className={styles.score}>{own === null ? 'no score' : `${score} ${scoreText(own)}`}</span>
      </h2>
      <div className={styles.slices}>
        {slices.map((slice, index) => (
          <button
            type="button"
            key={slice.id}
            ref={slice.id === id ? current : null}
            data-slice={slice.id}
            className={slice.verdict === null ? undefined : styles[slice.verdict]}
            title={`slice ${index + 1}: ${slice.score === null ? 'no score' : scoreText(slice.score)}`}
            aria-label={`slice ${index + 1}, ${slice.score === null ? 'no score' : `score ${scoreText(slice.score)}`}${slice.verdict === null ? '' : `, ${slice.verdict}`}`}
            aria-current={slice.id === id}
            onClick={() => onGo(slice.id)}
          >
            <span style={{ height: `${(((slice.score ?? low) - low) / (high - low)) * 100}%` }} />
          </button>
        ))}
      </div>
    </section>
  );
}
