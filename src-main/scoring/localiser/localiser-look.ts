// What a localiser computes from images in one pass: an anomaly map, and its own features on a grid.
import { concat, input, sigmoid } from '../../../native/graph/build.ts';
import { sizeOf } from '../../../native/graph/operations.ts';
import { localiser } from '../../../native/networks/localiser/localiser.ts';
import { constantParameters } from '../../../native/networks/parameter-source.ts';
import { compile, identityOf } from '../../../native/runtime/program.ts';
import type { Device } from '../../../native/runtime/session.ts';
import type { LocaliserNetwork } from '../../networks/load-network.ts';
import { pooledToGrid } from '../features/compiled-trunk.ts';
import type { KeptLooks } from '../kept/kept-looks.ts';

export interface Looked {
  /** [R, R] in 0..1: how surely each pixel belongs to an anomaly. */
  readonly map: Float32Array;
  /** [channels, grid, grid]: mean activations of the stages below full resolution, one stage after the other. */
  readonly features: Float32Array;
}

export interface LocaliserLook {
  /** Channels of the features. */
  readonly channels: number;
  /** Looks at images [C, R, R] in -1..1. */
  readonly look: (images: readonly Float32Array[]) => Promise<readonly Looked[]>;
  readonly release: () => Promise<void>;
}

/** Images of one pass. Fewer are filled up, so that an image's result never depends on how many came with it. */
const batch = 8;

/** Compiles the forward pass of a localiser. */
export async function openLocaliser(
  device: Device,
  { arguments_, tensors }: Pick<LocaliserNetwork, 'arguments_' | 'tensors'>,
  keep: KeptLooks['keep'],
): Promise<LocaliserLook> {
  const { channels, resolution } = arguments_;
  const images = input('images', [batch, channels, resolution, resolution]);
  const { logits, features: stages } = localiser(constantParameters(tensors), arguments_, images);
  const features = concat(stages.slice(1).map(pooledToGrid), 1);
  const outputs = { maps: sigmoid(logits), features };
  const program = await compile(device, { outputs });
  const size = channels * resolution ** 2;
  const cells = sizeOf(features.shape) / batch;
  /** Features, then map. */
  const see = async (images: readonly Float32Array[]): Promise<readonly Float32Array[]> => {
    const seen: Float32Array[] = [];
    for (let start = 0; start < images.length; start += batch) {
      const together = images.slice(start, start + batch);
      const feed = new Float32Array(batch * size);
      for (const [index, image] of together.entries()) feed.set(image, index * size);
      const found = await program.run({ images: feed });
      for (const index of together.keys()) {
        const part = (values: Float32Array) =>
          values.subarray(...[index, index + 1].map((at) => (at * values.length) / batch));
        const values = new Float32Array(cells + resolution ** 2);
        values.set(part(found.features!));
        values.set(part(found.maps!), cells);
        seen.push(values);
      }
    }
    return seen;
  };
  const count = cells + resolution ** 2;
  const look = await keep({ name: 'localiser', identity: identityOf(outputs), count, precision: 'half', look: see });
  return {
    channels: features.shape[1]!,
    look: async (images) =>
      (await look(images)).map((seen) => ({ features: seen.subarray(0, cells), map: seen.slice(cells) })),
    release: () => program.release(),
  };
}
