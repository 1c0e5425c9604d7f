// A training set: files surveyed once, kept in memory as far as they fit, decoded again when they are needed else.
import { createHash } from 'node:crypto';
import type { Label } from '../archive/dataset-zip.ts';
import type { DecodedImage } from '../archive/decoded-image.ts';
import type { Recipe } from '../archive/recipe.ts';
import { isProblem, Problem, type ProblemKind } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { numpyRandom } from '../platform/random/numpy-random.ts';
import { inWords } from '../platform/words.ts';
import { type PackedImage, pack, unpack } from './packed-image.ts';
import { isInUnits, type RecipeChoice, trainingRecipe } from './training-recipe.ts';

/** A frame in model space, and what it was before. */
export interface PreparedFrame {
  /** Of the whole file. */
  readonly sha256: string;
  /** [C, R, R] in -1..1. */
  readonly model: Float32Array;
  readonly source: {
    readonly width: number;
    readonly height: number;
    readonly channels: 1 | 3;
    readonly frames: number;
    /** False when a sample is NaN or infinite. */
    readonly finite: boolean;
  };
}

/** A file of a training set. Both functions throw Problems that are this file's alone. */
export interface TrainingFile {
  /** For messages. */
  readonly name: string;
  /** The frame that is meant; null: every frame of the file. */
  readonly frame: number | null;
  readonly label?: Label;
  readonly decode: (frame: number) => Promise<DecodedImage>;
  readonly prepare: (frame: number, recipe: Recipe) => Promise<PreparedFrame>;
}

export interface TrainingSetOptions {
  readonly recipe: RecipeChoice;
  /** Train with so many images, chosen by the seed as the published trainer does; null: with all. */
  readonly subset: { readonly count: number; readonly seed: number } | null;
  /** Bytes of images that may be kept in memory. */
  readonly memory: number;
  /** Files that are read at the same time. */
  readonly workers: number;
}

export interface TrainingSet {
  readonly recipe: Recipe;
  /** What is done to images one by one, or to all alike, that a person may not expect. */
  readonly notes: readonly string[];
  /** Names the content: of the hashes of the files in order. */
  readonly sha256: string;
  readonly count: number;
  /** Images of all files: with a subset, those that are not trained with come after it. Metrics look at them. */
  readonly total: number;
  /** In the order of all images; null without labels. */
  readonly labels: readonly Label[] | null;
  readonly nameOf: (index: number) => string;
  /** SHA-256 of the file of an image, and its frame. */
  readonly identityOf: (index: number) => { readonly sha256: string; readonly frame: number };
  /** Image `index` as [C, R, R] in -1..1. */
  readonly image: (index: number) => Promise<Float32Array>;
}

/** A training image: a frame, and its values when they are kept. */
interface Item {
  readonly file: TrainingFile;
  readonly frame: number;
  readonly sha256: string;
  readonly kept: PackedImage | null;
}

/**
 * Reads every file once: refuses what the published trainer would stumble over later, and keeps what fits in memory. Files
 * that are no image or broken are told to `onSkipped` and left out. Throws `mismatch` for an image of another size than
 * the first (unless all are resized), `content` for one whose samples are no numbers, `missing` when none is left,
 * `usage` for an impossible subset.
 */
export async function openTrainingSet(
  files: readonly TrainingFile[],
  { recipe: choice, subset, memory, workers }: TrainingSetOptions,
  control: JobControl,
  onSkipped: (name: string, error: unknown) => void,
): Promise<TrainingSet> {
  const first = await firstImage(files);
  const looked = await lookedAt(files, first, choice, workers);
  const { recipe, notes } = trainingRecipe(looked, first.name, choice);
  const demand = demandLike(choice.resolution === null ? first.image : null);
  const items: Item[] = [];
  let left = memory;
  for (let start = 0; start < files.length; start += 4 * workers) {
    checkpoint(control, 'reading the training images');
    const part = files.slice(start, start + 4 * workers);
    const read = await Promise.allSettled(part.map((file) => readFrames(file, recipe, demand)));
    for (const [i, result] of read.entries()) {
      if (result.status === 'rejected') {
        if (!isSkippable(result.reason)) throw result.reason;
        onSkipped(part[i]!.name, result.reason);
        continue;
      }
      for (const item of result.value) {
        left -= item.kept!.byteLength;
        items.push(left < 0 ? { ...item, kept: null } : item);
      }
    }
    control.report({ stage: 'reading the images', done: start + part.length, total: files.length });
  }
  const [chosen, others] = chooseSubset(items, subset);
  const all = [...chosen, ...others];
  const hash = createHash('sha256');
  for (const { sha256, frame } of chosen) hash.update(`${sha256} ${frame}\n`);
  return {
    recipe,
    notes,
    sha256: hash.digest('hex'),
    count: chosen.length,
    total: all.length,
    labels: labelsOf(all),
    nameOf: (index) => all[index]!.file.name,
    identityOf: (index) => all[index]!,
    image: async (index) => {
      const { file, frame, kept } = all[index]!;
      if (kept !== null) return unpack(kept);
      const prepared = await file.prepare(frame, recipe);
      demand(prepared, file.name);
      return prepared.model;
    },
  };
}

