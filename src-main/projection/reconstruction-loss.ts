// What a projection minimises: squared distances between features of the target and of the reconstruction.
import { add, multiply, sumBlocks } from '../../native/graph/build.ts';
import type { Tensor } from '../../native/graph/operations.ts';
import { constantParameters } from '../../native/networks/parameter-source.ts';
import { vgg16Lpips } from '../../native/networks/perceptual/vgg16-lpips.ts';
import type { DiscriminatorArguments } from '../../native/networks/stylegan2/arguments.ts';
import { discriminatorTrunk } from '../../native/networks/stylegan2/discriminator.ts';
import type { HostTensor } from '../../native/runtime/variables.ts';

/** Names of the losses, as `--loss` takes them and as every CSV and run records them. */
export type LossName = 'lpips' | 'discriminator' | 'pixel';

/**
 * A reconstruction loss: maps images [N, C, R, R] (-1..1) to feature tensors [N, ...] whose summed squared differences
 * are the loss of each image. All scaling is inside the features.
 */
export interface ReconstructionLoss {
  readonly name: LossName;
  readonly features: (images: Tensor) => readonly Tensor[];
}

/** Mean squared difference of pixels, divided by the mean square `power` of the normals' pixels. */
export function pixelLoss(power: number): ReconstructionLoss {
  return { name: 'pixel', features: (images) => [perMeanSquare(images, power)] };
}

/** Mean squares over a set of normal images: of the pixels, and of the features after every block. */
export interface FeaturePowers {
  readonly pixels: number;
  readonly blocks: readonly number[];
}

/**
 * Features of the network's own discriminator after every block (highest resolution first), each divided by its root
 * mean square over normals; mean squared difference per block, summed over blocks, plus the pixel term. It needs no
 * weights beyond the network's own.
 */
export function discriminatorLoss(
  arguments_: DiscriminatorArguments,
  tensors: ReadonlyMap<string, HostTensor>,
  powers: FeaturePowers,
): ReconstructionLoss {
  const source = constantParameters(tensors);
  return {
    name: 'discriminator',
    features: (images) => [
      perMeanSquare(images, powers.pixels),
      ...discriminatorTrunk(source, arguments_, images).features.map((feature, block) =>
        perMeanSquare(feature, powers.blocks[block]!),
      ),
    ],
  };
}

/** Images beyond this size are averaged down to it before the perceptual network, as the published projector does. */
const perceptualSize = 256;

/**
 * LPIPS of VGG16, the published projector's loss, in the 0..255 domain. `tensors` holds VGG16's and LPIPS' parameters by
 * the names of `vgg16Lpips`.
 */
export function lpipsLoss(tensors: ReadonlyMap<string, HostTensor>): ReconstructionLoss {
  const source = constantParameters(tensors);
  return {
    name: 'lpips',
    features: (images) => {
      const levels = multiply(add(images, 1), 127.5);
      const factor = images.shape[2]! / perceptualSize;
      return vgg16Lpips(source, factor > 1 ? multiply(sumBlocks(levels, factor), 1 / factor ** 2) : levels);
    },
  };
}

/** Scaled so that a sum of squares is a mean of squares over the elements of one image, divided by `power`. */
function perMeanSquare(x: Tensor, power: number): Tensor {
  const [, ...element] = x.shape;
  const count = element.reduce((product, size) => product * size, 1);
  return multiply(x, 1 / Math.sqrt(power * count));
}
