// UMAP: points in a plane whose neighbours are the rows' neighbours (McInnes, Healy and Melville 2018), seeded and on one thread.
import type { Random } from '../platform/random/random.ts';
import type { Neighbours } from './neighbour-graph.ts';

/** An undirected graph of rows: edge e joins `from[e]` and `to[e]` with the strength `weights[e]` in 0..1, once in each direction. */
export interface FuzzyGraph {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weights: Float32Array;
}

/** The curve 1 / (1 + a d^(2b)) that umap-learn fits for its defaults, a minimum distance of 0.1 and a spread of 1. */
const [curveA, curveB] = [1.576_943_46, 0.895_060_88];
/** As in umap-learn: points that push a point away for each neighbour that pulls it, and the largest step in one dimension. */
const [negatives, longestStep] = [5, 4];

/**
 * The strength of each neighbour in each row's own measure: 1 up to the distance of the nearest one, then falling so that the strengths of a row sum to
 * log2(count + 1). As `smooth_knn_dist` and `compute_membership_strengths` of umap-learn with the nearest neighbours without the row itself.
 */
export function membershipStrengths({ count, indices, distances }: Neighbours): Float32Array {
  const strengths = new Float32Array(distances.length);
  const rows = distances.length / count;
  // umap-learn counts the row itself among its neighbours.
  const wanted = Math.log2(count + 1);
  let all = 0;
  for (const distance of distances) if (Number.isFinite(distance)) all += distance;
  const meanOfAll = all / (rows * (count + 1));
  for (let row = 0; row < rows; row++) {
    const own = distances.subarray(row * count, (row + 1) * count);
    const nearest = own.find((distance) => distance > 0) ?? 0;
    const mean = own.reduce((sum, distance) => sum + (Number.isFinite(distance) ? distance : 0), 0) / (count + 1);
    const scale = Math.max(scaleOf(own, nearest, wanted), 1e-3 * (nearest > 0 ? mean : meanOfAll));
    for (let rank = 0; rank < count; rank++) {
      const beyond = own[rank]! - nearest;
      const at = row * count + rank;
      if (indices[at]! >= 0) strengths[at] = beyond <= 0 || scale === 0 ? 1 : Math.exp(-beyond / scale);
    }
  }
  return strengths;
}

/** Bisects the scale at which the strengths sum to `wanted`. */
function scaleOf(distances: Float32Array, nearest: number, wanted: number): number {
  let [low, high, scale] = [0, Number.POSITIVE_INFINITY, 1];
  for (let step = 0; step < 64; step++) {
    let sum = 0;
    for (const distance of distances) sum += distance > nearest ? Math.exp(-(distance - nearest) / scale) : 1;
    if (Math.abs(sum - wanted) < 1e-5) break;
    if (sum > wanted) {
      high = scale;
      scale = (low + high) / 2;
    } else {
      low = scale;
      scale = high === Number.POSITIVE_INFINITY ? scale * 2 : (low + high) / 2;
    }
  }
  return scale;
}

/** The graph in which two rows are joined as strongly as either of them says: a + b - a b. */
export function fuzzyGraph(neighbours: Neighbours): FuzzyGraph {
  const { count, indices } = neighbours;
  const strengths = membershipStrengths(neighbours);
  const from: number[] = [];
  const to: number[] = [];
  const weights: number[] = [];
  const strengthOf = (row: number, other: number) => {
    for (let at = row * count; at < (row + 1) * count; at++) if (indices[at] === other) return strengths[at]!;
    return 0;
  };
  for (let row = 0; row < indices.length / count; row++) {
    for (let at = row * count; at < (row + 1) * count; at++) {
      const other = indices[at]!;
      if (other < 0) continue;
      const [there, back] = [strengths[at]!, strengthOf(other, row)];
      // Where both name each other, the lower row writes the edge.
      if (back > 0 && other < row) continue;
      const weight = there + back - there * back;
      if (weight === 0) continue;
      from.push(row, other);
      to.push(other, row);
      weights.push(weight, weight);
    }
  }
  return { from: Int32Array.from(from), to: Int32Array.from(to), weights: Float32Array.from(weights) };
}

