// Numbers by a formula, so that weights need not be stored: the same as `fill` in the scripts that made golden values.
import type { HostTensor } from '../../native/runtime/variables.ts';

/** Uniform numbers of a mean and standard deviation from a hash of the name and the index. */
export function fill(name: string, shape: readonly number[], deviation = 1, mean = 0): HostTensor {
  let seed = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 0x01000193);
  const size = shape.reduce((product, length) => product * length, 1);
  const data = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const uniform = (mixed(Math.imul(i, 0x9e3779b9) + seed) >>> 8) / 2 ** 24 - 0.5;
    data[i] = uniform * Math.sqrt(12) * deviation + mean;
  }
  return { data, shape };
}

function mixed(x: number): number {
  const a = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  const b = Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
  return b ^ (b >>> 16);
}
