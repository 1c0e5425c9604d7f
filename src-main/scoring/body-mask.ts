// Which pixels belong to the body: the largest connected bright region with everything it encloses.
import type { GreyImage } from '../platform/grey-image.ts';
import { labelComponents } from './connected-components.ts';
import type { PixelMask } from './distances.ts';

/**
 * The body of `image`: its largest 8-connected region of grey values above 0, plus all that is not outside it.
 * Outside are the 8-connected components of the remaining pixels that touch a corner of the image; the region itself
 * never is. An all-black image has an empty mask.
 */
export function bodyMask(image: GreyImage): PixelMask {
  const { width, height, data } = image;
  const { labels, sizes } = labelComponents(data, width, height);
  const body = largest(sizes, 0);
  if (body === 0) return new Uint8Array(data.length);
  const { rest, outside } = aroundBody(image, labels, body);
  return select(rest, (label) => label === 0 || !outside.has(label));
}

/**
 * The body as the published eval_recon.py finds it, its slips included: the region that counts as background is the one
 * at the first black pixel of a staircase from the top left corner; a body that touches a corner is outside as a whole;
 * columns beyond the image's height always belong to the body.
 * Undefined for an image higher than wide, on which that script stops with an index error.
 */
export function publishedBodyMask(image: GreyImage): PixelMask | undefined {
  const { width, height, data } = image;
  if (height > width) return undefined;
  const { labels, sizes } = labelComponents(data, width, height);
  const body = largest(sizes, labels[publishedBackgroundPixel(image)]!);
  const { rest, outside } = aroundBody(image, labels, body);
  return select(rest, (label, pixel) => pixel % width >= height || !outside.has(label));
}

/** The components of what is not the body, and those of them that lie at a corner of the image. */
function aroundBody(image: GreyImage, labels: Int32Array, body: number) {
  const others = select(labels, (label) => label !== body);
  const rest = labelComponents(others, image.width, image.height).labels;
  return { rest, outside: new Set(cornersOf(image).map((corner) => rest[corner]!)) };
}

/** First black pixel on the way one down, one right, one down … from the top left corner; that corner if there is none. */
function publishedBackgroundPixel({ width, height, data }: GreyImage): number {
  let row = 0;
  let column = 0;
  while (row < height && column < width) {
    if (data[row * width + column] === 0) return row * width + column;
    if (row === column) row++;
    else column++;
  }
  return 0;
}

/** Index of the first largest size, the one at `except` counting as 0. */
function largest(sizes: readonly number[], except: number): number {
  const counted = sizes.map((size, index) => (index === except ? 0 : size));
  return counted.indexOf(counted.reduce((greatest, size) => Math.max(greatest, size), 0));
}

function select(labels: Int32Array, inside: (label: number, pixel: number) => boolean): PixelMask {
  const mask = new Uint8Array(labels.length);
  for (let pixel = 0; pixel < labels.length; pixel++) mask[pixel] = Number(inside(labels[pixel]!, pixel));
  return mask;
}

function cornersOf({ width, height }: GreyImage): readonly number[] {
  return [0, width - 1, (height - 1) * width, height * width - 1];
}
