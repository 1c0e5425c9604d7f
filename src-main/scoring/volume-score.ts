// The score of a volume from the scores of its slices.
import { quantile } from '../statistics/quantile.ts';

export interface VolumeScore {
  readonly maximum: number;
  readonly mean: number;
  /** 95th percentile, linear between slices as numpy.percentile. */
  readonly percentile95: number;
}

/** Sums up the scores of a volume's slices; undefined when no slice has a score. */
export function volumeScore(sliceScores: readonly number[]): VolumeScore | undefined {
  if (sliceScores.length === 0) return undefined;
  return {
    maximum: quantile(sliceScores, 1),
    mean: sliceScores.reduce((sum, score) => sum + score, 0) / sliceScores.length,
    percentile95: quantile(sliceScores, 0.95),
  };
}
