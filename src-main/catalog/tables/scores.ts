// Tables `scores`, `patches`, `boxes` and `run_files`: what a run found out about each image.
import type { Catalog } from '../catalog.ts';
import type { ScoreReason } from './calibration.ts';
import { writeFeatures } from './features.ts';

/** One score of one run, such as { run: 3, score: 'MSE full' }. */
export interface ScoreName {
  readonly run: number;
  readonly score: string;
}

/** A score with its value, or why it has none (an empty body mask, say). */
export type ScoreValue =
  | { readonly score: string; readonly value: number }
  | { readonly score: string; readonly reason: string };

/** A high-scoring window, in pixels of the run's model space; a list of them is ranked, highest first. */
export interface Patch {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly value: number;
}

/** A place of any shape in pixels of the stored image; a list of them is ranked, most certain first. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly value: number;
}

/** What became of one image in a run. `skipped`: why nothing was done. */
export interface ImageResult {
  readonly image: number;
  readonly skipped?: string | undefined;
  readonly scores?: readonly ScoreValue[] | undefined;
  /** What networks saw in it. */
  readonly features?: readonly { readonly network: string; readonly vector: Float32Array }[] | undefined;
  /** Why the image is anomalous, and where. */
  readonly why?: { readonly reason: string; readonly place: string | null } | undefined;
  /** What single scores say of it. */
  readonly scoreReasons?: readonly ScoreReason[] | undefined;
  readonly patches?: readonly { readonly score: string; readonly patches: readonly Patch[] }[] | undefined;
  readonly boxes?: readonly { readonly score: string; readonly boxes: readonly Box[] }[] | undefined;
  /** Files beside the catalog, by their role: `reconstruction`, `latent`, `score-map MSE`. */
  readonly files?:
    | readonly { readonly role: string; readonly path: string; readonly sha256?: string | undefined }[]
    | undefined;
}

/** Stores scores, patches and files of one image; those of the same names are replaced. */
export function writeResult(catalog: Catalog, run: number, result: ImageResult): void {
  const { image } = result;
  for (const score of result.scores ?? []) {
    const value = 'value' in score && Number.isFinite(score.value) ? score.value : null;
    const reason = 'reason' in score ? score.reason : value === null ? 'is not a finite number' : null;
    catalog.run(
      `INSERT INTO scores (image, run, score, value, reason) VALUES (@image, @run, @score, @value, @reason)
       ON CONFLICT DO UPDATE SET value = excluded.value, reason = excluded.reason`,
      { image, run, score: score.score, value, reason },
    );
  }
  for (const { network, vector } of result.features ?? []) writeFeatures(catalog, image, network, vector);
  if (result.why !== undefined) {
    catalog.run(
      `INSERT INTO reasons (image, run, reason, place) VALUES (@image, @run, @reason, @place)
       ON CONFLICT DO UPDATE SET reason = excluded.reason, place = excluded.place`,
      { image, run, ...result.why },
    );
  }
  for (const { score, reason, place } of result.scoreReasons ?? []) {
    catalog.run(
      `INSERT INTO score_reasons (image, run, score, reason, place) VALUES (@image, @run, @score, @reason, @place)
       ON CONFLICT DO UPDATE SET reason = excluded.reason, place = excluded.place`,
      { image, run, score, reason, place },
    );
  }
  for (const { score, patches } of result.patches ?? []) {
    catalog.run('DELETE FROM patches WHERE image = @image AND run = @run AND score = @score', { image, run, score });
    for (const [index, { x, y, size, value }] of patches.entries()) {
      catalog.run(
        `INSERT INTO patches (image, run, score, rank, x, y, size, value)
         VALUES (@image, @run, @score, @rank, @x, @y, @size, @value)`,
        { image, run, score, rank: index + 1, x, y, size, value },
      );
    }
  }
  for (const { score, boxes } of result.boxes ?? []) {
    catalog.run('DELETE FROM boxes WHERE image = @image AND run = @run AND score = @score', { image, run, score });
    for (const [index, { x, y, width, height, value }] of boxes.entries()) {
      catalog.run(
        `INSERT INTO boxes (image, run, score, rank, x, y, width, height, value)
         VALUES (@image, @run, @score, @rank, @x, @y, @width, @height, @value)`,
        { image, run, score, rank: index + 1, x, y, width, height, value },
      );
    }
  }
  for (const { role, path, sha256 } of result.files ?? []) {
    catalog.run(
      `INSERT INTO run_files (image, run, role, path, sha256) VALUES (@image, @run, @role, @path, @sha256)
       ON CONFLICT DO UPDATE SET path = excluded.path, sha256 = excluded.sha256`,
      { image, run, role, path, sha256: sha256 ?? null },
    );
  }
}

/** A stored score. */
export interface StoredScore extends ScoreName {
  readonly value: number | null;
  readonly reason: string | null;
}

/** Every score of an image, of all runs. */
export function scoresOf(catalog: Catalog, image: number): readonly StoredScore[] {
  return catalog.all('SELECT run, score, value, reason FROM scores WHERE image = @image ORDER BY run DESC, score', {
    image,
  });
}

/** The scores that a run has, by name. */
export function scoreNamesOf(catalog: Catalog, run: number): readonly string[] {
  // A walk from one name to the next through the index: a run has a handful of names and many rows.
  return catalog.column<string>(
    `WITH RECURSIVE names(name) AS (
       SELECT min(score) FROM scores WHERE run = @run
       UNION ALL
       SELECT (SELECT min(score) FROM scores WHERE run = @run AND score > name) FROM names WHERE name IS NOT NULL
     ) SELECT name FROM names WHERE name IS NOT NULL`,
    { run },
  );
}

