// A rectangle placed by keys: its first position, moves, sizes, and description. Pure functions.
import type { Box, Extent, Sight } from './sight.ts';

/** As fractions of the visible part: the size of a new rectangle, and the step of one key. */
const firstShare = 0.2;
const stepShare = 0.02;

/** In pixels of an image of `size`, at least one. */
export interface Steps {
  readonly right: number;
  readonly down: number;
}

/** The step of one key: one pixel if `fine`, else a fiftieth of the visible part. */
export function stepsOf(sight: Sight, size: Extent, fine: boolean): Steps {
  const step = (whole: number) => (fine ? 1 : Math.max(1, Math.round((whole * stepShare) / sight.zoom)));
  return { right: step(size.width), down: step(size.height) };
}

/** A rectangle in the centre of the view, in whole pixels of an image of `size`. */
export function firstBox(sight: Sight, size: Extent): Box {
  const side = (whole: number) => Math.max(1, Math.round((whole * firstShare) / sight.zoom));
  const [width, height] = [side(size.width), side(size.height)];
  const begin = (middle: number, whole: number, part: number) =>
    bound(Math.round(middle * whole - part / 2), whole - part);
  return { x: begin(sight.x, size.width, width), y: begin(sight.y, size.height, height), width, height };
}

/** The same rectangle further right and down, within the image. */
export function moved(box: Box, { right, down }: Steps, size: Extent): Box {
  return { ...box, x: bound(box.x + right, size.width - box.width), y: bound(box.y + down, size.height - box.height) };
}

/** Its right edge further right, its lower edge further down; within the image, and never empty. */
export function resized(box: Box, { right, down }: Steps, size: Extent): Box {
  return {
    ...box,
    width: Math.max(1, Math.min(size.width - box.x, box.width + right)),
    height: Math.max(1, Math.min(size.height - box.y, box.height + down)),
  };
}

/** The view, centred on a rectangle (in pixels of an image of `size`) if that was not visible. */
export function withBox(sight: Sight, box: Box, size: Extent): Sight {
  const half = 0.5 / sight.zoom;
  const [x, y] = [(box.x + box.width / 2) / size.width, (box.y + box.height / 2) / size.height];
  return Math.abs(x - sight.x) <= half && Math.abs(y - sight.y) <= half ? sight : { ...sight, x, y };
}

/** `40 by 30 pixels at 120, 80`: width, height, and how far its corner is from the left and the top. */
export function boxInWords({ x, y, width, height }: Box): string {
  return `${width} by ${height} pixels at ${x}, ${y}`;
}

const bound = (value: number, most: number): number => Math.max(0, Math.min(most, value));