/**
 * Moves points, x and y of row 0, row 1 and so on, in place, so that joined rows come near each other: stochastic gradient descent with negative samples, the rate
 * falling to 0. `points` should begin spread over about 10 units. The same seed gives the same layout. `step` is told of each epoch, and may throw.
 */
export async function layOut(
  points: Float32Array,
  { from, to, weights }: FuzzyGraph,
  random: Random,
  { epochs, step = () => {} }: { readonly epochs: number; readonly step?: (epoch: number) => void | Promise<void> },
): Promise<void> {
  const rows = points.length / 2;
  const strongest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  // The strongest edge is used in every epoch, the others in proportion.
  const period = Float64Array.from(weights, (weight) => strongest / weight);
  const due = Float64Array.from(period);
  const negativeDue = Float64Array.from(period, (epochsBetween) => epochsBetween / negatives);
  const below = fastBelow(random);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const rate = 1 - (epoch - 1) / epochs;
    for (let edge = 0; edge < from.length; edge++) {
      if (due[edge]! > epoch) continue;
      const [head, tail] = [2 * from[edge]!, 2 * to[edge]!];
      pull(points, head, tail, rate);
      due[edge]! += period[edge]!;
      const perNegative = period[edge]! / negatives;
      const samples = Math.floor((epoch - negativeDue[edge]!) / perNegative);
      for (let sample = 0; sample < samples; sample++) push(points, head, 2 * below(rows), rate);
      negativeDue[edge]! += samples * perNegative;
    }
    await step(epoch);
  }
}

const clipped = (value: number): number => Math.max(-longestStep, Math.min(longestStep, value));

function pull(points: Float32Array, head: number, tail: number, rate: number): void {
  const [dx, dy] = [points[head]! - points[tail]!, points[head + 1]! - points[tail + 1]!];
  const squared = dx * dx + dy * dy;
  if (squared === 0) return;
  const power = squared ** curveB;
  const gradient = (-2 * curveA * curveB * power) / squared / (curveA * power + 1);
  const [x, y] = [clipped(gradient * dx) * rate, clipped(gradient * dy) * rate];
  points[head]! += x;
  points[head + 1]! += y;
  points[tail]! -= x;
  points[tail + 1]! -= y;
}

function push(points: Float32Array, head: number, other: number, rate: number): void {
  if (other === head) return;
  const [dx, dy] = [points[head]! - points[other]!, points[head + 1]! - points[other + 1]!];
  const squared = dx * dx + dy * dy;
  if (squared === 0) return;
  const gradient = (2 * curveB) / (0.001 + squared) / (curveA * squared ** curveB + 1);
  points[head]! += clipped(gradient * dx) * rate;
  points[head + 1]! += clipped(gradient * dy) * rate;
}

/** Random rows by xorshift (Marsaglia 2003): hundreds of millions are drawn, and each only has to be different from the last. */
function fastBelow(random: Random): (limit: number) => number {
  let state = 1 + random.below(0xffff_fffe);
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

/**
 * Where rows belong in a layout that is kept: at the mean of their neighbours' points, weighted by strength, as the first step of umap-learn's `transform`.
 * `points` holds x and y of the rows that `neighbours` names.
 */
export function placeAmong(neighbours: Neighbours, points: Float32Array): Float32Array {
  const { count, indices } = neighbours;
  const strengths = membershipStrengths(neighbours);
  const rows = indices.length / count;
  const placed = new Float32Array(2 * rows);
  for (let row = 0; row < rows; row++) {
    let [x, y, sum] = [0, 0, 0];
    for (let at = row * count; at < (row + 1) * count; at++) {
      if (indices[at]! < 0) continue;
      x += strengths[at]! * points[2 * indices[at]!]!;
      y += strengths[at]! * points[2 * indices[at]! + 1]!;
      sum += strengths[at]!;
    }
    placed[2 * row] = x / sum;
    placed[2 * row + 1] = y / sum;
  }
  return placed;
}
