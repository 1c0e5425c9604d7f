// What run length, size zone and dependence matrices have in common: things counted by grey level and size.
import { entropy } from './discretised-image.ts';

/** How many things (runs, zones, neighbourhoods) of a grey level have a size: level -> size -> count. */
export type LevelSizeMatrix = Map<number, Map<number, number>>;

/** Counts one more thing. */
export function count(matrix: LevelSizeMatrix, level: number, size: number): void {
  let ofLevel = matrix.get(level);
  if (ofLevel === undefined) {
    ofLevel = new Map();
    matrix.set(level, ofLevel);
  }
  ofLevel.set(size, (ofLevel.get(size) ?? 0) + 1);
}

/** The features that pyradiomics takes of such a matrix; each family has its own names for them. */
export interface LevelSizeFeatures {
  readonly smallEmphasis: number;
  readonly largeEmphasis: number;
  readonly levelNonUniformity: number;
  readonly levelNonUniformityNormalized: number;
  readonly sizeNonUniformity: number;
  readonly sizeNonUniformityNormalized: number;
  /** Things per voxel. */
  readonly percentage: number;
  readonly levelVariance: number;
  readonly sizeVariance: number;
  readonly entropy: number;
  readonly lowLevelEmphasis: number;
  readonly highLevelEmphasis: number;
  readonly smallLowEmphasis: number;
  readonly smallHighEmphasis: number;
  readonly largeLowEmphasis: number;
  readonly largeHighEmphasis: number;
}

/** Features of a matrix that is not empty. */
export function levelSizeFeatures(matrix: LevelSizeMatrix): LevelSizeFeatures {
  const cells = [...matrix].flatMap(([level, sizes]) => [...sizes].map(([size, count]) => ({ level, size, count })));
  const total = cells.reduce((sum, { count }) => sum + count, 0);
  /** Mean of a quantity over all things. */
  const average = (quantity: (level: number, size: number) => number) =>
    cells.reduce((sum, { level, size, count }) => sum + count * quantity(level, size), 0) / total;
  const squaredCounts = (key: 'level' | 'size') => {
    const counts = new Map<number, number>();
    for (const cell of cells) counts.set(cell[key], (counts.get(cell[key]) ?? 0) + cell.count);
    return [...counts.values()].reduce((sum, count) => sum + count * count, 0);
  };
  const [byLevel, bySize] = [squaredCounts('level'), squaredCounts('size')];
  const meanLevel = average((level) => level);
  const meanSize = average((_, size) => size);
  return {
    smallEmphasis: average((_, size) => 1 / size ** 2),
    largeEmphasis: average((_, size) => size ** 2),
    levelNonUniformity: byLevel / total,
    levelNonUniformityNormalized: byLevel / total ** 2,
    sizeNonUniformity: bySize / total,
    sizeNonUniformityNormalized: bySize / total ** 2,
    percentage: 1 / meanSize,
    levelVariance: average((level) => (level - meanLevel) ** 2),
    sizeVariance: average((_, size) => (size - meanSize) ** 2),
    entropy: entropy(cells.map(({ count }) => count / total)),
    lowLevelEmphasis: average((level) => 1 / level ** 2),
    highLevelEmphasis: average((level) => level ** 2),
    smallLowEmphasis: average((level, size) => 1 / (level ** 2 * size ** 2)),
    smallHighEmphasis: average((level, size) => level ** 2 / size ** 2),
    largeLowEmphasis: average((level, size) => size ** 2 / level ** 2),
    largeHighEmphasis: average((level, size) => level ** 2 * size ** 2),
  };
}
