// Where text may be: the detection network looks at every tile of an image, and its regions become rectangles.
import type { OnnxFile } from '../../../native/runtime/onnx-file.ts';
import type { GreyImage } from '../../platform/grey-image.ts';
import { labelComponents } from '../connected-components.ts';
import { enlarged, type Rectangle, smallestRectangle } from './rectangle.ts';
import { scalesOf, type Tile, tileSide, tilesOf } from './tiles.ts';

/** A place that may bear text, in pixels of the image. */
export interface Candidate extends Rectangle {
  /** Mean of the network's probability over the region, 0 to 1. */
  readonly probability: number;
}

/** A pixel belongs to a region from this probability on, and a region counts from this mean on: low, as the recogniser confirms. */
const [leastPixel, leastRegion] = [0.25, 0.35];
/** A line that is higher than this, in pixels of a tile, is no text: larger text is found at a scale that makes it smaller. */
const highestLine = 96;
/** Regions of fewer pixels are noise. */
const fewestPixels = 12;
/** The network marks the kernel of a line, which is this much narrower: area times it over the circumference (Liao et al. 2020). */
const unclip = 1.7;
/** As the network was trained: means and standard deviations of ImageNet, of levels 0..1. */
const [means, deviations] = [
  [0.485, 0.456, 0.406],
  [0.229, 0.224, 0.225],
] as const;

/** What the network is given for each grey level, by channel. */
const inputsOfLevels = means.map((mean, channel) =>
  Float32Array.from({ length: 256 }, (_, level) => (level / 255 - mean) / deviations[channel]!),
);

/** Every place of an image that may bear text, at each scale, those found twice included. */
export async function findCandidates(network: OnnxFile, image: GreyImage): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  for (const scaled of scalesOf(image)) {
    for (const tile of tilesOf(scaled)) candidates.push(...(await candidatesIn(network, scaled, tile)));
  }
  return candidates;
}

async function candidatesIn(network: OnnxFile, image: GreyImage, tile: Tile): Promise<readonly Candidate[]> {
  // The network halves five times.
  const [width, height] = [tile.width, tile.height].map((length) =>
    Math.min(tileSide, Math.max(64, Math.ceil(length / 32) * 32)),
  ) as [number, number];
  const plane = width * height;
  const data = new Float32Array(3 * plane);
  for (const [channel, inputs] of inputsOfLevels.entries()) {
    data.fill(inputs[0]!, channel * plane, (channel + 1) * plane);
    for (let y = 0; y < tile.height; y++) {
      const [from, to] = [(tile.top + y) * image.width + tile.left, channel * plane + y * width];
      for (let x = 0; x < tile.width; x++) data[to + x] = inputs[image.data[from + x]!]!;
    }
  }
  const { data: probabilities } = await network.run({ shape: [1, 3, height, width], data });
  return regions(probabilities, width, height).map(({ probability, ...region }) => ({
    ...enlarged(
      {
        centerX: (region.centerX + tile.left + 0.5) * tile.scale - 0.5,
        centerY: (region.centerY + tile.top + 0.5) * tile.scale - 0.5,
        width: region.width * tile.scale,
        height: region.height * tile.scale,
        angle: region.angle,
      },
      tile.scale * ((region.width * region.height * unclip) / (2 * (region.width + region.height))),
    ),
    probability,
  }));
}

/** Rectangles around the regions of a map [height, width] of probabilities. */
export function regions(probabilities: Float32Array, width: number, height: number): readonly Candidate[] {
  const mask = new Uint8Array(probabilities.length);
  for (let pixel = 0; pixel < mask.length; pixel++) if (probabilities[pixel]! >= leastPixel) mask[pixel] = 1;
  const { labels, sizes } = labelComponents(mask, width, height);
  const pixels = sizes.map((): { x: number; y: number; probability: number }[] => []);
  for (let pixel = 0; pixel < mask.length; pixel++)
    if (mask[pixel] === 1) {
      const y = Math.floor(pixel / width);
      pixels[labels[pixel]!]!.push({ x: pixel - y * width, y, probability: probabilities[pixel]! });
    }
  return pixels.flatMap((own) => {
    if (own.length < fewestPixels) return [];
    const rectangle = smallestRectangle(own);
    if (Math.min(rectangle.width, rectangle.height) > highestLine) return [];
    const probability = own.reduce((sum, each) => sum + each.probability, 0) / own.length;
    return probability < leastRegion ? [] : [{ ...rectangle, probability }];
  });
}
