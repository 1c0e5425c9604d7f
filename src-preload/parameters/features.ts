// Parameters of the family `features`: which network looks, and how much of what it sees is compared with the normals.
import { z } from 'zod';
import { parameter } from './parameter.ts';

/** Networks whose features on a grid can be compared: the bundled one, a network's own discriminator, published ones. */
export const trunkName = z.enum([
  'photographs',
  'discriminator',
  'inception-v3',
  'inception-v3-tf',
  'resnet50',
  'swav-resnet50',
  'dino-vit-s8',
  'swin-b',
  'vgg16',
]);
export type TrunkName = z.infer<typeof trunkName>;

export const featuresOptions = {
  trunk: parameter({
    schema: trunkName.default('photographs'),
    option: '--trunk <name>',
    label: 'Network that looks',
    help: "network whose features are compared: photographs (bundled), discriminator (the network's own), or published weights of the weights folder",
    effect: 'result',
    choices: {
      photographs: 'MobileNetV2, trained on photographs (comes with Residua)',
      discriminator: "the network's own discriminator",
      'inception-v3': 'InceptionV3 (torchvision)',
      'inception-v3-tf': 'InceptionV3 (TensorFlow 2015)',
      resnet50: 'ResNet-50',
      'swav-resnet50': 'ResNet-50, SwAV',
      'dino-vit-s8': 'ViT-S/8, DINO',
      'swin-b': 'Swin-B',
      vgg16: 'VGG16',
    },
  }),
  trunkChannels: parameter({
    schema: z.int().min(1).max(500).default(200),
    option: '--trunk-channels <number>',
    label: 'Channels',
    help: 'channels of the network that are compared, chosen at random: more cost time and memory with their square',
    effect: 'result',
    folded: true,
  }),
  trunkSeed: parameter({
    schema: z.int().min(0).max(0xffffffff).default(0),
    option: '--trunk-seed <number>',
    label: 'Seed',
    help: 'seed of the choice of channels and patches',
    effect: 'result',
    folded: true,
  }),
} as const;
