// Features of a grid averaged over its places.
import type { Matrix } from '../../statistics/matrix.ts';
import { mean } from '../../statistics/moments.ts';
import { grid } from './trunk.ts';

const places = grid * grid;

/** Features [channels, grid, grid] of each image averaged over the grid, an image a row. */
export function pooledRows(seen: readonly Float32Array[]): Matrix {
  const columns = seen[0]!.length / places;
  const data = new Float64Array(seen.length * columns);
  for (const [row, features] of seen.entries())
    for (let channel = 0; channel < columns; channel++)
      data[row * columns + channel] = mean(features.subarray(channel * places, (channel + 1) * places));
  return { rows: seen.length, columns, data };
}

/** One row as numbers to keep. */
export const rowOf = ({ columns, data }: Matrix, row: number): Float32Array =>
  Float32Array.from(data.subarray(row * columns, (row + 1) * columns));
