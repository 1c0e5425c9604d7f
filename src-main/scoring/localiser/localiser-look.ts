// What a localiser says of images, in one pass: a map of what is anomalous, and its own features on a grid.
import { input, multiply, sigmoid, sumBlocks } from '../../../native/graph/build.ts';
import type { Tensor } from '../../../native/graph/operations.ts';
import { stageChannels } from '../../../native/networks/localiser/arguments.ts';
import { localiser } from '../../../native/networks/localiser/localiser.ts';
import { constantParameters } from '../../../native/networks/parameter-source.ts';
import { compile } from '../../../native/runtime/program.ts';
import type { Device } from '../../../native/runtime/session.ts';
import type { LocaliserNetwork } from '../../networks/load-network.ts';

/** Rows and columns of the grid of features. */
export const localiserGrid = 8;

export interface Looked {
  /** [R, R] in 0..1: how surely each pixel belongs to an anomaly. */
  readonly map: Float32Array;
  /** [channels, 8, 8]: mean activations of the stages below full resolution, one stage after the other. */
  readonly features: Float32Array;
}

export interface LocaliserLook {
  /** Channels of the features. */
  readonly channels: number;
  /** Looks at images [C, R, R] in -1..1; one that was looked at before is not computed again as long as it is kept. */
  readonly look: (images: readonly Float32Array[]) => Promise<readonly Looked[]>;
  readonly release: () => Promise<void>;
}

/** Images of one pass. Fewer are filled up, so that an image's result never depends on how many came with it. */
const batch = 8;

/** Compiles the forward pass of a localiser. */
export async function openLocaliser(
  device: Device,
  { arguments_, tensors }: Pick<LocaliserNetwork, 'arguments_' | 'tensors'>,
): Promise<LocaliserLook> {
  const { channels, resolution } = arguments_;
  const images = input('images', [batch, channels, resolution, resolution]);
  const { logits, features } = localiser(constantParameters(tensors), arguments_, images);
  const used = features.map((feature, stage) => ({ feature, stage })).slice(1);
  const pooled = Object.fromEntries(used.map(({ feature, stage }) => [`stage ${stage}`, onGrid(feature)]));
  const program = await compile(device, { outputs: { maps: sigmoid(logits), ...pooled } });
  const size = used.reduce((sum, { stage }) => sum + stageChannels(arguments_, stage), 0);
  const cells = localiserGrid ** 2;
  const plane = resolution * resolution;
  const known = new WeakMap<Float32Array, Looked>();

  const run = async (part: readonly Float32Array[]): Promise<void> => {
    const feed = new Float32Array(batch * channels * plane);
    for (const [index, image] of part.entries()) feed.set(image, index * channels * plane);
    const { maps, ...stagesOf } = await program.run({ images: feed });
    for (const [index, image] of part.entries()) {
      const vector = new Float32Array(size * cells);
      let at = 0;
      for (const { stage } of used) {
        const length = stageChannels(arguments_, stage) * cells;
        vector.set(stagesOf[`stage ${stage}`]!.subarray(index * length, (index + 1) * length), at);
        at += length;
      }
      known.set(image, { map: maps!.slice(index * plane, (index + 1) * plane), features: vector });
    }
  };

  return {
    channels: size,
    look: async (images) => {
      const fresh = images.filter((image) => !known.has(image));
      for (let first = 0; first < fresh.length; first += batch) await run(fresh.slice(first, first + batch));
      return images.map((image) => known.get(image)!);
    },
    release: () => program.release(),
  };
}

/** [N, C, 8, 8]: means of blocks, or pixels repeated where the stage is smaller. */
function onGrid(feature: Tensor): Tensor {
  const side = feature.shape[2]!;
  if (side === localiserGrid) return feature;
  if (side < localiserGrid) throw new Error(`a stage of ${side} places on a grid of ${localiserGrid}`);
  const factor = side / localiserGrid;
  return multiply(sumBlocks(feature, factor), 1 / factor ** 2);
}
