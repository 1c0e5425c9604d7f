// Sheets of images in rows and columns, as the published trainer writes reals.png and fakes*.png.
import { encodePng } from '../archive/raster/encode-png.ts';
import { targetBytes } from '../archive/target-bytes.ts';

/** How many images a sheet has. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** Rows and columns of a sheet that fits a 7680 x 4320 screen, within 7..32 columns and 4..32 rows. */
export function gridSize(resolution: number): Grid {
  const clamped = (length: number, least: number) => Math.min(32, Math.max(least, Math.floor(length / resolution)));
  return { columns: clamped(7680, 7), rows: clamped(4320, 4) };
}

/** A PNG of images [columns * rows, C, R, R] (-1..1), row by row. */
export async function imageGrid(
  images: Float32Array,
  { columns, rows }: Grid,
  { resolution, channels }: { readonly resolution: number; readonly channels: 1 | 3 },
): Promise<Uint8Array> {
  const size = channels * resolution * resolution;
  const width = columns * resolution;
  const sheet = new Uint8Array(width * rows * resolution * channels);
  for (let index = 0; index < columns * rows; index++) {
    const bytes = targetBytes(images.subarray(index * size, (index + 1) * size), channels);
    const left = (index % columns) * resolution;
    const top = Math.floor(index / columns) * resolution;
    const line = resolution * channels;
    for (let y = 0; y < resolution; y++) {
      sheet.set(bytes.subarray(y * line, (y + 1) * line), ((top + y) * width + left) * channels);
    }
  }
  return encodePng(width, rows * resolution, channels, sheet);
}
