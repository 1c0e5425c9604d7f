// What an engine found out about an image, as files beside the catalog and as the rows that name them.
import { writeNpy, writeNpz } from '../archive/numpy-file.ts';
import { encodePng } from '../archive/raster/encode-png.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { recordResults } from '../catalog/tables/runs.ts';
import type { ImageResult, ScoreValue } from '../catalog/tables/scores.ts';
import type { ProjectResult } from '../engine/protocol.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { isProblem } from '../platform/errors.ts';
import { inWords } from '../platform/words.ts';
import { publishedLatents } from '../projection/published-latents.ts';
import type { Distance } from '../scoring/distances.ts';
import { latentScore, lossScore } from '../scoring/families/reconstruction.ts';
import { absences, type ImageScores } from '../scoring/score-image.ts';

/** Roles of the files that a projection leaves for each image. */
export const roles = { reconstruction: 'reconstruction', latents: 'latents', video: 'video' } as const;
export const mapRole = (distance: Distance): string => `score-map ${distance}`;
/** A score, or a file, of the optimised reconstruction where the encoder has made one too. */
export const optimisedName = (name: string): string => `${name} optimised`;
export const scoreNameOf = (distance: Distance, region: string): string => `${distance} ${region}`;

/** Writes the reconstruction (PNG), its latents (.npz, array `w` of the published layout [1, L, w_dim]) and its film. */
export async function keepReconstruction(
  catalog: Catalog,
  run: number,
  { id, reconstruction, latents, video }: ProjectResult,
  network: { readonly resolution: number; readonly channels: 1 | 3; readonly latentWidth: number },
): Promise<NonNullable<ImageResult['files']>> {
  const { resolution, channels, latentWidth } = network;
  const picture = `reconstructions/${run}/${id}.png`;
  const codes = `reconstructions/${run}/${id}.npz`;
  await writeFileAtomic(catalog.path(picture), await encodePng(resolution, resolution, channels, reconstruction));
  await writeNpz(catalog.path(codes), { w: publishedLatents(latents, latentWidth, resolution) });
  const film = `reconstructions/${run}/${id}.mp4`;
  if (video !== null) await writeFileAtomic(catalog.path(film), video);
  return [
    { role: roles.reconstruction, path: picture },
    { role: roles.latents, path: codes },
    ...(video === null ? [] : [{ role: roles.video, path: film }]),
  ];
}

/** Writes what optimisation made of an image that an encoder has reconstructed too: beside the encoder's files. */
export async function keepOptimised(
  catalog: Catalog,
  run: number,
  { id, reconstruction, latents }: ProjectResult,
  {
    resolution,
    channels,
    latentWidth,
  }: { readonly resolution: number; readonly channels: 1 | 3; readonly latentWidth: number },
): Promise<NonNullable<ImageResult['files']>> {
  const [picture, codes] = [`reconstructions/${run}/${id}-optimised.png`, `reconstructions/${run}/${id}-optimised.npz`];
  await writeFileAtomic(catalog.path(picture), await encodePng(resolution, resolution, channels, reconstruction));
  await writeNpz(catalog.path(codes), { w: publishedLatents(latents, latentWidth, resolution) });
  return [
    { role: optimisedName(roles.reconstruction), path: picture },
    { role: optimisedName(roles.latents), path: codes },
  ];
}

/** Writes the score maps (.npy) when they are to be kept. */
export async function keepMaps(
  catalog: Catalog,
  run: number,
  image: number,
  { maps }: ImageScores,
): Promise<NonNullable<ImageResult['files']>> {
  const files: { role: string; path: string }[] = [];
  for (const [distance, map] of Object.entries(maps) as [Distance, NonNullable<ImageScores['maps'][Distance]>][]) {
    const path = `score-maps/${run}/${image}-${distance}.npy`;
    await writeNpy(catalog.path(path), { shape: [map.height, map.width], data: map.values });
    files.push({ role: mapRole(distance), path });
  }
  return files;
}

/** Kinds of failure that say nothing about the image: the archive is gone, the run stops, no decoder can be started. */
const ofTheRun: ReadonlySet<string> = new Set(['drive', 'cancelled', 'process']);

/** Notes that an image was skipped, with the reason. Throws `error` on when it is not about this image. */
export function skipImage(
  { catalog, log }: { readonly catalog: Catalog; readonly log: (level: 'skipped', text: string) => void },
  run: number,
  image: number,
  error: unknown,
): void {
  if (isProblem(error) && ofTheRun.has(error.kind)) throw error;
  recordResults(catalog, run, [{ image, skipped: inWords(error) }]);
  log('skipped', `skipped ${inWords(error)}`);
}

/** What a reconstruction is measured by: the requested scores, its loss, and how far out its latents lie. */
export function scoresOfResult({ scores, loss, latentDistance }: ProjectResult): readonly ScoreValue[] {
  return [
    ...(scores === null ? [] : scoresForCatalog(scores).scores!),
    { score: lossScore, value: loss },
    { score: latentScore, value: latentDistance },
  ];
}

/** Scores and patches as the catalog takes them. */
export function scoresForCatalog({ scores, patches }: ImageScores): Pick<ImageResult, 'scores' | 'patches'> {
  return {
    scores: scores.map(({ distance, region, value, absence }) =>
      value === undefined
        ? { score: scoreNameOf(distance, region), reason: absences[absence] }
        : { score: scoreNameOf(distance, region), value },
    ),
    patches: (Object.entries(patches) as [Distance, NonNullable<ImageScores['patches'][Distance]>][]).map(
      ([distance, found]) => ({
        score: scoreNameOf(distance, 'patch'),
        patches: found.map(({ row, column, size, score }) => ({ x: column, y: row, size, value: score })),
      }),
    ),
  };
}
