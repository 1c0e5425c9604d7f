// Images by where they lie: what a task knows of them instead of a catalog, as lines of a file, and as an image source.
import { open, rename } from 'node:fs/promises';
import { z } from 'zod';
import { archiveEntrySchema } from '../archive/entry.ts';
import { refuseNotFinite } from '../archive/finite.ts';
import { readAsImported } from '../decoder/as-imported.ts';
import type { Decoder } from '../decoder/decoder-pool.ts';
import { labelsInModelSpace, labelsOf } from '../holdings/mask-reader.ts';
import type { ImageSource, SourceImage } from '../operations/image-source.ts';
import { Problem } from '../platform/errors.ts';
import { firstFault, spoken } from '../platform/spoken-schema.ts';
import type { TrainingFile } from '../training/training-set.ts';
import type { Share } from './exchange.ts';

const placeSchema = z.strictObject({ entry: archiveEntrySchema, frame: z.int().nonnegative() });

const listedImageSchema = z.strictObject({
  id: z.int(),
  ...placeSchema.shape,
  /** Of the file at import; null where the catalog does not know it. */
  sha256: z.string().nullable(),
  /** Folder or zip that it was imported from. */
  source: z.string(),
  /** A number in place of the patient; absent where unknown. */
  patient: z.string().optional(),
  mask: placeSchema.optional(),
  /** Why its mask cannot be read; such an image is skipped where masks are used. */
  maskFault: z.string().optional(),
});
export type ListedImage = z.infer<typeof listedImageSchema>;

/** Bytes of a line, and how many there are before it. */
export interface LinePlace {
  readonly id: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Writes a line for each image; the file appears when it is complete. Where each line is. */
export async function writeListing(
  file: string,
  images: Iterable<ListedImage> | AsyncIterable<ListedImage>,
): Promise<readonly LinePlace[]> {
  const partial = `${file}.partial`;
  const handle = await open(partial, 'w');
  const places: LinePlace[] = [];
  let offset = 0;
  try {
    let waiting: Buffer[] = [];
    for await (const image of images) {
      const line = Buffer.from(`${JSON.stringify(image)}\n`);
      places.push({ id: image.id, offset, bytes: line.length });
      offset += line.length;
      waiting.push(line);
      if (waiting.length < 1000) continue;
      await handle.writeFile(Buffer.concat(waiting));
      waiting = [];
    }
    await handle.writeFile(Buffer.concat(waiting));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partial, file);
  return places;
}

/** Where the lines of a listing are. */
export async function placesOf(file: string): Promise<readonly LinePlace[]> {
  const places: LinePlace[] = [];
  let offset = 0;
  const handle = await open(file, 'r');
  try {
    for await (const line of handle.readLines({ autoClose: false })) {
      const bytes = Buffer.byteLength(line) + 1;
      places.push({ id: parseLine(file, line).id, offset, bytes });
      offset += bytes;
    }
  } finally {
    await handle.close();
  }
  return places;
}

/** The images of a listing, or of a share of it. Throws `content` for lines that are not understood. */
export async function readListing(
  file: string,
  share?: Pick<Share, 'offset' | 'bytes'>,
): Promise<readonly ListedImage[]> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const { offset, bytes } = share ?? { offset: 0, bytes: size };
    if (offset + bytes > size) throw new Problem('content', { file, reason: 'is shorter than its share says' });
    const { buffer } = await handle.read(Buffer.alloc(bytes), 0, bytes, offset);
    const lines = buffer.toString('utf8').split('\n');
    lines.pop();
    return lines.map((line) => parseLine(file, line));
  } finally {
    await handle.close();
  }
}

function parseLine(file: string, line: string): ListedImage {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new Problem('content', { file, reason: 'has a line that is not JSON' }, { cause });
  }
  const parsed = listedImageSchema.safeParse(value, spoken);
  if (parsed.success) return parsed.data;
  throw new Problem('content', { file, reason: firstFault(parsed.error) });
}

/** Reads a listed image; a file that is gone or has other content than at import is refused as the catalog refuses it. */
const asListed = <T extends { readonly sha256: string }>(
  { entry, source, sha256 }: ListedImage,
  read: () => Promise<T>,
): Promise<T> => readAsImported({ path: entry.path, file: entry.file, source, sha256 }, read);

/** Listed images as the files that a training learns from. */
export function listedTrainingFiles(listed: readonly ListedImage[], decoder: Decoder): readonly TrainingFile[] {
  return listed.map((image) => ({
    name: image.entry.path,
    frame: image.frame,
    decode: async () => (await asListed(image, () => decoder.frame(image.entry, image.frame))).image,
    prepare: (_, recipe) => asListed(image, () => decoder.prepare(image.entry, image.frame, recipe)),
  }));
}

/** Listed images as a source. */
export function listedSource(name: string, listed: readonly ListedImage[], decoder: Decoder): ImageSource {
  const byId = new Map(listed.map((image) => [image.id, image]));
  const unchanged = <T extends { readonly sha256: string }>(
    { id }: SourceImage,
    read: (image: ListedImage) => Promise<T>,
  ): Promise<T> => {
    const image = byId.get(id)!;
    return asListed(image, () => read(image));
  };
  return {
    name,
    images: listed.map(({ id, entry, frame, sha256, patient }) => ({
      id,
      name: entry.path,
      content: sha256 === null ? undefined : { sha256, frame },
      patient,
    })),
    read: async (image) => {
      const { image: decoded } = await unchanged(image, ({ entry, frame }) => decoder.frame(entry, frame));
      refuseNotFinite(decoded, image.name);
      return decoded;
    },
    readModelSpace: async (image, recipe) => {
      const { model, source } = await unchanged(image, ({ entry, frame }) => decoder.prepare(entry, frame, recipe));
      if (source.finite) return model;
      throw new Problem('content', { file: image.name, reason: 'samples are NaN or infinite: it gets no score' });
    },
    readSegmentation: async ({ id }, recipe) => {
      const { mask, maskFault, entry } = byId.get(id)!;
      if (maskFault !== undefined) throw new Problem('file', { file: entry.path, reason: maskFault });
      if (mask === undefined) return undefined;
      return labelsInModelSpace(labelsOf((await decoder.frame(mask.entry, mask.frame)).image), recipe);
    },
  };
}
