// Images that a generator draws from random latents, for what needs a picture of the normals and has none.
import { input } from '../../native/graph/build.ts';
import { constantParameters } from '../../native/networks/parameter-source.ts';
import { broadcastLatent, generatorMapping } from '../../native/networks/stylegan2/mapping.ts';
import { latentCount, storedNoise, synthesis } from '../../native/networks/stylegan2/synthesis.ts';
import { compile } from '../../native/runtime/program.ts';
import type { Device } from '../../native/runtime/session.ts';
import type { GeneratorNetwork } from '../networks/load-network.ts';
import type { Random } from '../platform/random/random.ts';

/** `count` images [C, R, R], nominally -1..1, without truncation, drawn with the stored noise; label 0's zeros. */
export async function sampleImages(
  device: Device,
  { arguments_, tensors }: GeneratorNetwork,
  count: number,
  random: Random,
): Promise<readonly Float32Array[]> {
  const { z_dim, c_dim } = arguments_;
  const source = constantParameters(tensors);
  const labels = c_dim > 0 ? input('c', [1, c_dim]) : undefined;
  const w = generatorMapping(source, arguments_, input('z', [1, z_dim]), labels);
  const image = synthesis(source, arguments_, broadcastLatent(w, latentCount(arguments_)), storedNoise(source));
  const program = await compile(device, { outputs: { image } });
  const images: Float32Array[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const z = random.gaussians(z_dim);
      const { image } = await program.run(c_dim > 0 ? { z, c: new Float32Array(c_dim) } : { z });
      images.push(image!);
    }
  } finally {
    await program.release();
  }
  return images;
}
