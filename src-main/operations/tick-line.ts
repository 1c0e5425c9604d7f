// What a training tells, a tick or the metric of a snapshot, as one line for people.
import type { LocaliserTick } from '../training/localiser/train-localiser.ts';
import type { TickStatistics } from '../training/tick-statistics.ts';
import type { MetricResult } from '../training/training-metrics.ts';

/** What the line says, in order: label, published name of the number, digits. */
const parts: readonly (readonly [label: string, name: string, digits: number])[] = [
  ['kimg', 'Progress/kimg', 1],
  ['loss G', 'Loss/G/loss', 3],
  ['loss D', 'Loss/D/loss', 3],
  ['R1', 'Loss/r1_penalty', 3],
  ['sign of reals', 'Loss/signs/real', 2],
  ['augmentation', 'Progress/augment', 3],
  ['s/kimg', 'Timing/sec_per_kimg', 1],
];

/** `kimg 4.0, loss G 0.912, …`; numbers that the tick does not have are left out. */
export function tickLine(tick: TickStatistics): string {
  return parts
    .flatMap(([label, name, digits]) =>
      tick[name] === undefined ? [] : [`${label} ${tick[name].mean.toFixed(digits)}`],
    )
    .join(', ');
}

/** `fid50k_full 12.34 of network-snapshot-000400.safetensors, 1m 02s`. */
export function metricLine({ results, snapshot_pkl, total_time_str }: MetricResult): string {
  const values = Object.entries(results).map(([name, value]) => `${name} ${Number(value.toPrecision(5))}`);
  return `${values.join(', ')} of ${snapshot_pkl}, ${total_time_str}`;
}

/** `kimg 8.0, loss 0.9012, held-out loss 0.954, latent offset 0.41, s/kimg 30.1`. */
export function encoderTickLine(tick: TickStatistics): string {
  const mean = (name: string, digits: number) => tick[name]!.mean.toFixed(digits);
  const losses = `loss ${mean('Loss/E/reconstruction', 4)}, held-out loss ${mean('Loss/E/validation', 4)}`;
  const rest = `latent offset ${mean('Loss/E/latent', 3)}, s/kimg ${mean('Timing/sec_per_kimg', 1)}`;
  return `kimg ${mean('Progress/kimg', 1)}, ${losses}, ${rest}`;
}

/** `kimg 8.0, loss 0.0912, held-out loss 0.0954 (best so far), held-out AUROC 0.871, 45 images/s`. */
export function localiserTickLine(tick: LocaliserTick): string {
  const held = `held-out loss ${tick.loss.toFixed(4)}${tick.best ? ' (best so far)' : ''}`;
  const parts = [`kimg ${(tick.imagesShown / 1000).toFixed(1)}`, `loss ${tick.trainingLoss.toFixed(4)}`, held];
  return `${parts.join(', ')}, held-out AUROC ${tick.auroc.toFixed(3)}, ${tick.imagesPerSecond.toFixed(1)} images/s`;
}
