// Projects the images of a plain folder, as the published projector.py (branch proj_dir) does, resumably.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DecodedImage } from '../archive/decoded-image.ts';
import { lumaBytes } from '../archive/grey.ts';
import { writeNpz } from '../archive/numpy-file.ts';
import { encodePng } from '../archive/raster/encode-png.ts';
import { applyRecipe } from '../archive/recipe.ts';
import { refuseGoneSource } from '../archive/source.ts';
import { FolderReader, type Skipped, stem } from '../decoder/folder-images.ts';
import type { ProjectParameters, ProjectResult, ProjectStart } from '../engine/protocol.ts';
import { agreementLine, mostDoubtful } from '../operations/doubtful.ts';
import type { ImageSource, ResultSink, SourceImage } from '../operations/image-source.ts';
import { projectImages } from '../operations/project-images.ts';
import { writeFileAtomic } from '../platform/atomic-file.ts';
import type { JobControl } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';
import { publishedLatents } from '../projection/published-latents.ts';
import { rankAgreement } from '../statistics/rank-correlation.ts';
import { openFolderSource } from './folder-source.ts';
import {
  noteOf,
  type ProjectionNote,
  readProjectionNotes,
  sameSettings,
  writeProjectionNotes,
} from './projection-notes.ts';

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
  /** With both ways of reconstruction, in words: how far they agree in the order of the doubtful images. */
  readonly agreement: string | null;
}

/** What a face wants to hear of a projection. */
export interface ProjectionObserver {
  readonly onSkipped: (skipped: Skipped) => void;
  /** Told before the first image. */
  readonly onNote: (note: string) => void;
}

/**
 * Writes `outdir/NAME.png` for every image of `targets`, its latents as `outdir/latents/NAME.npz`, and one row per image
 * in `outdir/projection.csv`. Images that an earlier run did with the same settings and network are kept.
 * Every image that cannot be read or does not fit is told to `onSkipped`.
 */
export async function projectFolder(
  options: FolderProjectionOptions,
  launch: Launcher,
  control: JobControl,
  { onSkipped, onNote }: ProjectionObserver,
): Promise<FolderProjection> {
  const reader = new FolderReader();
  try {
    const listed = await openFolderSource(options.targets, reader, control);
    const sink = new FolderSink(options, await readProjectionNotes(options.outdir), { onSkipped, onNote });
    for (const refused of listed.refused) sink.refuse(refused);
    const source: ImageSource = {
      ...listed,
      readModelSpace: readerFor(sink, listed),
    };
    const normals = options.normals === undefined ? null : await openFolderSource(options.normals, reader, control);
    const { projecting } = options;
    await projectImages({ ...projecting, scoring: null }, source, normals, sink, launch, control);
    if (projecting.inverse !== 'both') return { ...sink.counts, agreement: null };
    // Their reconstructions lie in a folder of their own, with its own notes.
    const again = {
      ...options,
      outdir: join(options.outdir, 'optimised'),
      projecting: { ...projecting, inverse: 'optimise' as const },
    };
    const doubtful = new Map(mostDoubtful(sink.losses, projecting.doubtful).map(({ name, value }) => [name, value]));
    const second = new FolderSink(again, await readProjectionNotes(again.outdir), { onSkipped, onNote });
    const images = listed.images.filter(({ name }) => doubtful.has(name));
    const colours = { ...source, images, readModelSpace: readerFor(second, listed) };
    await projectImages({ ...again.projecting, scoring: null }, colours, normals, second, launch, control);
    const pairs = second.losses.flatMap(({ name, value }) =>
      doubtful.has(name) ? [{ first: doubtful.get(name)!, second: value }] : [],
    );
    const agreement = rankAgreement({
      first: pairs.map(({ first }) => first),
      second: pairs.map(({ second }) => second),
    });
    return { ...sink.counts, agreement: agreementLine('reconstruction loss', agreement) };
  } finally {
    await reader.close();
  }
}

/** Reads an image for the network, and tells the sink in which colours its file was. */
const readerFor =
  (sink: FolderSink, { read }: Pick<ImageSource, 'read'>): ImageSource['readModelSpace'] =>
  async (image, recipe) => {
    const decoded = await read(image);
    sink.noteColours(image, decoded);
    return applyRecipe(decoded, recipe);
  };

