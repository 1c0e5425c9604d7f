// What the decoder process is asked and what it answers: typed for both ends, checked where requests arrive.
import { z } from 'zod';
import type { DecodedImage } from '../archive/decoded-image.ts';
import { type ArchiveEntry, archiveEntrySchema } from '../archive/entry.ts';
import { type Recipe, recipeSchema } from '../archive/recipe.ts';
import type { ParquetTable } from '../platform/parquet.ts';
import type { Failure } from '../platform/process-channel.ts';

/** One frame as the catalog notes it: everything but the pixels. */
export interface FrameDescription {
  readonly image: Omit<DecodedImage, 'samples'>;
  /** Equal for images of equal pixels. */
  readonly pixelFingerprint: string;
  /** 16 hexadecimal digits; few bits apart for near-duplicates. */
  readonly perceptualHash: string;
  /** Every sample is 0: an all-black frame, or a slice that a mask does not touch. */
  readonly blank: boolean;
}

export interface FileDescription {
  readonly format: string;
  /** Of the file's bytes (of the .hdr and then the .img, where there are two). */
  readonly sha256: string;
  readonly frames: readonly FrameDescription[];
}

/** A file is described, or its own failure told: the others of the same request are described all the same. */
export type FileOutcome = { readonly description: FileDescription } | { readonly failure: Failure };

/** Every answer about pixels says of which file content it is. */
interface OfFile {
  readonly sha256: string;
}

/** What a prepared frame was before. */
export interface FrameSource {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Frames of its file. */
  readonly frames: number;
  /** False when a sample is NaN or infinite. */
  readonly finite: boolean;
}

type FrameRequest = { readonly entry: ArchiveEntry; readonly frame: number };

export type DecoderMethods = {
  /**
   * Answers as soon as the process can work: the time limit of a file does not count its start. In the background it gives
   * way to the window and its decoder.
   */
  readonly ready: { readonly request: { readonly background: boolean }; readonly response: null };
  /** Decodes every frame of every file, one after the other; reports progress a few times a second. */
  readonly describe: {
    readonly request: { readonly entries: readonly ArchiveEntry[] };
    readonly response: readonly FileOutcome[];
  };
  /** The files that a DICOMDIR lists, as paths below its folder. */
  readonly listed: { readonly request: { readonly entry: ArchiveEntry }; readonly response: readonly string[] };
  readonly frame: { readonly request: FrameRequest; readonly response: OfFile & { readonly image: DecodedImage } };
  /** The frame in model space, [channels, resolution, resolution], -1..1. */
  readonly prepare: {
    readonly request: FrameRequest & { readonly recipe: Recipe };
    readonly response: OfFile & { readonly model: Float32Array; readonly source: FrameSource };
  };
  /** Values of text attributes of a DICOM file, by tag of 8 hexadecimal digits; those without a value are left out. */
  readonly attributes: {
    readonly request: { readonly entry: ArchiveEntry; readonly tags: readonly string[] };
    readonly response: OfFile & { readonly texts: Readonly<Record<string, string>> };
  };
  /** The flat columns of a Parquet file, and its rows. */
  readonly table: { readonly request: { readonly file: string }; readonly response: ParquetTable };
  /** A PNG file of the frame as shown, `size` pixels on its longer side at most. */
  readonly thumbnail: { readonly request: FrameRequest & { readonly size: number }; readonly response: Uint8Array };
};

const entry = archiveEntrySchema;
const frame = z.int().nonnegative();

/** Checks what arrives, before a file is touched. */
export const requests = {
  ready: z.strictObject({ background: z.boolean() }),
  describe: z.strictObject({ entries: z.array(entry) }),
  listed: z.strictObject({ entry }),
  frame: z.strictObject({ entry, frame }),
  prepare: z.strictObject({ entry, frame, recipe: recipeSchema }),
  attributes: z.strictObject({ entry, tags: z.array(z.string().regex(/^[0-9a-f]{8}$/)) }),
  table: z.strictObject({ file: z.string() }),
  thumbnail: z.strictObject({ entry, frame, size: z.int().min(1).max(4096) }),
};
