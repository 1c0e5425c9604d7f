// The tiny network with an encoder of random weights, as a file: no training is needed to see what an encoder is used for.
import { encoderArguments, encoderStart } from '../../native/networks/stylegan2/encoder.ts';
import { writeCheckpoint } from '../../native/weights/checkpoint.ts';
import { readNetworks } from '../../native/weights/read-networks.ts';
import { publishedStatistics } from '../../src-main/engine/reconstructor.ts';
import { loadNetwork } from '../../src-main/networks/load-network.ts';
import { randomFrom } from '../../src-main/platform/random/random.ts';
import { toJson } from '../../src-main/training/run-folder.ts';
import { oneThread } from '../training/tiny-training.ts';

const tiny = new URL('../golden/stylegan2/tiny.pkl', import.meta.url).pathname;

/** Writes the network (32x32, one channel, eight latents) to `file`. */
export async function writeNetworkWithEncoder(file: string): Promise<void> {
  const { generator, discriminator } = await loadNetwork(tiny);
  const { networks, provenance } = await readNetworks(tiny);
  const arguments_ = encoderArguments(generator.arguments_, discriminator!.arguments_);
  const latents = await publishedStatistics(oneThread, { generator });
  const tensors = encoderStart(arguments_, discriminator!.tensors, latents);
  const { data, shape } = tensors.get('head.weight')!;
  const { gaussians } = randomFrom('encoder');
  tensors.set('head.weight', { data: gaussians(data.length).map((value) => value / 4), shape });
  const E = { className: 'Encoder', constructorArguments: toJson(arguments_), tensors };
  await writeCheckpoint(file, { networks: { G_ema: networks.G_ema!, D: networks.D!, E }, recipe: null, provenance });
}
