// The map of an archive: features reduced to their principal components, laid out in a plane by UMAP; the heavy part, away from the catalog.
import { createMatrixMultiplier } from '../../native/runtime/matrix-product.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { randomFrom } from '../platform/random/random.ts';
import type { Matrix, MatrixProduct } from '../statistics/matrix.ts';
import { transpose } from '../statistics/matrix.ts';
import { type Neighbours, nearestRows } from '../statistics/neighbour-graph.ts';
import { fitPrincipalComponents } from '../statistics/principal-components.ts';
import { fuzzyGraph, layOut, placeAmong } from '../statistics/umap.ts';

/** From features to reduced ones: directions . (features - mean). */
export interface MapBasis {
  readonly dimensions: number;
  readonly mean: Float32Array;
  /** [dimensions, columns]. */
  readonly directions: Float32Array;
}

/** umap-learn's numbers of epochs for small and for large sets. */
const epochsOf = (rows: number): number => (rows <= 10_000 ? 500 : 200);
/** The layout begins with the first two components, spread over so many units. */
const spread = 10;

async function withProduct<T>(work: (product: MatrixProduct) => Promise<T>): Promise<T> {
  const { multiply, release } = await createMatrixMultiplier();
  try {
    return await work(multiply);
  } finally {
    await release();
  }
}

/** The principal components of some images, at most `dimensions`. */
export function mapBasis({
  sample,
  dimensions,
}: {
  readonly sample: Matrix;
  readonly dimensions: number;
}): Promise<MapBasis> {
  return withProduct(async (product) => {
    const count = Math.min(dimensions, sample.rows - 1, sample.columns);
    const { mean, directions } = await fitPrincipalComponents(sample, count, product);
    return { dimensions: count, mean: Float32Array.from(mean), directions: Float32Array.from(directions) };
  });
}

/** The reduced features [rows, dimensions] of images. */
export function mapReduce({
  basis,
  features,
}: {
  readonly basis: MapBasis;
  readonly features: Matrix;
}): Promise<Float32Array> {
  const { mean, directions, dimensions } = basis;
  const { rows, columns, data } = features;
  const centred = Float64Array.from(data, (value, at) => value - mean[at % columns]!);
  return withProduct(async (product) =>
    Float32Array.from(await product(centred, transpose(directions, dimensions, columns), rows, columns, dimensions)),
  );
}

/** What a layout is made of. */
export interface LayoutRequest {
  readonly reduced: Matrix;
  readonly neighbours: number;
  readonly seed: number;
}

/** Points, x and y of each row. The same seed gives the same points. */
export function mapLayOut({ reduced, neighbours, seed }: LayoutRequest, control: JobControl): Promise<Float32Array> {
  const random = randomFrom(seed).fork('map');
  return withProduct(async (product) => {
    const count = Math.min(neighbours, reduced.rows - 1);
    const step = (done: number) => {
      checkpoint(control, 'map');
      control.report({ stage: 'finding neighbours', done, total: reduced.rows });
    };
    const graph = fuzzyGraph(await nearestRows(reduced, reduced, count, product, { isSame: true, step }));
    const points = firstPoints(reduced, random.fork('start').gaussians(2 * reduced.rows));
    const epochs = epochsOf(reduced.rows);
    await layOut(points, graph, random.fork('layout'), {
      epochs,
      step: async (epoch) => {
        control.report({ stage: 'laying out', done: epoch, total: epochs });
        // A cancellation can arrive between two epochs only.
        await new Promise((resolve) => setImmediate(resolve));
        checkpoint(control, 'map');
      },
    });
    return points;
  });
}

/** The first two components as points, with a little noise: equal images would never part. */
function firstPoints({ rows, columns, data }: Matrix, noise: Float32Array): Float32Array {
  const [lows, highs] = [
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ] as [number[], number[]];
  const at = (row: number, axis: number) => (axis < columns ? data[row * columns + axis]! : 0);
  for (let row = 0; row < rows; row++) {
    for (const axis of [0, 1]) {
      lows[axis] = Math.min(lows[axis]!, at(row, axis));
      highs[axis] = Math.max(highs[axis]!, at(row, axis));
    }
  }
  return Float32Array.from({ length: 2 * rows }, (_, index) => {
    const axis = index % 2;
    const range = highs[axis]! - lows[axis]! || 1;
    return ((at(index >> 1, axis) - lows[axis]!) / range) * spread + 1e-4 * noise[index]!;
  });
}

/** Points of new rows among those of a layout that stays as it is. */
export function mapPlace(request: {
  readonly known: Matrix;
  readonly points: Float32Array;
  readonly fresh: Matrix;
  readonly neighbours: number;
}): Promise<Float32Array> {
  const { known, points, fresh, neighbours } = request;
  return withProduct(async (product) => {
    const found: Neighbours = await nearestRows(fresh, known, Math.min(neighbours, known.rows), product);
    return placeAmong(found, points);
  });
}
