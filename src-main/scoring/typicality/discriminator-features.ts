// What a trained discriminator sees in an image, as one vector: its features after every block, pooled to a 4x4 grid.
import { input, multiply, sumBlocks } from '../../../native/graph/build.ts';
import { sizeOf, type Tensor } from '../../../native/graph/operations.ts';
import { constantParameters } from '../../../native/networks/parameter-source.ts';
import { discriminator } from '../../../native/networks/stylegan2/discriminator.ts';
import { compile, identityOf } from '../../../native/runtime/program.ts';
import type { Device } from '../../../native/runtime/session.ts';
import type { DiscriminatorNetwork } from '../../networks/load-network.ts';

/** Rows and columns of the grid; a feature vector holds block after block [C, 4, 4]. */
export const grid = 4;

export interface Seen {
  readonly features: Float32Array;
  /** The discriminator's answer: higher for what looks real to it. */
  readonly logit: number;
}

/** Looks at one image [C, R, R] (-1..1) at a time. */
export interface FeatureExtractor {
  /** Differs where it would see something else. */
  readonly identity: string;
  /** Features of an image. */
  readonly count: number;
  readonly see: (image: Float32Array) => Promise<Seen>;
  readonly release: () => Promise<void>;
}

/**
 * Compiles the forward pass. An image stands alone, so the minibatch standard deviation is that of one image, zero, and
 * what is seen does not depend on its neighbours. A conditional network gets the label of zeros.
 */
export async function openFeatureExtractor(
  device: Device,
  { arguments_, tensors }: DiscriminatorNetwork,
): Promise<FeatureExtractor> {
  const { img_channels: channels, img_resolution: size, c_dim } = arguments_;
  const alone = {
    ...arguments_,
    epilogue_kwargs: { ...arguments_.epilogue_kwargs, mbstd_group_size: 1 },
  };
  const image = input('image', [1, channels, size, size]);
  const labels = c_dim > 0 ? input('c', [1, c_dim]) : undefined;
  const { features, logits } = discriminator(constantParameters(tensors), alone, image, labels);
  const blocks = features.map((feature, index) => [`block ${index}`, pooled(feature)] as const);
  const outputs = { logits, ...Object.fromEntries(blocks) };
  const program = await compile(device, { outputs });
  const label = c_dim > 0 ? { c: new Float32Array(c_dim) } : {};
  return {
    identity: identityOf(outputs),
    count: blocks.reduce((sum, [, { shape }]) => sum + sizeOf(shape), 0),
    see: async (image) => {
      const { logits, ...values } = await program.run({ image, ...label });
      const parts = blocks.map(([name]) => values[name]!);
      const vector = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const part of parts) {
        vector.set(part, at);
        at += part.length;
      }
      return { features: vector, logit: logits![0]! };
    },
    release: () => program.release(),
  };
}

function pooled(feature: Tensor): Tensor {
  const factor = feature.shape[2]! / grid;
  return factor === 1 ? feature : multiply(sumBlocks(feature, factor), 1 / factor ** 2);
}
