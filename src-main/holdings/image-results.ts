// What an engine found out about an image, as files beside the catalog and as the rows that name them.
import { encodeNpy, encodeNpz } from '../archive/numpy-file.ts';
import { encodePng } from '../archive/raster/encode-png.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { recordResults } from '../catalog/tables/runs.ts';
import type { ImageResult, ScoreValue } from '../catalog/tables/scores.ts';
import type { ProjectResult, ProjectStart } from '../engine/protocol.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { isProblem } from '../platform/errors.ts';
import { inWords } from '../platform/words.ts';
import { publishedLatents } from '../projection/published-latents.ts';
import type { Distance } from '../scoring/distances.ts';
import { everywhereScore, latentScore, lossScore, prominenceScore } from '../scoring/families/reconstruction.ts';
import { somethingAt } from '../scoring/reasons.ts';
import { absences, type ImageScores } from '../scoring/score-image.ts';
import { sortedQuantile } from '../statistics/quantile.ts';

/** Roles of the files that a projection leaves for each image. */
export const roles = { reconstruction: 'reconstruction', latents: 'latents', video: 'video' } as const;
export const mapRole = (distance: Distance): string => `score-map ${distance}`;
/** A score, or a file, of the optimised reconstruction where the encoder has made one too. */
export const optimisedName = (name: string): string => `${name} optimised`;
export const scoreNameOf = (distance: Distance, region: string): string => `${distance} ${region}`;

