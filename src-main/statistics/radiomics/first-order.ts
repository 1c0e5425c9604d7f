// First-order features: the distribution of grey values, without regard to where they are.
import { mean } from '../moments.ts';
import { sortedQuantile } from '../quantile.ts';
import { type DiscretisedImage, entropy, type Features, type RadiomicImage } from './discretised-image.ts';

/** The 18 first-order features of pyradiomics; the entropy and uniformity are those of the binned levels. */
export function firstOrderFeatures(
  { spacing }: RadiomicImage,
  { levels, present, sorted }: DiscretisedImage,
): Features {
  const quantile = (probability: number) => sortedQuantile(sorted, probability);
  const average = mean(sorted);
  const moment = (power: number) => mean(sorted.map((value) => (value - average) ** power));
  const energy = sorted.reduce((sum, value) => sum + value * value, 0);
  const [tenth, ninetieth] = [quantile(0.1), quantile(0.9)];
  const robust = sorted.filter((value) => value >= tenth && value <= ninetieth);
  const robustMean = mean(robust);
  const variance = moment(2);
  const counts = new Float64Array(present.at(-1)! + 1);
  for (const level of levels) if (level > 0) counts[level]! += 1;
  const shares = counts.map((count) => count / sorted.length);
  return {
    '10Percentile': tenth,
    '90Percentile': ninetieth,
    Energy: energy,
    Entropy: entropy(shares),
    InterquartileRange: quantile(0.75) - quantile(0.25),
    Kurtosis: variance === 0 ? 0 : moment(4) / variance ** 2,
    Maximum: quantile(1),
    MeanAbsoluteDeviation: mean(sorted.map((value) => Math.abs(value - average))),
    Mean: average,
    Median: quantile(0.5),
    Minimum: quantile(0),
    Range: quantile(1) - quantile(0),
    RobustMeanAbsoluteDeviation: mean(robust.map((value) => Math.abs(value - robustMean))),
    RootMeanSquared: Math.sqrt(energy / sorted.length),
    Skewness: variance === 0 ? 0 : moment(3) / variance ** 1.5,
    TotalEnergy: energy * spacing.reduce((product, length) => product * length, 1),
    Uniformity: shares.reduce((sum, share) => sum + share * share, 0),
    Variance: variance,
  };
}
