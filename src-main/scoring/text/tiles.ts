// An image in tiles of the size that the text detector takes, at several scales: small text enlarged, large text reduced.
import type { GreyImage } from '../../platform/grey-image.ts';

/** Pixels of a side of a tile. */
export const tileSide = 640;
/** Tiles share as much, so that a line of small text at a border lies whole in one of them, or its pieces are joined. */
const overlap = 128;

/** A part of an image at a scale: `scale` pixels of the image are one of the tile's in both directions. */
export interface Tile {
  readonly scale: number;
  /** Of its first pixel, in pixels of the reduced image. */
  readonly left: number;
  readonly top: number;
  /** Of what the image fills; the rest of the tile is empty. */
  readonly width: number;
  readonly height: number;
}

/** Small text turned on its side is found only when it is enlarged; larger images are not, as that would take too long. */
const [enlargement, largestEnlarged] = [1.5, 2048];

/** An image at a scale: `scale` pixels of the file are one of its pixels, in both directions. */
export interface ScaledImage extends GreyImage {
  readonly scale: number;
}

/** An image as the detector looks at it: enlarged, or as it is where it is large, then reduced by halves until it fits one tile. */
export function scalesOf(image: GreyImage): readonly ScaledImage[] {
  const isLarge = Math.max(image.width, image.height) > largestEnlarged;
  const scales: ScaledImage[] = [
    isLarge ? { ...image, scale: 1 } : { ...enlargedBy(image, enlargement), scale: 1 / enlargement },
  ];
  for (let last = scales[0]!; Math.max(last.width, last.height) > tileSide; last = scales.at(-1)!) {
    scales.push({ ...halved(last), scale: 2 * last.scale });
  }
  return scales;
}

/** Larger by a factor, bilinear. */
function enlargedBy({ width, height, data }: GreyImage, factor: number): GreyImage {
  const [w, h] = [Math.round(width * factor), Math.round(height * factor)];
  const large = new Uint8Array(w * h);
  const placesOf = (count: number, length: number) =>
    Array.from({ length: count }, (_, at) => {
      const place = Math.min(length - 1, Math.max(0, (at + 0.5) / factor - 0.5));
      const first = Math.floor(place);
      return { first, second: Math.min(length - 1, first + 1), share: place - first };
    });
  const columns = placesOf(w, width);
  for (const [y, row] of placesOf(h, height).entries())
    for (const [x, column] of columns.entries()) {
      const levelIn = (line: number) =>
        data[line * width + column.first]! * (1 - column.share) + data[line * width + column.second]! * column.share;
      large[y * w + x] = Math.round(levelIn(row.first) * (1 - row.share) + levelIn(row.second) * row.share);
    }
  return { width: w, height: h, data: large };
}

/** Tiles that cover an image, which overlap their neighbours. */
export function tilesOf({ width, height, scale }: ScaledImage): readonly Tile[] {
  return startsOf(height).flatMap((top) =>
    startsOf(width).map((left) => ({
      scale,
      left,
      top,
      width: Math.min(tileSide, width - left),
      height: Math.min(tileSide, height - top),
    })),
  );
}

function startsOf(length: number): readonly number[] {
  const count = Math.max(1, Math.ceil((length - overlap) / (tileSide - overlap)));
  return Array.from({ length: count }, (_, index) =>
    count === 1 ? 0 : Math.round((index * (length - tileSide)) / (count - 1)),
  );
}

/** Half the size, each pixel the mean of four; an odd last row or column is left out. */
function halved({ width, height, data }: GreyImage): GreyImage {
  const [w, h] = [Math.max(1, width >> 1), Math.max(1, height >> 1)];
  const half = new Uint8Array(w * h);
  for (let y = 0; y < h; y++)
    for (let x = 0; x < w; x++) {
      const [top, bottom] = [2 * y * width, Math.min(2 * y + 1, height - 1) * width];
      const [left, right] = [2 * x, Math.min(2 * x + 1, width - 1)];
      half[y * w + x] =
        (data[top + left]! + data[top + right]! + data[bottom + left]! + data[bottom + right]! + 2) >> 2;
    }
  return { width: w, height: h, data: half };
}
