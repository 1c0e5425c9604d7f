// Which part of an image is seen, and where: one pan and zoom for all panes, in shares of the stored image.

/** The centre of the view (0..1 across and down the stored image) and its magnification, 1 where the image fits. */
export interface Sight {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}
export const wholePicture: Sight = { x: 0.5, y: 0.5, zoom: 1 };

/** A place in the stored image: 0..1 across and down. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** In shares of the stored image, or in its pixels, as is said. */
export interface Box extends Place {
  readonly width: number;
  readonly height: number;
}

/** The displayed size of an image, in square pixels whatever the shape of the stored ones. */
export interface Extent {
  readonly width: number;
  readonly height: number;
}

const mostZoom = 32;
const wheelZoom = 1.0015;

/** Where the whole image lies on a canvas of `size`, in pixels of the screen. */
export function imageOnScreen(size: Extent, extent: Extent, sight: Sight): Box & { readonly scale: number } {
  const scale = Math.min(size.width / extent.width, size.height / extent.height) * sight.zoom;
  const [width, height] = [extent.width * scale, extent.height * scale];
  return { width, height, x: size.width / 2 - sight.x * width, y: size.height / 2 - sight.y * height, scale };
}

/** The position in the image under a point of the canvas; outside the image it is beyond 0..1. */
export function placeAt(image: Box, at: Place): Place {
  return { x: (at.x - image.x) / image.width, y: (at.y - image.y) / image.height };
}

/** Zooms around `at`; never smaller than the whole image. */
export function zoomedAround(sight: Sight, at: Place, turn: number): Sight {
  const zoom = Math.max(1, Math.min(mostZoom, sight.zoom * wheelZoom ** -turn));
  const share = sight.zoom / zoom;
  return zoom === 1 ? wholePicture : { zoom, x: at.x + (sight.x - at.x) * share, y: at.y + (sight.y - at.y) * share };
}

/** The box with corners `a` and `b` in whole pixels of an image of `size`, cut at its edges; undefined when it is empty. */
export function boxBetween(a: Place, b: Place, size: Extent): Box | undefined {
  const bound = (share: number, whole: number) => Math.max(0, Math.min(whole, Math.round(share * whole)));
  const [left, right] = [bound(Math.min(a.x, b.x), size.width), bound(Math.max(a.x, b.x), size.width)];
  const [top, bottom] = [bound(Math.min(a.y, b.y), size.height), bound(Math.max(a.y, b.y), size.height)];
  return right > left && bottom > top ? { x: left, y: top, width: right - left, height: bottom - top } : undefined;
}
