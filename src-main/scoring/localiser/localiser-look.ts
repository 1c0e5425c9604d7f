// What a localiser computes from images in one pass: an anomaly map, and its own features on a grid.
import { concat, input, sigmoid } from '../../../native/graph/build.ts';
import { localiser } from '../../../native/networks/localiser/localiser.ts';
import { constantParameters } from '../../../native/networks/parameter-source.ts';
import { compile } from '../../../native/runtime/program.ts';
import type { Device } from '../../../native/runtime/session.ts';
import type { LocaliserNetwork } from '../../networks/load-network.ts';
import { pooledToGrid } from '../features/compiled-trunk.ts';
import { remembered } from '../features/trunk.ts';

export interface Looked {
  /** [R, R] in 0..1: how surely each pixel belongs to an anomaly. */
  readonly map: Float32Array;
  /** [channels, grid, grid]: mean activations of the stages below full resolution, one stage after the other. */
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
  const { logits, features: stages } = localiser(constantParameters(tensors), arguments_, images);
  const features = concat(stages.slice(1).map(pooledToGrid), 1);
  const program = await compile(device, { outputs: { maps: sigmoid(logits), features } });
  const size = channels * resolution ** 2;
  const look = async (images: readonly Float32Array[]): Promise<readonly Looked[]> => {
    const looked: Looked[] = [];
    for (let start = 0; start < images.length; start += batch) {
      const together = images.slice(start, start + batch);
      const feed = new Float32Array(batch * size);
      for (const [index, image] of together.entries()) feed.set(image, index * size);
      const found = await program.run({ images: feed });
      const part = (values: Float32Array, index: number) => {
        const length = values.length / batch;
        return values.slice(index * length, (index + 1) * length);
      };
      for (const index of together.keys())
        looked.push({ map: part(found.maps!, index), features: part(found.features!, index) });
    }
    return looked;
  };
  return { channels: features.shape[1]!, look: remembered(look), release: () => program.release() };
}
