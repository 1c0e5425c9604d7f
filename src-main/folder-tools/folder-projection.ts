// Projects the images of a plain folder, as the published projector.py (branch proj_dir) does, resumably.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lumaBytes } from '../archive/grey.ts';
import { writeNpz } from '../archive/numpy-file.ts';
import { encodePng } from '../archive/raster/encode-png.ts';
import { applyRecipe, publishedRecipe, type Recipe } from '../archive/recipe.ts';
import { refuseGoneSource } from '../archive/source.ts';
import { type FolderListing, FolderReader, listFolder, type Skipped, stem } from '../decoder/folder-images.ts';
import type {
  ProjectItem,
  ProjectParameters,
  ProjectResult,
  ProjectStart,
  ProjectSupplier,
} from '../engine/protocol.ts';
import { withEngine } from '../engine/start-engine.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import { Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';
import { randomFrom } from '../platform/random/random.ts';
import { type ProjectionNote, readProjectionNotes, writeProjectionNotes } from './projection-notes.ts';

export type ColourMode = 'L' | 'RGB';

export interface FolderProjectionOptions {
  readonly targets: string;
  readonly outdir: string;
  /** Null: L for grey targets, RGB for others. */
  readonly mode: ColourMode | null;
  /** Normal images for the loss `discriminator`; undefined when there are none. */
  readonly normals: string | undefined;
  /** Keep each target as the network saw it in `outdir/targets`. */
  readonly saveTargets: boolean;
  readonly projecting: Omit<ProjectParameters, 'total' | 'scoring'>;
}

export interface FolderProjection {
  readonly projected: number;
  /** Done by an earlier run with the same settings. */
  readonly kept: number;
  readonly skipped: number;
}

/** Of the normals: enough for a stable mean square. */
const normalsUsed = 256;

/**
 * Writes `outdir/NAME.png` for every image of `targets`, its latents as `outdir/latents/NAME.npz`, and one row per image
 * in `outdir/projection.csv`. Images that an earlier run did with the same settings and network are kept.
 * Every image that cannot be read or does not fit is told to `onSkipped`.
 */
export async function projectFolder(
  options: FolderProjectionOptions,
  launch: Launcher,
  control: JobControl,
  onSkipped: (skipped: Skipped) => void,
): Promise<FolderProjection> {
  const work = new FolderWork(options, await listFolder(options.targets, control), onSkipped);
  const notes = await readProjectionNotes(options.outdir);
  try {
    await withEngine<ProjectSupplier, void>(
      launch,
      {
        'project.start': (start) => work.start(start, notes),
        'project.normals': () => readNormals(options.normals, work.recipe, control),
        'project.next': ({ count }) => work.next(count),
        'project.store': (results) => work.store(results),
      },
      async (engine) => {
        await engine.call('project', { ...options.projecting, scoring: null, total: work.total }, control);
      },
    );
  } finally {
    await work.close();
  }
  return work.counts;
}

/** What is still to be done in one folder, and what has been. */
class FolderWork {
  readonly #options: FolderProjectionOptions;
  readonly #names: readonly string[];
  readonly #entries: FolderListing['entries'];
  readonly #onSkipped: (skipped: Skipped) => void;
  readonly #reader = new FolderReader();
  readonly #notes = new Map<string, ProjectionNote>();
  readonly #grey = new Map<number, boolean>();
  readonly counts = { projected: 0, kept: 0, skipped: 0 };
  #position = 0;
  #start: ProjectStart | undefined;

  constructor(options: FolderProjectionOptions, listing: FolderListing, onSkipped: (skipped: Skipped) => void) {
    this.#options = options;
    this.#entries = listing.entries;
    this.#names = [...listing.entries.keys()];
    this.#onSkipped = onSkipped;
    for (const refused of listing.refused) this.#skip(refused);
  }

  get total(): number {
    return this.#names.length;
  }

  get recipe(): Recipe {
    const { recipe, resolution, channels } = this.#start!;
    return recipe ?? publishedRecipe(resolution, channels);
  }

