// The images that are projected twice (--inverse both): which they are, and how far both ways agree in their order.
import { intervalText } from '../../src-preload/interval-text.ts';
import type { RankAgreement } from '../statistics/rank-correlation.ts';

/** The share of the scored images with the highest values, at least one; ties in their order. */
export function mostDoubtful<I extends { readonly value: number }>(scored: readonly I[], share: number): readonly I[] {
  const count = Math.max(1, Math.round(scored.length * share));
  return scored.toSorted((a, b) => b.value - a.value).slice(0, count);
}

/** `rank agreement of encoder and optimization by WD patch, on the 12 most doubtful images: Spearman 0.83 (95 % interval 0.61 to 0.94)`. */
export function agreementLine(score: string, { images, spearman, lower, upper }: RankAgreement): string {
  const about = `rank agreement of encoder and optimization by ${score}, on the ${images} most doubtful ${images === 1 ? 'image' : 'images'}`;
  if (spearman === null) return `${about}: not defined`;
  const interval = intervalText(lower, upper, ' to ', { none: 'not defined' });
  return `${about}: Spearman ${spearman.toFixed(2)} (95 % interval ${interval})`;
}