/** A file that is kept beside the catalog for an image; `path` is relative to the catalog's folder. */
interface KeptFile {
  readonly role: string;
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What is kept of an image: its rows, and the files beside the catalog. */
export interface Outcome extends Omit<ImageResult, 'files'> {
  readonly files?: readonly KeptFile[];
}

/** Writes the files of outcomes, then their rows, in one transaction; `record`: as those of images of the run. */
export async function keepOutcomes(
  catalog: Catalog,
  run: number,
  outcomes: readonly Outcome[],
  record: typeof recordResults = recordResults,
): Promise<void> {
  const rows: ImageResult[] = [];
  for (const { files = [], ...row } of outcomes) {
    for (const { path, bytes } of files) await writeFileAtomic(catalog.path(path), bytes);
    rows.push({ ...row, files: files.map(({ role, path }) => ({ role, path })) });
  }
  record(catalog, run, rows);
}

type NetworkShape = Pick<ProjectStart, 'resolution' | 'channels' | 'latentWidth'>;

/** What a projection leaves of an image: reconstruction, latents, film, scores, patches, and the maps that are to be kept. */
export async function projectOutcome(
  run: number,
  result: ProjectResult,
  network: NetworkShape,
  keepsMaps: boolean,
): Promise<Outcome> {
  const { id, video, scores } = result;
  const film = { role: roles.video, path: `reconstructions/${run}/${id}.mp4` };
  return {
    image: id,
    files: [
      ...(await reconstructionFiles(result, network, `reconstructions/${run}/${id}`, (role) => role)),
      ...(video === null ? [] : [{ ...film, bytes: video }]),
      ...(scores !== null && keepsMaps ? mapFiles(run, id, scores) : []),
    ],
    ...(scores === null ? {} : scoresForCatalog(scores)),
    scores: scoresOfResult(result),
  };
}

/** What optimisation makes of an image that an encoder has reconstructed too: kept beside the encoder's results. */
export async function optimisedOutcome(run: number, result: ProjectResult, network: NetworkShape): Promise<Outcome> {
  const { id } = result;
  return {
    image: id,
    files: await reconstructionFiles(result, network, `reconstructions/${run}/${id}-optimised`, optimisedName),
    scores: scoresOfResult(result).map((each) => ({ ...each, score: optimisedName(each.score) })),
  };
}

/** The reconstruction (PNG) and its latents (.npz, array `w` of the published layout [1, L, w_dim]). */
async function reconstructionFiles(
  { reconstruction, latents }: ProjectResult,
  { resolution, channels, latentWidth }: NetworkShape,
  path: string,
  roleOf: (role: string) => string,
): Promise<readonly KeptFile[]> {
  const picture = await encodePng(resolution, resolution, channels, reconstruction);
  const codes = await encodeNpz({ w: publishedLatents(latents, latentWidth, resolution) });
  return [
    { role: roleOf(roles.reconstruction), path: `${path}.png`, bytes: picture },
    { role: roleOf(roles.latents), path: `${path}.npz`, bytes: codes },
  ];
}

/** Score maps as files (.npy). */
export function mapFiles(run: number, image: number, { maps }: ImageScores): readonly KeptFile[] {
  const entries = Object.entries(maps) as [Distance, NonNullable<ImageScores['maps'][Distance]>][];
  return entries.map(([distance, map]) => ({
    role: mapRole(distance),
    path: `score-maps/${run}/${image}-${distance}.npy`,
    bytes: encodeNpy({ shape: [map.height, map.width], data: map.values }),
  }));
}

/** Kinds of failure that say nothing about the image: the archive is gone, the run stops, no decoder can be started. */
const kindsOfTheRun: ReadonlySet<string> = new Set(['drive', 'cancelled', 'process']);

/** True for a failure that is not about the image that was asked for. */
export const isOfTheRun = (error: unknown): boolean => isProblem(error) && kindsOfTheRun.has(error.kind);

/** Notes that an image was skipped, with the reason. Throws `error` on when it is not about this image. */
export function skipImage(
  { catalog, log }: { readonly catalog: Catalog; readonly log: (level: 'skipped', text: string) => void },
  run: number,
  image: number,
  error: unknown,
): void {
  if (isOfTheRun(error)) throw error;
  recordResults(catalog, run, [{ image, skipped: inWords(error) }]);
  log('skipped', `skipped ${inWords(error)}`);
}

/** What a reconstruction is measured by: the requested scores, its loss, and how far out its latents lie. */
export function scoresOfResult({
  scores,
  loss,
  latentDistance,
}: Pick<ProjectResult, 'scores' | 'loss' | 'latentDistance'>): readonly ScoreValue[] {
  return [
    ...(scores === null ? [] : scoresForCatalog(scores).scores),
    { score: lossScore, value: loss },
    { score: latentScore, value: latentDistance },
  ];
}

/** Scores and patches as the catalog takes them, with what the highest patch says. */
export function scoresForCatalog({ scores, patches, maps }: ImageScores): {
  readonly [N in 'scores' | 'patches' | 'scoreReasons']: NonNullable<ImageResult[N]>;
} {
  const mapped = Object.entries(maps) as [Distance, NonNullable<ImageScores['maps'][Distance]>][];
  const found = Object.entries(patches) as [Distance, NonNullable<ImageScores['patches'][Distance]>][];
  return {
    scores: [
      ...scores.map(({ distance, region, value, absence }) =>
        value === undefined
          ? { score: scoreNameOf(distance, region), reason: absences[absence] }
          : { score: scoreNameOf(distance, region), value },
      ),
      ...mapped.flatMap(([distance, { values }]) => ofPatches(distance, values)),
    ],
    patches: found.map(([distance, ranked]) => ({
      score: scoreNameOf(distance, 'patch'),
      patches: ranked.map(({ row, column, size, score }) => ({ x: column, y: row, size, value: score })),
    })),
    scoreReasons: found.flatMap(([distance, [highest]]) => {
      const map = maps[distance];
      if (highest === undefined || map === undefined) return [];
      // The map has a place for every position of the patch.
      const shareOf = (first: number, places: number) => (first + highest.size / 2) / (places + highest.size - 1);
      const said = somethingAt(shareOf(highest.column, map.width), shareOf(highest.row, map.height));
      return [scoreNameOf(distance, 'patch'), prominenceScore(distance)].map((score) => ({ score, ...said }));
    }),
  };
}

/** Of an image that is redrawn perfectly but for one place. */
const mostProminent = 1000;

/** How badly an image is redrawn everywhere, and how far its worst place stands out of that. */
function ofPatches(distance: Distance, values: Float32Array): readonly ScoreValue[] {
  const sorted = Float64Array.from(values).sort();
  const [everywhere, highest] = [sortedQuantile(sorted, 0.25), sortedQuantile(sorted, 1)];
  const prominence = highest > 0 ? Math.min(mostProminent, highest / everywhere) : 1;
  return [
    { score: prominenceScore(distance), value: prominence },
    { score: everywhereScore(distance), value: everywhere },
  ];
}
