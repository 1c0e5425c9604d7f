// Groups images that are the same (equal pixels) or nearly so (perceptual hashes a few bits apart).
import { Problem } from '../../platform/errors.ts';

/** What is compared, as the catalog has it: hex, the perceptual hash of 64 bits; null: never a duplicate. */
export interface HashedImage {
  readonly id: number;
  readonly pixelFingerprint: string | null;
  readonly perceptualHash: string | null;
}

/** Groups of two and more images with equal pixels; ids ascending, groups in the order of their first. */
export function duplicateGroups(images: readonly HashedImage[]): readonly (readonly number[])[] {
  const groups = Map.groupBy(
    images.filter(({ pixelFingerprint }) => pixelFingerprint !== null),
    ({ pixelFingerprint }) => pixelFingerprint,
  );
  return ordered([...groups.values()].map((group) => group.map(({ id }) => id)));
}

/**
 * Groups of images whose perceptual hashes differ in at most `distance` bits (0..16) from that of another one of the
 * group. Hashes without any variation (all bits equal: flat images) are left out: they say nothing about likeness.
 *
 * Finding pairs takes no comparison of all with all: of `distance + 1` bands of bits, two hashes that differ in at most
 * `distance` bits have at least one in common (pigeonhole principle; Manku et al. 2007, "Detecting near-duplicates for
 * web crawling").
 */
export function nearDuplicateGroups(images: readonly HashedImage[], distance: number): readonly (readonly number[])[] {
  if (!(Number.isInteger(distance) && distance >= 0 && distance <= 16)) {
    throw new Problem('usage', { message: 'the distance of near-duplicates is a whole number of bits, 0 to 16' });
  }
  const byHash = Map.groupBy(
    images.filter(({ perceptualHash }) => perceptualHash !== null && !/^(0+|f+)$/.test(perceptualHash)),
    ({ perceptualHash }) => perceptualHash!,
  );
  const hashes = [...byHash.keys()].sort();
  const high = Uint32Array.from(hashes, (hash) => Number.parseInt(hash.slice(0, 8), 16));
  const low = Uint32Array.from(hashes, (hash) => Number.parseInt(hash.slice(8), 16));
  const parents = Uint32Array.from(hashes, (_, index) => index);
  // Hashes with the same bits in a band hang together as a chain, from the last to the first.
  const earlier = new Int32Array(hashes.length);
  for (const [from, to] of bands(distance + 1)) {
    const latest = new Map<number, number>();
    for (let index = 0; index < hashes.length; index++) {
      const key = bandOf(high[index]!, low[index]!, from, to);
      const before = latest.get(key) ?? -1;
      earlier[index] = before;
      latest.set(key, index);
      for (let other = before; other >= 0; other = earlier[other]!) {
        const bits = ones(high[index]! ^ high[other]!) + ones(low[index]! ^ low[other]!);
        if (bits <= distance) parents[rootOf(parents, index)] = rootOf(parents, other);
      }
    }
  }
  const groups = Map.groupBy(hashes.keys(), (index) => rootOf(parents, index));
  return ordered(
    [...groups.values()].map((group) => group.flatMap((index) => byHash.get(hashes[index]!)!.map(({ id }) => id))),
  );
}

/** Bits from .. to (exclusive) of 64, as even as possible. */
function bands(count: number): readonly (readonly [from: number, to: number])[] {
  const edge = (band: number) => Math.round((64 * band) / count);
  return Array.from({ length: count }, (_, band) => [edge(band), edge(band + 1)]);
}

/** Bits from .. to of a hash, as a number. */
function bandOf(high: number, low: number, from: number, to: number): number {
  return (
    bitsOf(high, Math.min(from, 32), Math.min(to, 32)) * 2 ** 32 +
    (bitsOf(low, Math.max(from - 32, 0), Math.max(to - 32, 0)) >>> 0)
  );
}

function bitsOf(word: number, first: number, last: number): number {
  return last <= first ? 0 : (word >>> (32 - last)) & (2 ** (last - first) - 1);
}

/** How many of 32 bits are set. */
function ones(word: number): number {
  let pairs = word - ((word >>> 1) & 0x5555_5555);
  pairs = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return (((pairs + (pairs >>> 4)) & 0x0f0f_0f0f) * 0x0101_0101) >>> 24;
}

/** The representative of a set of the disjoint-set forest; paths are halved on the way. */
function rootOf(parents: Uint32Array, index: number): number {
  let at = index;
  while (parents[at] !== at) {
    parents[at] = parents[parents[at]!]!;
    at = parents[at]!;
  }
  return at;
}

function ordered(groups: readonly (readonly number[])[]): readonly (readonly number[])[] {
  return groups
    .filter(({ length }) => length > 1)
    .map((group) => group.toSorted((a, b) => a - b))
    .sort(([a = 0], [b = 0]) => a - b);
}
