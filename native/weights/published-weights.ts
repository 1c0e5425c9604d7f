// The published weights that Residua can use: which files they are in, where these come from, how their tensors are named.
import { inception2015Tensors } from './inception-2015.ts';
import type { FloatTensor } from './tensor.ts';

type Tensors = ReadonlyMap<string, FloatTensor>;

/** A file as its makers publish it. */
export interface PublishedFile {
  readonly name: string;
  /** Where it comes from, in words. */
  readonly origin: string;
  /** SHA-256 of its bytes, or as many of the first digits as its makers tell; null where they tell none. */
  readonly sha256: string | null;
  /** Its tensors by the names that the network of ours asks for; what the network has no use for is left out. */
  readonly adopt: (tensors: Tensors) => Tensors;
}

/** One network's weights: any of the choices will do, all files of it are needed. */
export interface PublishedWeights {
  /** What it is and what it is used for. */
  readonly use: string;
  readonly choices: readonly (readonly PublishedFile[])[];
}

/** Keeps the tensors whose names match and puts `to` in place of the match. */
const named =
  (pattern: RegExp, to: (match: string) => string = (match) => match): PublishedFile['adopt'] =>
  (tensors) =>
    new Map([...tensors].flatMap(([name, t]) => (pattern.test(name) ? [[name.replace(pattern, to), t] as const] : [])));

const residual = /^(conv1|bn1|layer[1-4]|fc)(?=\.)/;
const inception = /^(Conv2d|Mixed|fc)(?=[_.])/;

/** Places of VGG16's thirteen convolutions in torchvision's `features`. */
const vggConvolutions = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];

/** The metric network of StyleGAN2-ADA: `layers.conv1` ... `layers.conv13`, `layers.fc1`, `lpips0` ... [C, 1, 1]. */
function vggMetricTensors(tensors: Tensors): Tensors {
  const found = new Map<string, FloatTensor>();
  for (const [name, tensor] of tensors) {
    const [, kind, number, leaf] = /^(?:layers\.)?(conv|fc|lpips)(\d+)(?:\.(weight|bias))?$/.exec(name) ?? [];
    if (kind === 'conv') found.set(`features.${vggConvolutions[Number(number) - 1]}.${leaf}`, tensor);
    if (kind === 'fc') found.set(`classifier.${3 * (Number(number) - 1)}.${leaf}`, tensor);
    if (kind === 'lpips') {
      found.set(`lin${number}.model.1.weight`, { shape: [1, tensor.data.length, 1, 1], data: tensor.data });
    }
  }
  return found;
}

export const publishedWeights = {
  'inception-v3-tf': {
    use: 'InceptionV3 of TensorFlow 2015: FID, KID and IS of a training, eval-fd InceptionV3_tf',
    choices: [
      [
        {
          name: 'inception-2015-12-05.pt',
          origin: 'StyleGAN2-ADA, pretrained/metrics on the NVIDIA research server',
          sha256: 'f58cb9b6ec323ed63459aa4fb441fe750cfe39fafad6da5cb504a16f19e958f4',
          adopt: inception2015Tensors,
        },
      ],
      [
        {
          name: 'pt_inception-2015-12-05-6726825d.pth',
          origin: 'pytorch-fid, release fid_weights on GitHub',
          sha256: '6726825d',
          adopt: named(inception),
        },
      ],
    ],
  },
  'inception-v3': {
    use: 'InceptionV3 of torchvision: eval-fd InceptionV3_torch',
    choices: ['0cc3c7bd', '1a9a5a14'].map((sha256) => [
      { name: `inception_v3_google-${sha256}.pth`, origin: 'torchvision models', sha256, adopt: named(inception) },
    ]),
  },
  resnet50: {
    use: 'ResNet-50 of torchvision: eval-fd ResNet50_torch',
    choices: ['0676ba61', '19c8e357'].map((sha256) => [
      { name: `resnet50-${sha256}.pth`, origin: 'torchvision models', sha256, adopt: named(residual) },
    ]),
  },
  'swav-resnet50': {
    use: 'ResNet-50 trained by SwAV: eval-fd SwAV_torch',
    choices: [
      [
        {
          name: 'swav_800ep_pretrain.pth.tar',
          origin: 'facebookresearch/swav, ResNet-50 of 800 epochs',
          sha256: null,
          adopt: named(/^module\.(?=(conv1|bn1|layer[1-4])\.)/, () => ''),
        },
        {
          name: 'swav_800ep_eval_linear.pth.tar',
          origin: 'facebookresearch/swav, its linear classifier',
          sha256: null,
          adopt: named(/^state_dict\.module\.linear(?=\.)/, () => 'fc'),
        },
      ],
    ],
  },
  'dino-vit-s8': {
    use: 'ViT-S/8 trained by DINO: eval-fd DINO_torch',
    choices: [
      [
        {
          name: 'dino_deitsmall8_pretrain.pth',
          origin: 'facebookresearch/dino, ViT-S/8 backbone',
          sha256: null,
          adopt: named(/^(cls_token$|pos_embed$|patch_embed\.|blocks\.|norm\.)/),
        },
        {
          name: 'dino_deitsmall8_linearweights.pth',
          origin: 'facebookresearch/dino, ViT-S/8 linear classifier',
          sha256: null,
          adopt: named(/^state_dict\.module\.linear(?=\.)/, () => 'fc'),
        },
      ],
    ],
  },
  'swin-b': {
    use: 'Swin base, ImageNet-22k then 1k: eval-fd Swin-T_torch',
    choices: [
      [
        {
          name: 'swin_base_patch4_window7_224_22kto1k.pth',
          origin: 'SwinTransformer/storage, release v1.0.0 on GitHub',
          sha256: null,
          adopt: named(/^model\.(head(?=\.)|(?=(patch_embed|layers|norm)\.))/, (match) =>
            match.endsWith('head') ? 'fc' : '',
          ),
        },
      ],
    ],
  },
  vgg16: {
    use: 'VGG16 with LPIPS: precision, recall and path length of a training, the loss lpips of a projection',
    choices: [
      [
        {
          name: 'vgg16.pt',
          origin: 'StyleGAN2-ADA, pretrained/metrics on the NVIDIA research server',
          sha256: 'b437eb095feaeb0b83eb3fa11200ebca4548ee39a07fb944a417ddc516cc07c3',
          adopt: vggMetricTensors,
        },
      ],
      [
        {
          name: 'vgg16-397923af.pth',
          origin: 'torchvision models',
          sha256: '397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0',
          adopt: named(/^(features|classifier)\.\d+\.(weight|bias)$/),
        },
        {
          name: 'lpips-vgg.pth',
          origin: 'the lpips package, weights/v0.1/vgg.pth under this name',
          sha256: null,
          adopt: named(/^lin\d\.model\.1\.weight$/),
        },
      ],
    ],
  },
} as const satisfies Readonly<Record<string, PublishedWeights>>;

/** Networks by the name that `train --resume` takes, and the files that they are published in. */
export const publishedNetworks: Readonly<Record<string, string>> = {
  ffhq256: 'ffhq-res256-mirror-paper256-noaug.pkl',
  ffhq512: 'ffhq-res512-mirror-stylegan2-noaug.pkl',
  ffhq1024: 'ffhq-res1024-mirror-stylegan2-noaug.pkl',
  celebahq256: 'celebahq-res256-mirror-paper256-kimg100000-ada-target0.5.pkl',
  lsundog256: 'lsundog-res256-paper256-kimg100000-noaug.pkl',
};

export type WeightsName = keyof typeof publishedWeights;
