// The squared error in every window of an image, through an integral image of exact integers.
import type { GreyImage } from '../platform/grey-image.ts';
import { sumsInWindows, type WindowSums } from './sliding-window.ts';

/** Sum of squared grey-value differences in every window of `patchSize` x `patchSize` pixels at stride 1. */
export function squaredErrorSums(original: GreyImage, reconstruction: GreyImage, patchSize: number): WindowSums {
  const { width, height } = original;
  const squaredError = (pixel: number) => (original.data[pixel]! - reconstruction.data[pixel]!) ** 2;
  return sumsInWindows(width, height, squaredError, patchSize);
}
