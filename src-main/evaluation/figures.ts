// The figures of an evaluation in words and as CSV.
import { formatCsv } from '../platform/csv.ts';
import type { JudgedScore, Judgement } from './judgement.ts';
import type { ReferenceNormals } from './reference-normals.ts';

export const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** `0.03`, `<0.001`; a dash where there is none. */
export function pText(p: number | null): string {
  if (p === null) return '-';
  return p < 0.001 ? '<0.001' : p.toPrecision(2);
}

/** What is said of where a score's highest patches lie; null where no anomaly is annotated. */
export function localisationLine({ name, localisation }: JudgedScore): string | null {
  if (localisation === null) return null;
  const { images, overlap, covered } = localisation;
  const range = (share: typeof overlap) =>
    `${percent(share.share)} (${share.interval === null ? 'no interval of one patient' : `${percent(share.interval.lower)} to ${percent(share.interval.upper)}`}; by chance ${percent(share.byChance)})`;
  return `${name.score}: highest patch on the anomaly in ${range(overlap)} of ${images} images, covering ${range(covered)} of its area`;
}

/** A warning: scores of images that a run used as reference say little about other images. */
export function referenceLine({ run, cohort, used, judged }: ReferenceNormals): string {
  return `run ${run} used ${used} of the ${judged} normal images evaluated here as reference (cohort ${cohort}): on other images it may do worse`;
}

/** One row per score and pair. */
export function figuresCsv({ pairs, scores }: Judgement): string {
  const columns = [
    'run',
    'score',
    'kind',
    'baseline',
    'anomalous',
    'normal',
    'auroc',
    'lower',
    'upper',
    'p',
    'p_holm',
    'sensitivity_at_95_specificity',
    'sensitivity_lower',
    'sensitivity_upper',
    'difference_to_best',
    'p_delong_holm',
    'p_permutation_holm',
  ] as const;
  const rows = scores.flatMap(({ name: { run, score }, detections, differences }) =>
    pairs.map(({ anomalous: kind, normal: baseline }, pair) => {
      const { auroc, lower, upper, p, adjusted, anomalous, normal, ...found } = detections[pair]!;
      const difference = differences?.[pair] ?? null;
      return {
        run,
        score,
        kind,
        baseline,
        anomalous,
        normal,
        auroc,
        lower,
        upper,
        p,
        p_holm: adjusted,
        sensitivity_at_95_specificity: found.sensitivity,
        sensitivity_lower: found.sensitivityLower,
        sensitivity_upper: found.sensitivityUpper,
        difference_to_best: difference?.difference ?? null,
        p_delong_holm: difference?.delong ?? null,
        p_permutation_holm: difference?.permutation ?? null,
      };
    }),
  );
  return formatCsv(columns, rows);
}

/** One row per score with annotated anomalies: where its highest patches lie. */
export function localisationCsv({ scores }: Judgement): string {
  const columns = [
    'run',
    'score',
    'images',
    ...(['overlap', 'covered'] as const).flatMap((what) => [
      what,
      `${what}_lower` as const,
      `${what}_upper` as const,
      `${what}_by_chance` as const,
    ]),
  ] as const;
  const rows = scores.flatMap(({ name: { run, score }, localisation }) => {
    if (localisation === null) return [];
    const { images, overlap, covered } = localisation;
    return [
      {
        run,
        score,
        images,
        overlap: overlap.share,
        overlap_lower: overlap.interval?.lower ?? null,
        overlap_upper: overlap.interval?.upper ?? null,
        overlap_by_chance: overlap.byChance,
        covered: covered.share,
        covered_lower: covered.interval?.lower ?? null,
        covered_upper: covered.interval?.upper ?? null,
        covered_by_chance: covered.byChance,
      },
    ];
  });
  return formatCsv(columns, rows);
}