  start(start: ProjectStart, notes: readonly ProjectionNote[]): null {
    this.#start = start;
    for (const note of notes) {
      const { mode } = this.#options;
      const same = JSON.stringify(this.#noteOf(note.filename, mode ?? note.mode)) === JSON.stringify(note);
      if (same && existsSync(this.#file(note.filename))) this.#notes.set(note.filename, note);
    }
    return null;
  }

  async next(count: number): Promise<readonly ProjectItem[]> {
    const items: ProjectItem[] = [];
    while (items.length < count && this.#position < this.#names.length) {
      const id = this.#position++;
      const name = this.#names[id]!;
      if (this.#notes.has(name)) {
        this.counts.kept++;
        continue;
      }
      try {
        const image = await this.#reader.read(this.#entries.get(name)!);
        this.#grey.set(id, image.channels === 1);
        items.push({ id, target: applyRecipe(image, this.recipe) });
      } catch (error) {
        await refuseGoneSource(this.#options.targets);
        this.#skip({ name, error });
      }
    }
    return items;
  }

  async store(results: readonly ProjectResult[]): Promise<null> {
    const { resolution, channels } = this.#start!;
    for (const { id, target, reconstruction, latents, video } of results) {
      const name = this.#names[id]!;
      const mode = this.#options.mode ?? (this.#grey.get(id) ? 'L' : 'RGB');
      const save = async (path: string, bytes: Uint8Array) =>
        writeFileAtomic(
          path,
          await encodePng(resolution, resolution, mode === 'L' ? 1 : 3, toMode(bytes, channels, mode)),
        );
      if (this.#options.saveTargets) await save(join(this.#options.outdir, 'targets', `${stem(name)}.png`), target);
      const shape = [1, latents.length / this.#start!.latentWidth, this.#start!.latentWidth];
      const file = join(this.#options.outdir, 'latents', `${stem(name)}.npz`);
      await writeNpz(file, { w: { shape, data: latents } });
      if (video !== null) await writeFileAtomic(join(this.#options.outdir, 'videos', `${stem(name)}.mp4`), video);
      await save(this.#file(name), reconstruction);
      this.#notes.set(name, this.#noteOf(name, mode));
      this.counts.projected++;
    }
    await writeProjectionNotes(this.#options.outdir, [...this.#notes.values()]);
    return null;
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  #skip(skipped: Skipped): void {
    this.counts.skipped++;
    this.#onSkipped(skipped);
  }

  #file(name: string): string {
    return join(this.#options.outdir, `${stem(name)}.png`);
  }

  #noteOf(filename: string, mode: string): ProjectionNote {
    const { steps, space, seed, renderNoise } = this.#options.projecting;
    const { loss, networkSha256 } = this.#start!;
    return { filename, loss, steps, space, seed, render_noise: renderNoise, mode, network_sha256: networkSha256 };
  }
}

/** Interleaved bytes of the network's colours as those of the file. */
function toMode(bytes: Uint8Array, channels: 1 | 3, mode: ColourMode): Uint8Array {
  if (channels === 3) return mode === 'L' ? lumaBytes(bytes) : bytes;
  return mode === 'L' ? bytes : Uint8Array.from({ length: bytes.length * 3 }, (_, i) => bytes[Math.floor(i / 3)]!);
}

/** A seeded choice of the normals in model space. Throws `missing` when the folder has none that can be read. */
async function readNormals(
  folder: string | undefined,
  recipe: Recipe,
  control: JobControl,
): Promise<readonly Float32Array[]> {
  if (folder === undefined) return [];
  const entries = [...(await listFolder(folder, control)).entries.values()];
  const reader = new FolderReader();
  const images: Float32Array[] = [];
  try {
    for (const index of randomFrom(123).fork('normals').permutation(entries.length)) {
      if (images.length === normalsUsed) break;
      const image = await reader.read(entries[index]!).catch(() => undefined);
      if (image !== undefined) images.push(applyRecipe(image, recipe));
    }
  } finally {
    await reader.close();
  }
  if (images.length === 0) throw new Problem('missing', { what: 'normal images that can be read', name: folder });
  return images;
}
