// What the processor computes at most: the rate of the quickest of a few convolutions, as a measure for every other figure.
import { cpus } from 'node:os';
import { constant, convolution, input } from '../../native/graph/build.ts';
import { compile } from '../../native/runtime/program.ts';

/** Model of the processor, number of its threads. */
export const processor = (): string => `${cpus()[0]?.model.trim() ?? process.arch}, ${cpus().length} threads`;

/** Channels and side of the convolutions that are tried. */
const shapes = [
  [64, 128],
  [128, 64],
  [256, 32],
] as const;

/** GFLOP/s (a multiplication and an addition are two) of the best 3x3 convolution, best of several runs. */
export async function peakRate(): Promise<number> {
  let best = 0;
  for (const [channels, side] of shapes) {
    const weights = constant(new Float32Array(channels * channels * 9).fill(0.01), [channels, channels, 3, 3]);
    const y = convolution(input('x', [4, channels, side, side]), weights, { padding: 1 });
    const program = await compile({ name: 'cpu', threads: 0 }, { outputs: { y } });
    const x = new Float32Array(4 * channels * side * side).fill(0.5);
    for (let run = 0; run < 6; run++) {
      const began = performance.now();
      await program.run({ x });
      const operations = 2 * 4 * channels * channels * 9 * side * side;
      best = Math.max(best, operations / (performance.now() - began) / 1e6);
    }
    await program.release();
  }
  return best;
}
