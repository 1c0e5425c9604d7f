// What the workbench needs to know about files from outside: what is in them, and the pixels of one frame.
import { createHash } from 'node:crypto';
import { openImageFile } from '../archive/decode.ts';
import type { DecodedImage, ImageFormat } from '../archive/decoded-image.ts';
import type { ArchiveEntry } from '../archive/entry.ts';
import { EntryReader } from '../archive/entry-reader.ts';
import { displayValues, toBytes } from '../archive/grey.ts';
import { encodePng } from '../archive/raster/encode-png.ts';
import { resample } from '../archive/resample.ts';

/** One frame as the catalog notes it. */
export interface FrameDescription {
  readonly image: Omit<DecodedImage, 'samples'>;
  readonly pixelsSha256: string;
}

export interface FileDescription {
  readonly format: ImageFormat;
  readonly sha256: string;
  readonly frames: readonly FrameDescription[];
}

/** Opens files from outside. Throws `file`, `format`, `content`, `limit`, `mismatch` or `process`, always of that file. */
export interface Decoder {
  readonly describe: (entry: ArchiveEntry) => Promise<FileDescription>;
  /** `sha256` is that of the whole file, to be compared with the one at import. */
  readonly frame: (
    entry: ArchiveEntry,
    frame: number,
  ) => Promise<{ readonly image: DecodedImage; readonly sha256: string }>;
  /** A PNG file of the frame as display grey or colours, `size` pixels on the longer side at most. */
  readonly thumbnail: (entry: ArchiveEntry, frame: number, size: number) => Promise<Uint8Array>;
  readonly close: () => Promise<void>;
}

/** A decoder in this process. */
export function openDecoder(): Decoder {
  const reader = new EntryReader();
  return {
    async describe(entry) {
      const bytes = await reader.read(entry);
      const file = await openImageFile(bytes);
      const frames: FrameDescription[] = [];
      for (let index = 0; index < file.frameCount; index++) {
        const { samples, ...image } = await file.frame(index);
        const pixels = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
        frames.push({ image, pixelsSha256: createHash('sha256').update(pixels).digest('hex') });
      }
      return { format: file.format, sha256: bytes.sha256, frames };
    },
    async frame(entry, frame) {
      const bytes = await reader.read(entry);
      return { image: await (await openImageFile(bytes)).frame(frame), sha256: bytes.sha256 };
    },
    async thumbnail(entry, frame, size) {
      return thumbnailOf(await (await openImageFile(await reader.read(entry))).frame(frame), size);
    },
    close: () => reader.close(),
  };
}

async function thumbnailOf(image: DecodedImage, size: number): Promise<Uint8Array> {
  const { channels, width, height } = image;
  const scale = Math.min(1, size / Math.max(width, height));
  const [toWidth, toHeight] = [width, height].map((side) => Math.max(1, Math.round(side * scale))) as [number, number];
  const levels = toBytes(displayValues(image));
  const resized = resample(levels, width, height, channels, toWidth, toHeight, 'box');
  return encodePng(toWidth, toHeight, channels, resized);
}
