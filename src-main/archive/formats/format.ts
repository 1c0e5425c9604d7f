// What a descriptor of an image format says. Everything that depends on the format of a file asks its descriptor.
import type { Frames } from '../decoded-image.ts';

/** A file in memory. `companion` is the data file of a header (the .img of a NIfTI .hdr). `name` is only for messages. */
export interface FileBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly companion?: Uint8Array;
}

/** An image format that Residua reads. To add one: a file beside this one, and a line in formats.ts. */
export interface FormatDescriptor {
  /** As messages and the catalog name it; never changed once released. */
  readonly name: string;
  /** Usual endings of file names, without the dot. They promise an image, no more: the content decides. */
  readonly extensions: readonly string[];
  /** Whether a file is of this format, from its first `SNIFF_BYTES` bytes (all of a shorter file). */
  readonly recognises: (head: Uint8Array) => boolean;
  /** Files may be gzipped as a whole; `recognises` then sees the bytes inside, `open` the file as it is. */
  readonly gzipped?: true;
  /** Endings of a header and of the separate data file that belongs to it. */
  readonly pair?: { readonly header: string; readonly data: string };
  /**
   * Opens a file; its frames are decoded on demand. Throws `content` when it is broken, `format` when it uses what is not
   * read, `limit` when it is too large. Loads its reader with the first file: image libraries take long to load.
   */
  readonly open: (file: FileBytes) => Promise<Frames>;
  /** The ending of an exported copy, without the dot. */
  readonly copyExtension: (file: Pick<FileBytes, 'bytes' | 'companion'>) => string;
  /**
   * The folder that labels an image at import: archives of patients and series are labelled by the outermost folder, folders
   * of single images by the innermost.
   */
  readonly labelFolder: 'outermost' | 'innermost';
  /** Files may name a display window, which training and runs then use. */
  readonly namesWindows: boolean;
  /** Slices are turned for display by the affine of each file. */
  readonly turnedByAffine?: true;
}

/** True when `bytes` (text as Latin-1) lie at `offset` of `head`. */
export function hasBytes(head: Uint8Array, offset: number, bytes: string | readonly number[]): boolean {
  for (let index = 0; index < bytes.length; index++) {
    const byte = typeof bytes === 'string' ? bytes.charCodeAt(index) : bytes[index];
    if (head[offset + index] !== byte) return false;
  }
  return true;
}

/** What most picture formats have in common. */
export const picture = { labelFolder: 'innermost', namesWindows: false } as const satisfies Partial<FormatDescriptor>;
