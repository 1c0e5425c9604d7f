// The slices of a volume in anatomical order, each as high as its score: one click from any of them.
import type { ScoreName } from '../../src-preload/schemas/image.ts';
import { useAnswer } from '../host/use-host.ts';
import { scoreText } from '../triage/score-names.ts';

interface StripProps {
  readonly id: number;
  readonly score: ScoreName | undefined;
  readonly onGo: (id: number) => void;
}

export function SliceStrip({ id, score, onGo }: StripProps) {
  const { data } = useAnswer('images.slices', { id, ...(score === undefined ? {} : { score }) });
  const slices = data?.slices ?? [];
  const highest = Math.max(...slices.map((slice) => slice.score ?? 0), Number.MIN_VALUE);
  return (
    <section aria-label="Slices">
      <h2>Slices</h2>
      <div className="slices">
        {slices.map((slice, index) => (
          <button
            type="button"
            key={slice.id}
            aria-label={`slice ${index + 1}, ${slice.score === null ? 'no score' : `score ${scoreText(slice.score)}`}`}
            aria-current={slice.id === id}
            onClick={() => onGo(slice.id)}
          >
            <span style={{ height: `${((slice.score ?? 0) / highest) * 100}%` }} />
          </button>
        ))}
      </div>
    </section>
  );
}
