// Run lengths (GLRLM), size zones (GLSZM) and dependences (GLDM) of a binned image, and their features by name.
import {
  type DiscretisedImage,
  type Features,
  forEachPair,
  forEachPairInside,
  meanOfFeatures,
  neighbourOffsets,
  type Offset,
} from './discretised-image.ts';
import { count, type LevelSizeFeatures, type LevelSizeMatrix, levelSizeFeatures } from './level-size-matrix.ts';

/** The 16 GLRLM features of pyradiomics, each the mean over the directions. */
export function runLengthFeatures(image: DiscretisedImage): Features {
  const directions = neighbourOffsets(image.size).flatMap((offset) => runLengths(image, offset) ?? []);
  return meanOfFeatures(
    Object.values(runLengthNames) as string[],
    directions.map((matrix) => named(levelSizeFeatures(matrix), runLengthNames)),
  );
}

/** The 16 GLSZM features of pyradiomics. */
export function sizeZoneFeatures(image: DiscretisedImage): Features {
  return named(levelSizeFeatures(sizeZones(image)), sizeZoneNames);
}

/** The 14 GLDM features of pyradiomics (distance 1, alpha 0). */
export function dependenceFeatures(image: DiscretisedImage): Features {
  return named(levelSizeFeatures(dependences(image)), dependenceNames);
}

/**
 * Lines of equal level in one direction; undefined when no line meets the mask twice. A voxel comes after the one before it on
 * its line, so lengths grow along it.
 */
function runLengths({ size, levels }: DiscretisedImage, offset: Offset): LevelSizeMatrix | undefined {
  const lengths = new Int32Array(levels.length).fill(1);
  const goesOn = new Uint8Array(levels.length);
  const met = Uint8Array.from(levels, (level) => Number(level > 0));
  let twice = false;
  forEachPair(size, offset, (from, to) => {
    if (met[from] === 1) {
      twice ||= levels[to] !== 0;
      met[to] = 1;
    }
    if (levels[from] === 0 || levels[from] !== levels[to]) return;
    lengths[to] = lengths[from]! + 1;
    goesOn[from] = 1;
  });
  if (!twice) return undefined;
  const matrix: LevelSizeMatrix = new Map();
  for (let voxel = 0; voxel < levels.length; voxel++)
    if (levels[voxel] !== 0 && goesOn[voxel] === 0) count(matrix, levels[voxel]!, lengths[voxel]!);
  return matrix;
}

/** Connected regions of equal level: 8 neighbours in an image, 26 in a volume. */
function sizeZones({ size, levels }: DiscretisedImage): LevelSizeMatrix {
  const matrix: LevelSizeMatrix = new Map();
  const [slices, rows, columns] = size;
  const seen = new Uint8Array(levels.length);
  const pending = new Int32Array(levels.length);
  for (let start = 0; start < levels.length; start++) {
    if (seen[start] === 1 || levels[start] === 0) continue;
    let [found, visited] = [1, 0];
    pending[0] = start;
    seen[start] = 1;
    while (visited < found) {
      const voxel = pending[visited++]!;
      const [z, y, x] = [Math.floor(voxel / rows / columns), Math.floor(voxel / columns) % rows, voxel % columns];
      for (let nz = Math.max(z - 1, 0); nz <= Math.min(z + 1, slices - 1); nz++)
        for (let ny = Math.max(y - 1, 0); ny <= Math.min(y + 1, rows - 1); ny++)
          for (let nx = Math.max(x - 1, 0); nx <= Math.min(x + 1, columns - 1); nx++) {
            const neighbour = (nz * rows + ny) * columns + nx;
            if (seen[neighbour] === 1 || levels[neighbour] !== levels[start]) continue;
            seen[neighbour] = 1;
            pending[found++] = neighbour;
          }
    }
    count(matrix, levels[start]!, found);
  }
  return matrix;
}

