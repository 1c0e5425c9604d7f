// Draws the points of a map into pixels: no graphics card is needed, and a hundred thousand points take a few milliseconds.
import type { MapViewport, Size } from './viewport.ts';

/** What is drawn. Colours are ABGR in one number, as an ImageData holds them on every processor that runs a browser. */
export interface Drawing {
  readonly points: Float32Array;
  /** Of each point. */
  readonly colours: Uint32Array;
  /** Indices of points, the last one on top. */
  readonly order: Uint32Array;
  /** 1 for points that matter; others are drawn first, small and dim. Undefined: all matter. */
  readonly bright: Uint8Array | undefined;
  /** In pixels. */
  readonly radius: number;
  readonly ground: number;
  readonly dim: number;
}

/** Offsets of the pixels of a disc within rows of `width` pixels. */
function disc(radius: number, width: number): Int32Array {
  const reach = Math.floor(radius);
  const offsets: number[] = [];
  for (let y = -reach; y <= reach; y++)
    for (let x = -reach; x <= reach; x++) if (x * x + y * y <= radius * radius + 0.25) offsets.push(y * width + x);
  return Int32Array.from(offsets);
}

/** Fills `pixels` [height, width] with the drawing. */
export function drawPoints(
  pixels: Uint32Array,
  { width, height }: Size,
  viewport: MapViewport,
  drawing: Drawing,
): void {
  const { points, colours, order, bright, radius, ground, dim } = drawing;
  pixels.fill(ground);
  if (bright !== undefined) {
    const small = { stamp: disc(Math.max(1, radius * 0.6), width), reach: Math.ceil(radius) };
    stampAll(pixels, { width, height }, viewport, { points, order, ...small }, (at) => (bright[at] === 0 ? dim : 0));
  }
  const large = { stamp: disc(radius, width), reach: Math.ceil(radius) };
  stampAll(pixels, { width, height }, viewport, { points, order, ...large }, (at) =>
    bright === undefined || bright[at] === 1 ? colours[at]! : 0,
  );
}

/** Stamps every point whose colour is not 0. */
function stampAll(
  pixels: Uint32Array,
  { width, height }: Size,
  { scale, left, top }: MapViewport,
  {
    points,
    order,
    stamp,
    reach,
  }: {
    readonly points: Float32Array;
    readonly order: Uint32Array;
    readonly stamp: Int32Array;
    readonly reach: number;
  },
  colourOf: (at: number) => number,
): void {
  for (let index = 0; index < order.length; index++) {
    const at = order[index]!;
    const colour = colourOf(at);
    if (colour === 0) continue;
    const x = Math.round(points[2 * at]! * scale + left);
    const y = Math.round(points[2 * at + 1]! * scale + top);
    if (x < reach || y < reach || x >= width - reach || y >= height - reach) continue;
    const middle = y * width + x;
    for (let part = 0; part < stamp.length; part++) pixels[middle + stamp[part]!] = colour;
  }
}

/** So large are points that few are seen as well as many: in pixels, by how many there are and how far one has zoomed in. */
export function radiusFor(points: number, zoom: number): number {
  const base = points > 50_000 ? 1 : points > 5_000 ? 1.6 : points > 500 ? 2.6 : 4;
  return Math.min(7, base * Math.max(1, zoom) ** 0.4);
}

/** ABGR of red, green and blue from 0 to 255. */
export const packed = (red: number, green: number, blue: number): number =>
  ((255 << 24) | (Math.round(blue) << 16) | (Math.round(green) << 8) | Math.round(red)) >>> 0;
