// ResNet-50 (He et al., 2016) as torchvision builds it; SwAV's weights have the same names below `module.`.
import { add, maxPool, relu } from '../../graph/build.ts';
import type { Tensor } from '../../graph/operations.ts';
import type { ParameterSource } from '../parameter-source.ts';
import { convolutionUnit, globalMean } from './convolution-unit.ts';

/** Blocks of each stage and the channels inside them; a stage gives four times as many. */
const stages = [
  { blocks: 3, channels: 64 },
  { blocks: 4, channels: 128 },
  { blocks: 6, channels: 256 },
  { blocks: 3, channels: 512 },
] as const;

/**
 * The 2,048 features before the classifier of images [N, 3, H, W], normalised by ImageNet's mean and deviation,
 * 224x224 in the published use: [N, 2048]. The stride of a block lies in its 3x3 convolution, as in torchvision.
 * Parameters: `conv1.weight`, `bn1.bias`, `layer1.0.downsample.0.weight`, ...; for logits see `classify`.
 */
export function resnet50(source: ParameterSource, images: Tensor): Tensor {
  return globalMean(resnet50Stages(source, images).at(-1)!);
}

/** What each stage gives for the same images, at strides 4, 8, 16 and 32: 256, 512, 1,024 and 2,048 channels. */
export function resnet50Stages(source: ParameterSource, images: Tensor): readonly Tensor[] {
  const stem = unit(source, images, 'conv1', 'bn1', 64, 7, 2);
  let x = maxPool(relu(stem), 3, 2, 1);
  return stages.map(({ blocks, channels }, stage) => {
    for (let block = 0; block < blocks; block++) {
      x = bottleneck(source, x, `layer${stage + 1}.${block}`, channels, stage > 0 && block === 0 ? 2 : 1);
    }
    return x;
  });
}

/** 1x1, 3x3 and 1x1 convolutions around a shortcut, which is projected where the shape changes. */
function bottleneck(source: ParameterSource, x: Tensor, name: string, channels: number, stride: number): Tensor {
  const narrow = relu(unit(source, x, `${name}.conv1`, `${name}.bn1`, channels, 1));
  const middle = relu(unit(source, narrow, `${name}.conv2`, `${name}.bn2`, channels, 3, stride));
  const wide = unit(source, middle, `${name}.conv3`, `${name}.bn3`, 4 * channels, 1);
  const same = x.shape[1] === 4 * channels;
  const projection = [`${name}.downsample.0`, `${name}.downsample.1`] as const;
  return relu(add(wide, same ? x : unit(source, x, ...projection, 4 * channels, 1, stride)));
}

function unit(
  source: ParameterSource,
  x: Tensor,
  convolution: string,
  normalisation: string,
  channels: number,
  size: number,
  stride = 1,
): Tensor {
  const border = (size - 1) / 2;
  const names = { weight: `${convolution}.weight`, normalisation };
  return convolutionUnit(source, x, {
    channels,
    kernel: [size, size],
    padding: [border, border],
    stride,
    names,
    epsilon: 1e-5,
  });
}
