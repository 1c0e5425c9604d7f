// The course of a projection as a film: the target beside the image of every few steps, encoded while it goes on.
import { modelToBytes } from '../archive/recipe.ts';
import { writeFilm } from '../projection/video.ts';

/** Frames of one image; `add` each as it is drawn, then `finish` gives the MP4 file. */
export interface Film {
  /** Model space [C, R, R]. */
  readonly add: (image: Float32Array) => void;
  readonly finish: () => Promise<Uint8Array>;
}

/** As published; at most so many frames, evenly over the steps, where the published tool shows every step. */
const framesPerSecond = 10;
const mostFrames = 200;

/** True for the steps (from 0) that a film of `steps` shows; the last is always one of them. */
export function isShown(step: number, steps: number): boolean {
  const every = Math.ceil(steps / mostFrames);
  return (steps - 1 - step) % every === 0;
}

/** Starts a film with `target` (interleaved bytes [R, R, C]) on its left. */
export function startFilm(target: Uint8Array, channels: 1 | 3, side: number): Film {
  const { add, finish } = writeFilm({ width: side * 2, height: side, framesPerSecond });
  return { add: (image) => add(besideTarget(target, modelToBytes(image, channels), channels, side)), finish };
}

/** RGB [R, 2 R, 3]: target on the left, image on the right. */
function besideTarget(target: Uint8Array, image: Uint8Array, channels: 1 | 3, side: number): Uint8Array {
  const frame = new Uint8Array(side * side * 6);
  for (let pixel = 0; pixel < side * side; pixel++) {
    const row = Math.floor(pixel / side);
    const left = (row * side * 2 + (pixel % side)) * 3;
    for (let colour = 0; colour < 3; colour++) {
      const source = pixel * channels + (channels === 3 ? colour : 0);
      frame[left + colour] = target[source]!;
      frame[left + side * 3 + colour] = image[source]!;
    }
  }
  return frame;
}
