// Scores a folder of reconstructions against a folder of originals, as the published eval_recon.py does.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type DecodedImage, isPlain8Bit } from '../archive/decoded-image.ts';
import type { ArchiveEntry } from '../archive/entry.ts';
import { toGrey8 } from '../archive/grey.ts';
import { writeNpy } from '../archive/numpy-file.ts';
import { onOneScale } from '../archive/one-scale.ts';
import { encodePng } from '../archive/raster/encode-png.ts';
import { refuseGoneSource } from '../archive/source.ts';
import { FolderReader, listFolder, type Skipped, stem } from '../decoder/folder-images.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { formatCsv, readCsv } from '../platform/csv.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import type { GreyImage } from '../platform/grey-image.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import type { Distance } from '../scoring/distances.ts';
import type { ScoredPatch } from '../scoring/highest-patches.ts';
import { absences, type ImageScores, type Region, scoreImage } from '../scoring/score-image.ts';
import { readProjectionNotes } from './projection-notes.ts';

export interface FolderScoringOptions {
  readonly originals: string;
  readonly reconstructions: string;
  /** Segmentations of the same names, for region `mask`. */
  readonly masks: string | undefined;
  readonly csv: string;
  readonly distance: Distance;
  readonly region: Region;
  readonly patchSize: number;
  readonly patchCount: number;
  /** Where patches beside their reconstruction go, and score maps (.npy), when wanted. */
  readonly patchFolder: string | undefined;
  readonly mapFolder: string | undefined;
  readonly published: boolean;
}

const columns = {
  filename: 'text',
  dist: 'optional-number',
  distance: 'text',
  region: 'text',
  patch_size: 'optional-number',
  patch_row: 'optional-number',
  patch_column: 'optional-number',
  loss: 'optional-text',
  steps: 'optional-number',
  space: 'optional-text',
  procedure: 'text',
  reason: 'optional-text',
  scale: 'optional-text',
} as const;
const names = Object.keys(columns) as (keyof typeof columns)[];
type Row = Awaited<ReturnType<typeof readRows>>[number];
/** Tables of earlier versions have no column `scale`. */
const readRows = (csv: string) => readCsv(csv, columns, { missing: 'null' });

export interface FolderScoring {
  readonly scored: number;
  readonly skipped: number;
  /** Pairs deeper than 8 bits, brought onto the scale of their original. */
  readonly scaled: number;
}

/**
 * Scores every original that has a reconstruction of the same name (the ending may differ) and writes one CSV, columns
 * `filename,dist` first. Rows of an earlier CSV of the same distance and region stay unless the file is scored again.
 * Each file that cannot be scored is told to `onSkipped`. Throws `mismatch` when the CSV holds another distance or region.
 */
export async function scoreFolder(
  options: FolderScoringOptions,
  control: JobControl,
  onSkipped: (skipped: Skipped) => void,
): Promise<FolderScoring> {
  const rows = new Map((await earlierRows(options)).map((row) => [row.filename, row]));
  const originals = await listFolder(options.originals, control);
  const reconstructions = byStem(await listFolder(options.reconstructions, control));
  const masks = options.masks === undefined ? undefined : byStem(await listFolder(options.masks, control));
  const notes = new Map((await readProjectionNotes(options.reconstructions)).map((note) => [note.filename, note]));
  const reader = new FolderReader();
  let [scored, skipped, scaled, seen] = [0, 0, 0, 0];
  const skip = (entry: Skipped) => {
    skipped++;
    onSkipped(entry);
  };
  for (const refused of originals.refused) skip(refused);
  const read = async (filename: string, original: ArchiveEntry): Promise<Images> => {
    const reconstruction = reconstructions.get(stem(filename));
    const mask = masks?.get(stem(filename));
    if (reconstruction === undefined) throw new Problem('missing', { what: 'reconstruction', name: filename });
    const segmentation = mask === undefined ? undefined : await reader.readGrey(mask);
    return imagesOf(await reader.read(original), await reader.read(reconstruction), segmentation, options.published);
  };
  try {
    for (const [filename, original] of originals.entries) {
      checkpoint(control, 'scoring');
      const images = await read(filename, original).catch(async (error: unknown) => {
        await refuseGoneSource(options.originals);
        await refuseGoneSource(options.reconstructions);
        skip({ name: filename, error });
      });
      const scores = images && scoreOne(filename, images, options, skip);
      if (images && scores) {
        const { loss = null, steps = null, space = null } = notes.get(filename) ?? {};
        const row = rowOf(filename, scores, options);
        rows.set(filename, { ...row, loss, steps, space, scale: images.scale });
        if (images.scale !== 'levels') scaled++;
        if (row.dist === null) skip({ name: filename, error: new Error(row.reason ?? '') });
        else scored++;
        await keepPatches(filename, images, scores.patches[options.distance] ?? [], options);
        await keepMap(filename, scores, options);
      }
      control.report({ stage: 'scoring', done: ++seen, total: originals.entries.size });
    }
  } finally {
    await reader.close();
    if (rows.size > 0) await writeFileAtomic(options.csv, formatCsv(names, sortedByName([...rows.values()])));
  }
  return { scored, skipped, scaled };
}