/** The reconstructions of one folder: files of the targets' names, and `projection.csv` about them. */
class FolderSink implements ResultSink<ProjectStart, ProjectResult> {
  readonly #options: FolderProjectionOptions;
  readonly #earlier: readonly ProjectionNote[];
  readonly #observer: ProjectionObserver;
  readonly #notes = new Map<string, ProjectionNote>();
  readonly #targets = new Map<number, { readonly name: string; readonly grey: boolean }>();
  readonly counts = { projected: 0, kept: 0, skipped: 0 };
  #start: ProjectStart | undefined;

  constructor(options: FolderProjectionOptions, earlier: readonly ProjectionNote[], observer: ProjectionObserver) {
    this.#options = options;
    this.#earlier = earlier;
    this.#observer = observer;
  }

  start(start: ProjectStart): void {
    this.#start = start;
    if (start.lossRemark !== null) this.#observer.onNote(start.lossRemark);
    for (const note of this.#earlier) {
      const same = sameSettings(this.#noteOf(note.filename, this.#options.mode ?? note.mode), note);
      if (same && existsSync(this.#file(note.filename))) this.#notes.set(note.filename, note);
    }
  }

  /** The reconstruction loss of every image, of earlier runs too where they have noted it. */
  get losses(): readonly { readonly name: string; readonly value: number }[] {
    return [...this.#notes.values()].flatMap(({ filename, reconstruction_loss: value }) =>
      value === null ? [] : [{ name: filename, value }],
    );
  }

  has({ name }: SourceImage): boolean {
    const kept = this.#notes.has(name);
    if (kept) this.counts.kept++;
    return kept;
  }

  /** Without `--mode`, a file gets the colours of its target. */
  noteColours({ id, name }: SourceImage, { channels }: DecodedImage): void {
    this.#targets.set(id, { name, grey: channels === 1 });
  }

  async put(results: readonly ProjectResult[]): Promise<void> {
    const { resolution, channels, latentWidth } = this.#start!;
    const { outdir, saveTargets } = this.#options;
    for (const { id, target, reconstruction, latents, video, loss, latentDistance } of results) {
      const { name, grey } = this.#targets.get(id)!;
      this.#targets.delete(id);
      const mode = this.#options.mode ?? (grey ? 'L' : 'RGB');
      const save = async (path: string, bytes: Uint8Array) =>
        writeFileAtomic(
          path,
          await encodePng(resolution, resolution, mode === 'L' ? 1 : 3, toMode(bytes, channels, mode)),
        );
      if (saveTargets) await save(join(outdir, 'targets', `${stem(name)}.png`), target);
      const w = publishedLatents(latents, latentWidth, resolution);
      await writeNpz(join(outdir, 'latents', `${stem(name)}.npz`), { w });
      if (video !== null) await writeFileAtomic(join(outdir, 'videos', `${stem(name)}.mp4`), video);
      await save(this.#file(name), reconstruction);
      const outcome = { reconstruction_loss: loss, latent_distance: latentDistance };
      this.#notes.set(name, { ...this.#noteOf(name, mode), ...outcome });
      this.counts.projected++;
    }
    await writeProjectionNotes(outdir, [...this.#notes.values()]);
  }

  async skip({ name }: SourceImage, error: unknown): Promise<void> {
    await refuseGoneSource(this.#options.targets);
    this.refuse({ name, error });
  }

  refuse(skipped: Skipped): void {
    this.counts.skipped++;
    this.#observer.onSkipped(skipped);
  }

  #file(name: string): string {
    return join(this.#options.outdir, `${stem(name)}.png`);
  }

  #noteOf(filename: string, mode: string): ProjectionNote {
    const { loss, lossRemark, networkSha256 } = this.#start!;
    return noteOf(this.#options.projecting, {
      ...{ filename, loss, mode },
      ...{ network_sha256: networkSha256, loss_remark: lossRemark },
    });
  }
}

/** Interleaved bytes of the network's colours as those of the file. */
function toMode(bytes: Uint8Array, channels: 1 | 3, mode: ColourMode): Uint8Array {
  if (channels === 3) return mode === 'L' ? lumaBytes(bytes) : bytes;
  return mode === 'L' ? bytes : Uint8Array.from({ length: bytes.length * 3 }, (_, i) => bytes[Math.floor(i / 3)]!);
}
