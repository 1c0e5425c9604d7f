// Neighbouring grey tone differences (NGTDM): how far each voxel is from the mean of its neighbours.
import { type DiscretisedImage, type Features, forEachPairInside, neighbourOffsets } from './discretised-image.ts';

/** The 5 NGTDM features of pyradiomics (distance 1). */
export function toneDifferenceFeatures(image: DiscretisedImage): Features {
  const { size, levels, present, sorted } = image;
  const neighbours = new Int32Array(levels.length);
  const sums = new Int32Array(levels.length);
  for (const offset of neighbourOffsets(size))
    forEachPairInside(image, offset, (from, to) => {
      neighbours[from]! += 1;
      neighbours[to]! += 1;
      sums[from]! += levels[to]!;
      sums[to]! += levels[from]!;
    });
  const counts = new Float64Array(present.at(-1)! + 1);
  const differences = new Float64Array(counts.length);
  for (let voxel = 0; voxel < levels.length; voxel++) {
    const level = levels[voxel]!;
    if (level === 0) continue;
    counts[level]! += 1;
    if (neighbours[voxel]! > 0) differences[level]! += Math.abs(level - sums[voxel]! / neighbours[voxel]!);
  }
  const rows = present.map((level) => ({
    level,
    share: counts[level]! / sorted.length,
    difference: differences[level]!,
  }));
  const overPairs = (term: (a: (typeof rows)[number], b: (typeof rows)[number]) => number) =>
    rows.reduce((sum, a) => sum + rows.reduce((inner, b) => inner + term(a, b), 0), 0);
  const weighted = rows.reduce((sum, { share, difference }) => sum + share * difference, 0);
  const total = rows.reduce((sum, { difference }) => sum + difference, 0);
  const separation = overPairs((a, b) => Math.abs(a.level * a.share - b.level * b.share));
  const spread = overPairs((a, b) => a.share * b.share * (a.level - b.level) ** 2);
  return {
    Busyness: separation === 0 ? 0 : weighted / separation,
    // 10^6 stands for infinitely coarse.
    Coarseness: weighted === 0 ? 1e6 : 1 / weighted,
    Complexity:
      overPairs(
        (a, b) =>
          (Math.abs(a.level - b.level) * (a.share * a.difference + b.share * b.difference)) / (a.share + b.share),
      ) / sorted.length,
    Contrast: rows.length === 1 ? 0 : (spread * total) / sorted.length / (rows.length * (rows.length - 1)),
    Strength: total === 0 ? 0 : overPairs((a, b) => (a.share + b.share) * (a.level - b.level) ** 2) / total,
  };
}
