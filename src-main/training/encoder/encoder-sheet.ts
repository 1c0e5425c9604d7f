// reconstructionsIMAGES.png: held-out normals, each with what the encoder makes of it at its right.
import { join } from 'node:path';
import { writeFileAtomic } from '../../platform/atomic-file.ts';
import { imageGrid } from '../image-grid.ts';

/** Pairs in a row, rows at most. */
const [pairs, mostRows] = [4, 6];
/** Images that a sheet shows at most. */
export const shownImages = pairs * mostRows;

/** Writes the sheet of a moment of the training. Images [C, R, R] (-1..1), as many reconstructions. */
export async function writeReconstructions(
  folder: string,
  imagesShown: number,
  originals: readonly Float32Array[],
  reconstructions: readonly Float32Array[],
  shape: { readonly resolution: number; readonly channels: 1 | 3 },
): Promise<void> {
  const count = Math.min(originals.length, shownImages);
  const rows = Math.ceil(count / pairs);
  const size = shape.channels * shape.resolution ** 2;
  // Places without an image are black.
  const sheet = new Float32Array(rows * pairs * 2 * size).fill(-1);
  for (let i = 0; i < count; i++) {
    sheet.set(originals[i]!, 2 * i * size);
    sheet.set(reconstructions[i]!, (2 * i + 1) * size);
  }
  const png = await imageGrid(sheet, { columns: 2 * pairs, rows }, shape);
  await writeFileAtomic(join(folder, `reconstructions${String(imagesShown).padStart(9, '0')}.png`), png);
}