const byStem = (listing: Awaited<ReturnType<typeof listFolder>>) =>
  new Map([...listing.entries].map(([name, entry]) => [stem(name), entry]));

const sortedByName = (rows: readonly Row[]) => rows.toSorted((a, b) => (a.filename < b.filename ? -1 : 1));

async function earlierRows({
  csv,
  distance,
  region,
  patchSize,
  published,
}: FolderScoringOptions): Promise<readonly Row[]> {
  const rows = existsSync(csv) ? await readRows(csv) : [];
  const says = (row: Pick<Row, 'distance' | 'region' | 'procedure' | 'patch_size'>) =>
    [row.distance, row.region, ...(row.patch_size === null ? [] : [row.patch_size]), row.procedure].join(' ');
  const expected = says({ distance, region, ...kindOf(region, patchSize, published) });
  const other = rows.find((row) => says(row) !== expected);
  if (other === undefined) return rows;
  throw new Problem('mismatch', { what: `scores that ${csv} holds already`, expected, found: says(other) });
}

const kindOf = (region: Region, patchSize: number, published: boolean) => ({
  patch_size: region === 'patch' ? patchSize : null,
  procedure: published ? 'published' : 'corrected',
});

interface Images {
  readonly original: GreyImage;
  readonly reconstruction: GreyImage;
  readonly segmentation: GreyImage | undefined;
  /** What is black and what is white in both, in words. */
  readonly scale: string;
}

/** The published script stretches each image by itself. */
function imagesOf(
  original: DecodedImage,
  reconstruction: DecodedImage,
  segmentation: GreyImage | undefined,
  published: boolean,
): Images {
  const grey = ({ width, height }: DecodedImage, data: Uint8Array): GreyImage => ({ width, height, data });
  const plain = isPlain8Bit(original) && isPlain8Bit(reconstruction);
  const { scale, ...levels } =
    published && !plain
      ? { original: toGrey8(original), reconstruction: toGrey8(reconstruction), scale: 'each image by itself' }
      : onOneScale(original, reconstruction);
  return {
    original: grey(original, levels.original),
    reconstruction: grey(reconstruction, levels.reconstruction),
    segmentation,
    scale,
  };
}

/** Undefined, and told to `skip`, when the images do not fit each other. */
function scoreOne(
  filename: string,
  { original, reconstruction, segmentation }: Images,
  { distance, region, patchSize, patchCount, published }: FolderScoringOptions,
  skip: (skipped: Skipped) => void,
): ImageScores | undefined {
  const asked = { distances: [distance], regions: [region], patchSize, patchCount, published };
  try {
    return scoreImage(original, reconstruction, segmentation === undefined ? asked : { ...asked, segmentation });
  } catch (error) {
    if (!isProblem(error, 'mismatch')) throw error;
    skip({ name: filename, error });
    return undefined;
  }
}

function rowOf(
  filename: string,
  { scores: [score], patches }: ImageScores,
  { distance, region, patchSize, published }: FolderScoringOptions,
): Omit<Row, 'loss' | 'steps' | 'space' | 'scale'> {
  const [highest] = patches[distance] ?? [];
  return {
    filename,
    dist: score?.value ?? null,
    distance,
    region,
    ...kindOf(region, patchSize, published),
    patch_row: highest?.row ?? null,
    patch_column: highest?.column ?? null,
    reason: score?.absence === undefined ? null : absences[score.absence],
  };
}

/** The highest patch as `NAME.png`, further ones as `NAME_2.png` …; the original on the left as published. */
async function keepPatches(
  filename: string,
  { original, reconstruction }: Images,
  patches: readonly ScoredPatch[],
  { patchFolder }: FolderScoringOptions,
): Promise<void> {
  if (patchFolder === undefined) return;
  for (const [index, { row, column, size }] of patches.entries()) {
    const pair = new Uint8Array(size * size * 2);
    for (let y = 0; y < size; y++) {
      const start = (row + y) * original.width + column;
      pair.set(original.data.subarray(start, start + size), y * size * 2);
      pair.set(reconstruction.data.subarray(start, start + size), y * size * 2 + size);
    }
    const name = index === 0 ? `${stem(filename)}.png` : `${stem(filename)}_${index + 1}.png`;
    await writeFileAtomic(join(patchFolder, name), await encodePng(size * 2, size, 1, pair));
  }
}

async function keepMap(filename: string, scores: ImageScores, options: FolderScoringOptions): Promise<void> {
  const map = scores.maps[options.distance];
  if (options.mapFolder === undefined || map === undefined) return;
  const { width, height, values } = map;
  await writeNpy(join(options.mapFolder, `${stem(filename)}.npy`), { shape: [height, width], data: values });
}
