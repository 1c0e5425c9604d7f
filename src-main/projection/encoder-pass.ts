// Reconstructs images with an encoder, in one forward pass.
import { add, input, reshape } from '../../native/graph/build.ts';
import { constantParameters } from '../../native/networks/parameter-source.ts';
import { encoder } from '../../native/networks/stylegan2/encoder.ts';
import { storedNoise, synthesis } from '../../native/networks/stylegan2/synthesis.ts';
import { compile, type Program } from '../../native/runtime/program.ts';
import type { Device } from '../../native/runtime/session.ts';
import type { EncoderNetwork, GeneratorNetwork } from '../networks/load-network.ts';
import { squaredDistance } from './noise-maps.ts';
import type { Projection } from './projector.ts';
import type { ReconstructionLoss } from './reconstruction-loss.ts';

export interface EncoderPassOptions {
  readonly network: GeneratorNetwork;
  readonly encoder: EncoderNetwork;
  readonly loss: ReconstructionLoss;
  /** Images at once. */
  readonly batch: number;
}

/** A compiled pass for one batch size. Owns a session: release when done. */
export class EncoderPass {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  /** Compiles the pass. Throws Problem `device`, `missing` or `mismatch`. */
  static async create(device: Device, { network, encoder: { arguments_, tensors }, loss, batch }: EncoderPassOptions) {
    const { img_channels: channels, img_resolution: side } = network.arguments_;
    const images = input('images', [batch, channels, side, side]);
    const latents = encoder(constantParameters(tensors), arguments_, images);
    const source = constantParameters(network.tensors);
    const reconstructed = synthesis(source, network.arguments_, latents, storedNoise(source));
    const targets = loss.features(images);
    const losses = loss
      .features(reconstructed)
      .map((feature, i) => reshape(squaredDistance(feature, targets[i]!), [batch]))
      .reduce((a, b) => add(a, b));
    return new EncoderPass(await compile(device, { outputs: { latents, images: reconstructed, losses } }));
  }

  /**
   * Reconstructs a batch of targets [N, C, R, R] (-1..1): latents [N, L, w_dim] of W+, images with the network's stored noise, and
   * the loss of each. An image's result does not depend on the others.
   */
  async reconstruct(targets: Float32Array): Promise<Projection> {
    const { latents, images, losses } = await this.#program.run({ images: targets });
    return { latents: latents!, images: images!, losses: losses! };
  }

  /** Frees the session. */
  async release(): Promise<void> {
    await this.#program.release();
  }
}