/** What is one file's own fault does not stop the rest. */
const ownFaults: readonly ProblemKind[] = ['format', 'content', 'limit', 'file'];
const isSkippable = (error: unknown): boolean => isProblem(error) && ownFaults.includes(error.kind);

async function firstImage(
  files: readonly TrainingFile[],
): Promise<{ readonly image: DecodedImage; readonly name: string }> {
  let reason = 'the set is empty';
  for (const { name, frame, decode } of files) {
    try {
      return { image: await decode(frame ?? 0), name };
    } catch (error) {
      if (!isSkippable(error)) throw error;
      reason = inWords(error);
    }
  }
  throw new Problem('missing', { what: 'training images', name: reason });
}

/** Of so many files, evenly spread over the set, the windows are looked at. */
const mostLookedAt = 100;

/** The images that the recipe is chosen from: the first, and where a window for all is sought, some of the others. */
async function lookedAt(
  files: readonly TrainingFile[],
  first: { readonly image: DecodedImage; readonly name: string },
  choice: RecipeChoice,
  workers: number,
): Promise<readonly DecodedImage[]> {
  if (choice.intensity !== 'auto' || !isInUnits(first.image)) return [first.image];
  const others = files.filter(({ name }) => name !== first.name);
  const step = Math.max(1, others.length / (mostLookedAt - 1));
  const chosen = Array.from(
    { length: Math.min(others.length, mostLookedAt - 1) },
    (_, i) => others[Math.floor(i * step)]!,
  );
  const images = [first.image];
  for (let start = 0; start < chosen.length; start += 4 * workers) {
    const part = chosen.slice(start, start + 4 * workers);
    const read = await Promise.allSettled(part.map(({ frame, decode }) => decode(frame ?? 0)));
    for (const result of read) {
      // A file that cannot be read is reported when the set is read.
      if (result.status === 'fulfilled') images.push(result.value);
      else if (!isSkippable(result.reason)) throw result.reason;
    }
  }
  return images;
}

/** A check of prepared images: that every sample is a number and, where one is given, that they have the size of an image. */
function demandLike(first: DecodedImage | null): (prepared: PreparedFrame, name: string) => void {
  const sizeOf = (image: Pick<DecodedImage, 'width' | 'height' | 'channels'>) =>
    `${image.width} x ${image.height} x ${image.channels}`;
  return ({ source }, name) => {
    if (!source.finite) {
      throw new Problem('mismatch', { what: `samples of ${name}`, expected: 'numbers', found: 'NaN or infinity' });
    }
    if (first === null || sizeOf(source) === sizeOf(first)) return;
    throw new Problem('mismatch', { what: `size of ${name}`, expected: sizeOf(first), found: sizeOf(source) });
  };
}

async function readFrames(
  file: TrainingFile,
  recipe: Recipe,
  demand: (prepared: PreparedFrame, name: string) => void,
): Promise<readonly Item[]> {
  const read = async (frame: number) => {
    const prepared = await file.prepare(frame, recipe).catch((error: unknown) => {
      if (!isProblem(error, 'mismatch')) throw error;
      throw new Problem('mismatch', { ...error.values, what: `${file.name}: ${error.values.what}` }, { cause: error });
    });
    demand(prepared, file.name);
    const { sha256, model, source } = prepared;
    return { item: { file, frame, sha256, kept: pack(model) }, frames: source.frames };
  };
  if (file.frame !== null) return [(await read(file.frame)).item];
  const { item, frames } = await read(0);
  const items = [item];
  for (let frame = 1; frame < frames; frame++) items.push((await read(frame)).item);
  return items;
}

/** The published choice, NumPy's shuffle of the numbers, the first ones, sorted; and the rest. */
function chooseSubset(
  items: readonly Item[],
  subset: TrainingSetOptions['subset'],
): readonly [readonly Item[], readonly Item[]] {
  if (items.length === 0)
    throw new Problem('missing', { what: 'training images', name: 'none of the files can be used' });
  if (subset === null) return [items, []];
  if (subset.count < 1 || subset.count > items.length) {
    throw new Problem('usage', { message: `--subset must be between 1 and ${items.length}` });
  }
  if (subset.count === items.length) return [items, []];
  const numbers = items.map((_, index) => index);
  numpyRandom(subset.seed).shuffle(numbers);
  const parts = [numbers.slice(0, subset.count), numbers.slice(subset.count)];
  const [chosen, others] = parts.map((part) => part.sort((a, b) => a - b).map((index) => items[index]!));
  return [chosen!, others!];
}

function labelsOf(items: readonly Item[]): readonly Label[] | null {
  const labels = items.flatMap(({ file: { label } }) => (label === undefined ? [] : [label]));
  return labels.length === items.length ? labels : null;
}
