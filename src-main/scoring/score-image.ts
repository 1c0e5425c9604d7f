// Scores one reconstruction against its original: every asked distance over every asked region, patches and maps.
import { Problem } from '../platform/errors.ts';
import type { GreyImage } from '../platform/grey-image.ts';
import { bodyMask, publishedBodyMask } from './body-mask.ts';
import { assertSameSize, type Distance, distances, type PixelMask } from './distances.ts';
import { highestPatches, type ScoredPatch } from './highest-patches.ts';
import { publishedPortrait } from './published-portrait.ts';
import type { WindowSums } from './sliding-window.ts';
import { publishedPositions, type ScoreMap, scoreMap, windowSums } from './window-sums.ts';

/** `full` image, `body` (see body-mask.ts), highest-scoring `patch`, or a segmentation `mask` of the same geometry. */
export type Region = 'full' | 'body' | 'patch' | 'mask';

/** Why a score is absent; words for a person are in `absences`. */
export type Absence =
  | 'empty-body'
  | 'no-segmentation'
  | 'empty-segmentation'
  | 'smaller-than-patch'
  | 'published-portrait';

export const absences: { readonly [A in Absence]: string } = {
  'empty-body': 'no body was found in the image',
  'no-segmentation': 'there is no segmentation of this image',
  'empty-segmentation': 'the segmentation of this image is empty',
  'smaller-than-patch': 'the image is smaller than a patch',
  'published-portrait': 'the published procedure fails on this image, which is higher than wide',
};

/** A distance over a region, or the reason why there is none. */
export type RegionScore = { readonly distance: Distance; readonly region: Region } & (
  | { readonly value: number; readonly absence?: undefined }
  | { readonly value?: undefined; readonly absence: Absence }
);

export interface ScoringOptions {
  readonly distances: readonly Distance[];
  readonly regions: readonly Region[];
  /** Side of the square patches in pixels; the published default is 32. */
  readonly patchSize: number;
  /** How many non-overlapping patches to name. */
  readonly patchCount: number;
  /** For region `mask`: same geometry as the image, non-zero inside. */
  readonly segmentation?: GreyImage;
  /** True: body and patch as the published eval_recon.py computes them (`--compat published`). */
  readonly published?: boolean;
}

export interface ImageScores {
  /** One for each distance and region asked for, distance by distance. */
  readonly scores: readonly RegionScore[];
  /** With region `patch`, per distance: the highest-scoring windows, highest first. */
  readonly patches: { readonly [D in Distance]?: readonly ScoredPatch[] };
  /** With region `patch`, per distance: the score of every window position. */
  readonly maps: { readonly [D in Distance]?: ScoreMap };
}

/**
 * Scores `reconstruction` against `original` (8-bit grey, same size), as the published eval_recon.py with its errors
 * corrected, or with them when `published` is set. Scores are exact to rounding; maps are float32.
 * Throws `mismatch` when sizes differ (also the segmentation's) and `usage` for a patch size that is not a whole number
 * above 0. What cannot be scored is absent with a reason.
 */
export function scoreImage(original: GreyImage, reconstruction: GreyImage, options: ScoringOptions): ImageScores {
  assertSameSize('size of the reconstruction', original, reconstruction);
  if (options.segmentation !== undefined) assertSameSize('size of the segmentation', original, options.segmentation);
  if (!Number.isInteger(options.patchSize) || options.patchSize < 1)
    throw new Problem('usage', { message: `patch size must be a whole number above 0, not ${options.patchSize}` });

  const windows = options.regions.includes('patch')
    ? options.distances.map((distance) => windowsOf(distance, original, reconstruction, options))
    : [];
  const inside = options.regions
    .filter((region) => region !== 'patch')
    .map((region) => ({ region, pixels: regionPixels[region](original, options) }));

  const scores = options.distances.flatMap((distance, index) =>
    options.regions.map((region): RegionScore => {
      const found = region === 'patch' ? windows[index]! : inside.find((entry) => entry.region === region)!.pixels;
      if (typeof found === 'string') return { distance, region, absence: found };
      const value =
        found instanceof Uint8Array ? distances[distance](original, reconstruction, found) : patchScore(found);
      return { distance, region, value };
    }),
  );
  const scored = windows.flatMap((sums, index) =>
    typeof sums === 'string' ? [] : [{ distance: options.distances[index]!, sums }],
  );
  return {
    scores,
    patches: Object.fromEntries(
      scored.map(({ distance, sums }) => [distance, highestPatches(sums, options.patchCount)]),
    ),
    maps: Object.fromEntries(scored.map(({ distance, sums }) => [distance, scoreMap(sums)])),
  };
}

const regionPixels: {
  readonly [R in Exclude<Region, 'patch'>]: (image: GreyImage, options: ScoringOptions) => PixelMask | Absence;
} = {
  full: ({ data }) => new Uint8Array(data.length).fill(1),
  body: (image, { published = false }) => {
    const body = published ? publishedBodyMask(image) : bodyMask(image);
    if (body === undefined) return 'published-portrait';
    return body.includes(1) ? body : 'empty-body';
  },
  mask: (_, { segmentation }) => {
    if (segmentation === undefined) return 'no-segmentation';
    return segmentation.data.some((value) => value !== 0) ? segmentation.data : 'empty-segmentation';
  },
};

function windowsOf(
  distance: Distance,
  original: GreyImage,
  reconstruction: GreyImage,
  { patchSize, published = false }: ScoringOptions,
): WindowSums | Absence {
  if (Math.min(original.width, original.height) < patchSize) return 'smaller-than-patch';
  const all = windowSums[distance](original, reconstruction, patchSize);
  if (!published) return all;
  if (original.height <= original.width) return publishedPositions(all);
  return publishedPortrait(original, reconstruction, distance, patchSize, all) ?? 'published-portrait';
}

/** The highest score of a window; 0, as published, when the published positions are none. */
function patchScore(windows: WindowSums): number {
  return windows.cutOff ?? highestPatches(windows, 1)[0]?.score ?? 0;
}
