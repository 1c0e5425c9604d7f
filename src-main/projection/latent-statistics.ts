// Mean and spread of W over random latent codes: where a projection starts and how much noise it adds.
import { input } from '../../native/graph/build.ts';
import { constantParameters } from '../../native/networks/parameter-source.ts';
import { generatorMapping } from '../../native/networks/stylegan2/mapping.ts';
import { compile } from '../../native/runtime/program.ts';
import type { Device } from '../../native/runtime/session.ts';
import type { GeneratorNetwork } from '../networks/load-network.ts';

/** Mean of w [w_dim] and the root of the summed squared deviations per sample, as the published projector computes it. */
export interface LatentStatistics {
  readonly mean: Float32Array;
  readonly deviation: number;
}

const batch = 500;

/**
 * Statistics over `codes` [count, z_dim]. A conditional network is mapped with label 0's zeros, as published
 * (`G.mapping(z, None)` is only defined for unconditional networks; labels [count, c_dim] may be given).
 */
export async function latentStatistics(
  device: Device,
  { arguments_, tensors }: GeneratorNetwork,
  codes: Float32Array,
): Promise<LatentStatistics> {
  const { z_dim: size, w_dim: width, c_dim: labelSize } = arguments_;
  const count = codes.length / size;
  const label = labelSize > 0 ? input('c', [batch, labelSize]) : undefined;
  const w = generatorMapping(constantParameters(tensors), arguments_, input('z', [batch, size]), label);
  const program = await compile(device, { outputs: { w } });
  const latents = new Float32Array(count * width);
  try {
    for (let start = 0; start < count; start += batch) {
      const z = new Float32Array(batch * size);
      z.set(codes.subarray(start * size, Math.min(count, start + batch) * size));
      const feeds = labelSize > 0 ? { z, c: new Float32Array(batch * labelSize) } : { z };
      const result = await program.run(feeds);
      latents.set(result.w!.subarray(0, Math.min(batch, count - start) * width), start * width);
    }
  } finally {
    await program.release();
  }
  return summarise(latents, width);
}

function summarise(latents: Float32Array, width: number): LatentStatistics {
  const count = latents.length / width;
  const sums = new Float64Array(width);
  for (let i = 0; i < latents.length; i++) sums[i % width]! += latents[i]!;
  const mean = Float32Array.from(sums, (total) => total / count);
  let squares = 0;
  for (let i = 0; i < latents.length; i++) squares += (latents[i]! - mean[i % width]!) ** 2;
  return { mean, deviation: Math.sqrt(squares / count) };
}
