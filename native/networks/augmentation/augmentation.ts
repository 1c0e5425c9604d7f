// StyleGAN2-ADA's augmentation as graph: what is random is fed, so that images and gradients flow through fixed steps.
import { add, constant, gridSample, matmul, multiply, reshape, reverse, transpose } from '../../graph/build.ts';
import { sizeOf, type Tensor } from '../../graph/operations.ts';
import {
  type AxisMatrix,
  bandCount,
  bandMatrices,
  filterMargin,
  lowerMatrix,
  raiseMatrix,
} from './wavelet-matrices.ts';

/** Pixels that are mirrored at each side: all there are. The published code mirrors as many as its batch needs. */
const fullMargin = (side: number): number => side - 1;

/**
 * The matrix that `moveImages` takes, [2, 3], for an inverse transform [3, 3] in pixels from the image's centre (x to the
 * right, y down): from places of the result to places of the raised image, both from -1 to 1 between the outer edges.
 */
export function placesMatrix(inverse: readonly number[], side: number): readonly number[] {
  const [from, to] = [side + 2 * filterMargin, side + 2 * fullMargin(side)];
  // Raised pixels lie half a raised pixel beside the pixels they come from.
  const [a, b, c, d, e, f] = inverse as [number, number, number, number, number, number];
  const shift = (across: number, down: number, offset: number) => (2 * offset + (across + down - 1) / 2) / to;
  return [(a * from) / to, (b * from) / to, shift(a, b, c), (d * from) / to, (e * from) / to, shift(e, d, f)];
}

/**
 * Moves every image by its own affine transform, without aliasing (published: pad, `upsample2d`, `grid_sample`,
 * `downsample2d`). `images` [N, C, R, R], `matrices` [N, 2, 3] of `placesMatrix`.
 */
export function moveImages(images: Tensor, matrices: Tensor): Tensor {
  const [n, channels, side] = images.shape as [number, number, number];
  const raise = raiseMatrix(side, fullMargin(side));
  const lower = lowerMatrix(side);
  // Between the two the image lies with its columns along the rows: two transpositions fewer.
  const raised = resampled(images, raise);
  const output = lower.columns;
  const places = matmul(edgePlaces(output), transpose(reshape(reverse(matrices, [1]), [2 * n, 3]), [1, 0]));
  const grid = reshape(transpose(reshape(places, [output * output, n, 2]), [1, 0, 2]), [n, output, output, 2]);
  return reshape(resampled(gridSample(raised, grid), lower), [n, channels, side, side]);
}

/** Applies a matrix to both axes of [N, C, H, W] and swaps them: [N, C, rows, rows]. */
function resampled(images: Tensor, matrix: AxisMatrix): Tensor {
  const [n, channels, height] = images.shape as [number, number, number];
  const { rows, columns } = matrix;
  const right = constant(Float32Array.from(transposed(matrix)), [columns, rows]);
  const across = matmul(reshape(images, [n * channels * height, columns]), right);
  const turned = transpose(reshape(across, [n, channels, height, rows]), [0, 1, 3, 2]);
  const down = matmul(reshape(turned, [n * channels * rows, height]), right);
  return reshape(down, [n, channels, rows, rows]);
}

/** Homogeneous places (x, y, 1) of pixel centres, x in the outer order: [side * side, 3]. */
function edgePlaces(side: number): Tensor {
  const at = (i: number) => (2 * i + 1) / side - 1;
  const data = Float32Array.from({ length: side * side * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [at(Math.floor(pixel / side)), at(pixel % side), 1][i % 3]!;
  });
  return constant(data, [side * side, 3]);
}

/** Colours of each image by a matrix [N, C, C] and an offset [N, C, 1]. `images` [N, C, R, R]. */
export function changeColours(images: Tensor, matrices: Tensor, offsets: Tensor): Tensor {
  const [n, channels, height, width] = images.shape as [number, number, number, number];
  const colours = matmul(matrices, reshape(images, [n, channels, height * width]));
  return reshape(add(colours, offsets), images.shape);
}

/** Amplifies the frequency bands of each image by gains [N, 4], lowest band first, along both axes. */
export function amplifyBands(images: Tensor, gains: Tensor): Tensor {
  const [n, channels, side] = images.shape as [number, number, number];
  const bands = bandMatrices(side);
  const data = Float32Array.from(bands.flatMap((band) => [...transposed(band)]));
  const filters = reshape(matmul(gains, constant(data, [bandCount, side * side])), [n, side, side]);
  const along = (x: Tensor) => {
    const filtered = matmul(reshape(x, [n, channels * side, side]), filters);
    return transpose(reshape(filtered, [n, channels, side, side]), [0, 1, 3, 2]);
  };
  return along(along(images));
}

/** Adds noise of the images' shape, already scaled. */
export const addNoise = (images: Tensor, noise: Tensor): Tensor => add(images, noise);

/** Blackens (to 0, mid grey) what a mask [N, 1, R, R] of 0 and 1 leaves out. */
export const cutOut = (images: Tensor, mask: Tensor): Tensor => multiply(images, mask);

function transposed({ rows, columns, data }: AxisMatrix): Float64Array {
  const result = new Float64Array(sizeOf([rows, columns]));
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = data[row * columns + column]!;
  }
  return result;
}
