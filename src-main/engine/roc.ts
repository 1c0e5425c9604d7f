// The receiver operating characteristic of two groups with a bootstrap band around it.
import { randomFrom } from '../platform/random/random.ts';
import { auroc } from '../statistics/auroc.ts';
import { bootstrap, bootstrapAuroc, canResample, drawnGroup, percentileInterval } from '../statistics/bootstrap.ts';
import { type RocPoint, rocCurve } from '../statistics/roc-curve.ts';
import type { ScoredGroup } from '../statistics/scores.ts';

export interface RocRequest {
  readonly anomalous: ScoredGroup;
  readonly normal: ScoredGroup;
}

/** `lower` and `upper` bound the true positive rate of each point (95 %); empty, and null, with fewer than two of a kind. */
export interface RocWithBand {
  readonly threshold: Float64Array;
  readonly falsePositiveRate: Float64Array;
  readonly truePositiveRate: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly auroc: { readonly value: number; readonly lower: number | null; readonly upper: number | null };
}

const resamples = 500;
/** The band is found at these false positive rates and runs straight between them. */
const grid = Float64Array.from({ length: 101 }, (_, i) => i / 100);

/** Seeded: the same scores give the same band. Throws `usage` when a group is empty. */
export function rocWithBand({ anomalous, normal }: RocRequest): RocWithBand {
  const points = rocCurve(anomalous.scores, normal.scores);
  const several = canResample([anomalous, normal].map(drawnGroup));
  const rates = grid.length;
  const drawn = Array.from({ length: rates }, () => new Float64Array(resamples));
  let resample = 0;
  bootstrap(
    [anomalous, normal].map(drawnGroup),
    ([first, second]) => {
      const curve = rocCurve(pick(anomalous, first!), pick(normal, second!));
      for (let i = 0; i < rates; i++) drawn[i]![resample] = sensitivityAt(curve, grid[i]!);
      resample++;
      return 0;
    },
    resamples,
    randomFrom(1).fork('roc band'),
  );
  const bands = drawn.map((values) => percentileInterval(values));
  const along = (bound: 'lower' | 'upper') =>
    Float64Array.from(several ? points : [], ({ falsePositiveRate }) => {
      const at = falsePositiveRate * (rates - 1);
      const [below, share] = [Math.floor(at), at - Math.floor(at)];
      const [from, to] = [bands[below]![bound], bands[Math.min(below + 1, rates - 1)]![bound]];
      return from + share * (to - from);
    });
  const interval = percentileInterval(bootstrapAuroc(anomalous, normal, resamples, randomFrom(1).fork('auroc')));
  return {
    threshold: Float64Array.from(points, ({ threshold }) => threshold),
    falsePositiveRate: Float64Array.from(points, ({ falsePositiveRate }) => falsePositiveRate),
    truePositiveRate: Float64Array.from(points, ({ truePositiveRate }) => truePositiveRate),
    lower: along('lower'),
    upper: along('upper'),
    auroc: {
      value: auroc(anomalous.scores, normal.scores),
      lower: several ? interval.lower : null,
      upper: several ? interval.upper : null,
    },
  };
}

const pick = ({ scores }: ScoredGroup, members: readonly number[]): Float64Array =>
  Float64Array.from(members, (member) => scores[member]!);

/** The true positive rate of a curve at a false positive rate: the highest there. */
function sensitivityAt(curve: readonly RocPoint[], rate: number): number {
  return curve.findLast(({ falsePositiveRate }) => falsePositiveRate <= rate)!.truePositiveRate;
}
