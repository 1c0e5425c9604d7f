// Every trunk by its name, and how it is opened.
import { constant, divide, fill, subtract } from '../../../native/graph/build.ts';
import { constantParameters } from '../../../native/networks/parameter-source.ts';
import { discriminator } from '../../../native/networks/stylegan2/discriminator.ts';
import { selectDevice } from '../../../native/runtime/devices.ts';
import type { DeviceName } from '../../../native/runtime/session.ts';
import type { WeightsName } from '../../../native/weights/published-weights.ts';
import { readPublishedWeights } from '../../../native/weights/weights-folder.ts';
import type { TrunkName } from '../../../src-preload/parameters/features.ts';
import { featureNetworks } from '../../networks/feature-networks.ts';
import type { LoadedNetwork } from '../../networks/load-network.ts';
import { Problem } from '../../platform/errors.ts';
import { compileTrunk, resized, type TrunkImages } from './compiled-trunk.ts';
import { openPhotographs } from './photographs-trunk.ts';
import type { Trunk } from './trunk.ts';

/** What trunks are opened with. */
export interface TrunkContext {
  readonly network: LoadedNetwork | null;
  /** File of the network, for messages. */
  readonly networkFile: string | null;
  /** Where published weights are. */
  readonly weightsFolder: string;
  readonly device: DeviceName | 'auto';
  readonly channels: 1 | 3;
  readonly side: number;
}

type Open = (context: TrunkContext, images: TrunkImages) => Promise<Trunk>;

const trunks: { readonly [N in TrunkName]: Open } = {
  photographs: (_, images) => openPhotographs(images),
  discriminator: openDiscriminator,
  'inception-v3': published('inception-v3'),
  'inception-v3-tf': published('inception-v3-tf'),
  resnet50: published('resnet50'),
  'swav-resnet50': published('swav-resnet50'),
  'dino-vit-s8': published('dino-vit-s8'),
  'swin-b': published('swin-b'),
  vgg16: published('vgg16'),
};

/** Throws `missing` for weights or a discriminator that is not there, and what reading weights throws. */
export async function openTrunk(name: TrunkName, context: TrunkContext): Promise<Trunk> {
  const { channels, side } = context;
  return trunks[name](context, { device: await selectDevice(context.device), channels, side });
}

/** A network of the weights folder, at the size that it was trained at and with its normalisation. */
function published(name: WeightsName): Open {
  return async ({ weightsFolder }, images) => {
    const { side, mean, deviation, stages } = featureNetworks[name];
    const source = constantParameters(await readPublishedWeights(weightsFolder, name, `weights of ${name}`));
    // Levels are (x + 1) 127.5; grey images become three equal colours.
    const perColour = (values: readonly number[]) => constant(Float32Array.from(values), [1, 3, 1, 1]);
    const [centre, width] = [mean.map((value) => value / 127.5 - 1), deviation.map((value) => value / 127.5)];
    return compileTrunk(name, images, (x) =>
      stages(source, divide(subtract(resized(x, side), perColour(centre)), perColour(width))),
    );
  };
}

/** The features after every block of the run's network; an image stands alone, a conditional network gets the label of zeros. */
async function openDiscriminator({ network, networkFile }: TrunkContext, images: TrunkImages): Promise<Trunk> {
  const own = network?.discriminator ?? null;
  if (own === null) throw new Problem('missing', { what: 'discriminator', name: networkFile ?? 'no network' });
  const { arguments_, tensors } = own;
  const alone = { ...arguments_, epilogue_kwargs: { ...arguments_.epilogue_kwargs, mbstd_group_size: 1 } };
  return compileTrunk('discriminator', images, (x) => {
    const labels = arguments_.c_dim > 0 ? fill([x.shape[0]!, arguments_.c_dim], 0) : undefined;
    return discriminator(constantParameters(tensors), alone, x, labels).features;
  });
}
