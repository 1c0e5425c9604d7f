// Images that a generator draws for a metric: random codes and labels, new noise for each, 8-bit levels.
import { input } from '../../../native/graph/build.ts';
import { sizeOf } from '../../../native/graph/operations.ts';
import { constantParameters } from '../../../native/networks/parameter-source.ts';
import { broadcastLatent, generatorMapping } from '../../../native/networks/stylegan2/mapping.ts';
import { fedNoise, latentCount, synthesis } from '../../../native/networks/stylegan2/synthesis.ts';
import { compile } from '../../../native/runtime/program.ts';
import type { Device } from '../../../native/runtime/session.ts';
import { generatedBytes } from '../../archive/target-bytes.ts';
import type { GeneratorNetwork } from '../../networks/load-network.ts';
import type { Random } from '../../platform/random/random.ts';
import type { ImageSource } from './feature-summary.ts';

/** Draws `count` labels of the data set at random, [count, c_dim]. */
export type DrawLabels = (count: number, random: Random) => Float32Array;

/** An open generator: `count` images in all, at most `batch` at once. Release when done. */
export async function openGeneratedImages(
  device: Device,
  { arguments_, tensors }: GeneratorNetwork,
  { count, batch, drawLabels }: { readonly count: number; readonly batch: number; readonly drawLabels: DrawLabels },
  random: Random,
): Promise<{ readonly source: ImageSource; readonly release: () => Promise<void> }> {
  const { z_dim, c_dim, img_resolution: side, img_channels: channels } = arguments_;
  const parameters = constantParameters(tensors);
  const labels = c_dim > 0 ? input('c', [batch, c_dim]) : undefined;
  const w = generatorMapping(parameters, arguments_, input('z', [batch, z_dim]), labels);
  const ws = broadcastLatent(w, latentCount(arguments_));
  const program = await compile(device, {
    outputs: { images: synthesis(parameters, arguments_, ws, fedNoise(batch)) },
  });
  const noise = program.inputs.filter(({ name }) => name.startsWith('noise.'));
  let left = count;
  const size = channels * side ** 2;
  return {
    source: async (asked) => {
      const wanted = Math.min(asked, batch, left);
      left -= wanted;
      if (wanted === 0) return [];
      const drawn = noise.map(({ name, shape }) => [name, random.gaussians(sizeOf(shape))] as const);
      const codes = { z: random.gaussians(batch * z_dim), ...(c_dim > 0 ? { c: drawLabels(batch, random) } : {}) };
      const { images } = await program.run({ ...codes, ...Object.fromEntries(drawn) });
      return Array.from({ length: wanted }, (_, i) => {
        const data = generatedBytes(images!.subarray(i * size, (i + 1) * size), channels);
        return { width: side, height: side, channels, data };
      });
    },
    release: () => program.release(),
  };
}
