// PatchCore (Roth et al. 2022, arXiv:2106.08265): a few of the normals' patch features that stand for all, and the distance to them.
import type { Random } from '../platform/random/random.ts';
import { forEachRowOfSquaredDistances } from './distances-between.ts';
import { type Matrix, type MatrixProduct, multiply } from './matrix.ts';

/** A random choice of rows that come one after the other, all equally likely (Vitter 1985, algorithm R); memory is that of `capacity` rows. */
export class RowSample {
  readonly #columns: number;
  readonly #capacity: number;
  readonly #random: Random;
  readonly #data: Float32Array;
  #rows = 0;

  constructor(columns: number, capacity: number, random: Random) {
    this.#columns = columns;
    this.#capacity = capacity;
    this.#random = random;
    this.#data = new Float32Array(capacity * columns);
  }

  add({ rows, columns, data }: Matrix): void {
    for (let row = 0; row < rows; row++) {
      this.#rows += 1;
      const place = this.#rows <= this.#capacity ? this.#rows - 1 : this.#random.below(this.#rows);
      if (place < this.#capacity) this.#data.set(data.subarray(row * columns, (row + 1) * columns), place * columns);
    }
  }

  /** The chosen rows. */
  sample(): Matrix {
    const rows = Math.min(this.#rows, this.#capacity);
    return { rows, columns: this.#columns, data: this.#data.subarray(0, rows * this.#columns) };
  }
}

/**
 * Indices of at most `count` rows by the greedy rule for k centres (the paper's algorithm 1): after the first row always the
 * one that lies farthest from those that have been chosen. It ends early where every row equals a chosen one.
 */
export function greedyCoreset({ rows, columns, data }: Matrix, count: number): Uint32Array {
  const nearest = new Float64Array(rows).fill(Number.POSITIVE_INFINITY);
  const chosen: number[] = [];
  let latest = 0;
  while (chosen.length < Math.min(count, rows)) {
    chosen.push(latest);
    const centre = data.slice(latest * columns, (latest + 1) * columns);
    let farthest = 0;
    for (let row = 0, at = 0; row < rows; row++) {
      let sum = 0;
      for (let column = 0; column < columns; column++, at++) sum += (data[at]! - centre[column]!) ** 2;
      if (sum < nearest[row]!) nearest[row] = sum;
      if (nearest[row]! > nearest[farthest]!) farthest = row;
    }
    if (!(nearest[farthest]! > 0)) break;
    latest = farthest;
  }
  return Uint32Array.from(chosen);
}

/** The rows in fewer dimensions by a random matrix, which nearly keeps their distances (Johnson and Lindenstrauss), as published. */
export async function randomProjection(
  { rows, columns, data }: Matrix,
  dimensions: number,
  random: Random,
  product: MatrixProduct = multiply,
): Promise<Matrix> {
  if (columns <= dimensions) return { rows, columns, data };
  const projection = random.gaussians(columns * dimensions);
  const projected = await product(data, projection, rows, columns, dimensions);
  return { rows, columns: dimensions, data: Float32Array.from(projected) };
}

/** The Euclidean distance of each row to the nearest row of `memory`. */
export async function nearestDistances(
  rows: Matrix,
  memory: Matrix,
  product: MatrixProduct = multiply,
): Promise<Float64Array> {
  const found = new Float64Array(rows.rows);
  await forEachRowOfSquaredDistances(rows, memory, product, (row, distances) => {
    let least = Number.POSITIVE_INFINITY;
    for (let j = 0; j < distances.length; j++) if (distances[j]! < least) least = distances[j]!;
    found[row] = Math.sqrt(least);
  });
  return found;
}

/** Some rows of a matrix, in the order of their indices' list. */
export function rowsOf({ columns, data }: Matrix, indices: Uint32Array): Matrix {
  const picked = new Float32Array(indices.length * columns);
  for (const [place, row] of indices.entries())
    picked.set(data.subarray(row * columns, (row + 1) * columns), place * columns);
  return { rows: indices.length, columns, data: picked };
}
