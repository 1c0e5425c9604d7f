// The images of a plain folder or zip, without a catalog: listed once by name, read one at a time.
import type { DecodedImage } from '../archive/decoded-image.ts';
import type { ArchiveEntry } from '../archive/entry.ts';
import { refuseNotFinite } from '../archive/finite.ts';
import { toGrey8 } from '../archive/grey.ts';
import { walk } from '../archive/walk.ts';
import type { GreyImage } from '../platform/grey-image.ts';
import type { JobControl } from '../platform/job.ts';
import { inWords, oneLine } from '../platform/words.ts';
import { type Decoder, openDecoderPool } from './decoder-pool.ts';

/** Something that was not done, and why: one line of the summary. */
export interface Skipped {
  readonly name: string;
  readonly error: unknown;
}

/** `a.png: not a format …`, with the name once. */
export function skippedLine({ name, error }: Skipped): string {
  const words = inWords(error);
  return words.startsWith(oneLine(name)) ? `skipped ${words}` : `skipped ${name}: ${words}`;
}

/** Files of a folder by their name in it (`/` between folders), and what is refused before it is opened. */
export interface FolderListing {
  readonly entries: ReadonlyMap<string, ArchiveEntry>;
  readonly refused: readonly Skipped[];
}

/** Lists a folder, zip or single file in name order; files that a DICOMDIR promises and that are not there are refused. Throws `file` when it cannot be opened at all. */
export async function listFolder(root: string, control: JobControl): Promise<FolderListing> {
  const entries = new Map<string, ArchiveEntry>();
  const refused: Skipped[] = [];
  await withDirectoryReader(async ({ listed: listedIn }) => {
    for await (const item of walk(root, { ...control, listedIn })) {
      if (item.kind === 'refused') refused.push({ name: item.path, error: item.problem });
      else entries.set(item.entry.path, item.entry);
    }
  });
  return { entries, refused };
}

/** Gives `work` a reader of DICOMDIRs. Few folders have one: the process that opens it is started when one does. */
export async function withDirectoryReader<T>(work: (reader: Pick<Decoder, 'listed'>) => Promise<T>): Promise<T> {
  let decoder: Decoder | undefined;
  const listed = (dicomdir: ArchiveEntry) => {
    decoder ??= openDecoderPool();
    return decoder.listed(dicomdir);
  };
  try {
    return await work({ listed });
  } finally {
    await decoder?.close();
  }
}

/** `a/b.nii.gz` -> `a/b`: what a target and its reconstruction have in common. */
export function stem(name: string): string {
  return name.replace(/(\.nii|\.hdr|\.img)?\.[^./]+$/i, '');
}

/** Reads entries in processes of their own, until `close`. */
export class FolderReader {
  readonly #decoder = openDecoderPool({ processes: 2 });

  /**
   * The first frame of a file. Throws `file`, `format`, `content` (also for samples that are no numbers) or `limit`, naming
   * the file.
   */
  async read(entry: ArchiveEntry): Promise<DecodedImage> {
    const { image } = await this.#decoder.frame(entry, 0);
    refuseNotFinite(image, entry.path);
    return image;
  }

  /** As 8-bit grey. */
  async readGrey(entry: ArchiveEntry): Promise<GreyImage> {
    const image = await this.read(entry);
    return { width: image.width, height: image.height, data: toGrey8(image) };
  }

  close(): Promise<void> {
    return this.#decoder.close();
  }
}

/** Gives `work` a decoder, in processes of its own, and ends it. */
export async function withDecoder<T>(work: (decoder: Decoder) => Promise<T>): Promise<T> {
  const decoder = openDecoderPool({ processes: 2 });
  try {
    return await work(decoder);
  } finally {
    await decoder.close();
  }
}