/** Each voxel with its neighbours of the same level. */
function dependences(image: DiscretisedImage): LevelSizeMatrix {
  const { size, levels } = image;
  const sizes = new Int32Array(levels.length).fill(1);
  for (const offset of neighbourOffsets(size))
    forEachPairInside(image, offset, (from, to) => {
      if (levels[from] !== levels[to]) return;
      sizes[from]! += 1;
      sizes[to]! += 1;
    });
  const matrix: LevelSizeMatrix = new Map();
  for (let voxel = 0; voxel < levels.length; voxel++)
    if (levels[voxel] !== 0) count(matrix, levels[voxel]!, sizes[voxel]!);
  return matrix;
}

type Names = { readonly [F in keyof LevelSizeFeatures]: string | null };

/** null: pyradiomics has no such feature in this family, because another one says the same. */
function named(features: LevelSizeFeatures, names: Names): Features {
  return Object.fromEntries(
    (Object.keys(names) as (keyof LevelSizeFeatures)[]).flatMap((feature) => {
      const name = names[feature];
      return name === null ? [] : [[name, features[feature]]];
    }),
  );
}

const runLengthNames: Names = {
  smallEmphasis: 'ShortRunEmphasis',
  largeEmphasis: 'LongRunEmphasis',
  levelNonUniformity: 'GrayLevelNonUniformity',
  levelNonUniformityNormalized: 'GrayLevelNonUniformityNormalized',
  sizeNonUniformity: 'RunLengthNonUniformity',
  sizeNonUniformityNormalized: 'RunLengthNonUniformityNormalized',
  percentage: 'RunPercentage',
  levelVariance: 'GrayLevelVariance',
  sizeVariance: 'RunVariance',
  entropy: 'RunEntropy',
  lowLevelEmphasis: 'LowGrayLevelRunEmphasis',
  highLevelEmphasis: 'HighGrayLevelRunEmphasis',
  smallLowEmphasis: 'ShortRunLowGrayLevelEmphasis',
  smallHighEmphasis: 'ShortRunHighGrayLevelEmphasis',
  largeLowEmphasis: 'LongRunLowGrayLevelEmphasis',
  largeHighEmphasis: 'LongRunHighGrayLevelEmphasis',
};

const sizeZoneNames: Names = {
  smallEmphasis: 'SmallAreaEmphasis',
  largeEmphasis: 'LargeAreaEmphasis',
  levelNonUniformity: 'GrayLevelNonUniformity',
  levelNonUniformityNormalized: 'GrayLevelNonUniformityNormalized',
  sizeNonUniformity: 'SizeZoneNonUniformity',
  sizeNonUniformityNormalized: 'SizeZoneNonUniformityNormalized',
  percentage: 'ZonePercentage',
  levelVariance: 'GrayLevelVariance',
  sizeVariance: 'ZoneVariance',
  entropy: 'ZoneEntropy',
  lowLevelEmphasis: 'LowGrayLevelZoneEmphasis',
  highLevelEmphasis: 'HighGrayLevelZoneEmphasis',
  smallLowEmphasis: 'SmallAreaLowGrayLevelEmphasis',
  smallHighEmphasis: 'SmallAreaHighGrayLevelEmphasis',
  largeLowEmphasis: 'LargeAreaLowGrayLevelEmphasis',
  largeHighEmphasis: 'LargeAreaHighGrayLevelEmphasis',
};

const dependenceNames: Names = {
  smallEmphasis: 'SmallDependenceEmphasis',
  largeEmphasis: 'LargeDependenceEmphasis',
  levelNonUniformity: 'GrayLevelNonUniformity',
  levelNonUniformityNormalized: null,
  sizeNonUniformity: 'DependenceNonUniformity',
  sizeNonUniformityNormalized: 'DependenceNonUniformityNormalized',
  percentage: null,
  levelVariance: 'GrayLevelVariance',
  sizeVariance: 'DependenceVariance',
  entropy: 'DependenceEntropy',
  lowLevelEmphasis: 'LowGrayLevelEmphasis',
  highLevelEmphasis: 'HighGrayLevelEmphasis',
  smallLowEmphasis: 'SmallDependenceLowGrayLevelEmphasis',
  smallHighEmphasis: 'SmallDependenceHighGrayLevelEmphasis',
  largeLowEmphasis: 'LargeDependenceLowGrayLevelEmphasis',
  largeHighEmphasis: 'LargeDependenceHighGrayLevelEmphasis',
};