/** Every score of every run, those of the newest run first. */
export function listScoreNames(catalog: Catalog): readonly ScoreName[] {
  const runs = catalog.column<number>('SELECT id FROM runs ORDER BY id DESC');
  return runs.flatMap((run) => scoreNamesOf(catalog, run).map((score) => ({ run, score })));
}

/** The highest-scoring patches of an image in a run, highest first. */
export function patchesOf(catalog: Catalog, image: number, name: ScoreName): readonly (Patch & { rank: number })[] {
  return catalog.all(
    `SELECT rank, x, y, size, value FROM patches
     WHERE image = @image AND run = @run AND score = @score ORDER BY rank`,
    { image, ...name },
  );
}

/** The boxes of an image in a run, most certain first. */
export function boxesOf(catalog: Catalog, image: number, name: ScoreName): readonly (Box & { rank: number })[] {
  return catalog.all(
    `SELECT rank, x, y, width, height, value FROM boxes
     WHERE image = @image AND run = @run AND score = @score ORDER BY rank`,
    { image, ...name },
  );
}

/** The boxes of a score on every image that comes from the same file as an image, of each by the newest run that has the score. */
export function newestBoxesOfFile(
  catalog: Catalog,
  image: number,
  score: string,
): readonly (Box & { readonly image: number })[] {
  return catalog.all(
    `SELECT b.image, b.x, b.y, b.width, b.height, b.value FROM images own JOIN images i ON i.file = own.file
     JOIN boxes b ON b.image = i.id AND b.score = @score
     WHERE own.id = @image AND b.run = (SELECT max(run) FROM scores WHERE image = i.id AND score = @score)
     ORDER BY i.id, b.rank`,
    { image, score },
  );
}

/** The images that have boxes of a score, in the order of their ids. */
export function imagesWithBoxes(catalog: Catalog, score: string): readonly number[] {
  return catalog.column('SELECT DISTINCT image FROM boxes WHERE score = @score ORDER BY image', { score });
}

/** The path (relative to the catalog's folder) of a file that a run left for an image. */
export function runFile(catalog: Catalog, image: number, run: number, role: string): string | undefined {
  return catalog.get<{ path: string }>(
    'SELECT path FROM run_files WHERE image = @image AND run = @run AND role = @role',
    { image, run, role },
  )?.path;
}

/** The roles of the files that a run left for an image. */
export function runFileRoles(catalog: Catalog, image: number, run: number): readonly string[] {
  return catalog.column<string>('SELECT role FROM run_files WHERE image = @image AND run = @run ORDER BY role', {
    image,
    run,
  });
}

/** Values of a score with their images and patients, of one cohort or of all images, in the order of image ids. */
export function scoreValues(
  catalog: Catalog,
  name: ScoreName,
  cohort?: number,
): readonly { readonly image: number; readonly value: number; readonly patient: string | null }[] {
  const member = 'AND EXISTS (SELECT 1 FROM cohort_members m WHERE m.cohort = @cohort AND m.image = s.image)';
  return catalog.all(
    `SELECT s.image, s.value, i.patient FROM scores s JOIN images i ON i.id = s.image
     WHERE s.run = @run AND s.score = @score AND s.value IS NOT NULL ${cohort === undefined ? '' : member}
     ORDER BY s.image`,
    { ...name, cohort: cohort ?? null },
  );
}

/** Counts of the values of a score in equal bins, of each cohort; bins span all values of these cohorts. */
export function scoreHistogram(
  catalog: Catalog,
  name: ScoreName,
  cohorts: readonly number[],
  bins: number,
): { readonly edges: Float64Array; readonly counts: readonly Uint32Array[] } {
  const values = cohorts.map((cohort) => cohortValues(catalog, name, cohort));
  const lowest = values.reduce((least, own) => own.reduce((a, b) => Math.min(a, b), least), Number.POSITIVE_INFINITY);
  const highest = values.reduce((most, own) => own.reduce((a, b) => Math.max(a, b), most), Number.NEGATIVE_INFINITY);
  const [from, to] = lowest < highest ? [lowest, highest] : lowest === highest ? [lowest - 0.5, lowest + 0.5] : [0, 1];
  const edges = Float64Array.from({ length: bins + 1 }, (_, edge) => from + ((to - from) * edge) / bins);
  const counts = values.map((own) => {
    const count = new Uint32Array(bins);
    for (const value of own) count[Math.min(bins - 1, Math.floor(((value - from) / (to - from)) * bins))]! += 1;
    return count;
  });
  return { edges, counts };
}

function cohortValues(catalog: Catalog, name: ScoreName, cohort: number): readonly number[] {
  return catalog.column<number>(
    `SELECT s.value FROM cohort_members m JOIN scores s ON s.image = m.image AND s.run = @run AND s.score = @score
     WHERE m.cohort = @cohort AND s.value IS NOT NULL`,
    { ...name, cohort },
  );
}

/** How many images of a cohort have the score, and how many of those at least `threshold`. */
export function countAbove(
  catalog: Catalog,
  name: ScoreName,
  cohort: number,
  threshold: number,
): { readonly above: number; readonly total: number } {
  return catalog.get<{ above: number; total: number }>(
    `SELECT coalesce(sum(s.value >= @threshold), 0) AS above, count(*) AS total
     FROM cohort_members m JOIN scores s ON s.image = m.image AND s.run = @run AND s.score = @score
     WHERE m.cohort = @cohort AND s.value IS NOT NULL`,
    { ...name, cohort, threshold },
  )!;
}
