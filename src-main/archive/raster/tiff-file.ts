// Opens TIFF files: each page is a frame. Directories are read once; plain pages are copied, others go to the decoder one by one.
import { Problem } from '../../platform/errors.ts';
import { type Frame, type Frames, type Samples, unadorned } from '../decoded-image.ts';
import type { FileBytes } from '../formats/format.ts';
import { checkLimit } from '../limits.ts';
import { orientationNote, upright } from './orientation.ts';
import { openPicture } from './sharp-picture.ts';
import { readTiffDirectories, type TiffFile } from './tiff-directory.ts';
import { plainPage, readPage, segmentsOf, singlePageFile, type TiffPage } from './tiff-page.ts';

/**
 * Opens a TIFF or BigTIFF file. Pages may differ in size; smaller copies of others and masks for them are left out. Throws
 * `content` when broken, `format` for kinds of samples that are not read, `limit` when a page or all together are too large.
 */
export async function openTiff({ bytes, name }: FileBytes): Promise<Frames> {
  const file = readTiffDirectories(bytes, name);
  const all = file.directories.map((directory) => readPage(file, directory, name));
  const images = all.filter(({ isSecondary }) => !isSecondary);
  const pages = images.length === 0 ? all : images;
  checkSizes(file, pages, name);
  const leftOut = all.length - pages.length;
  const others = pages.some(({ width, height }) => width !== pages[0]!.width || height !== pages[0]!.height);
  const notes = [
    ...file.notes,
    ...(leftOut > 0 ? [`${leftOut === 1 ? '1 page' : `${leftOut} pages`} of smaller copies or masks left out`] : []),
    ...(others ? ['its pages differ in size'] : []),
  ];
  return {
    frameCount: pages.length,
    frame: async (index) => {
      const page = pages[index];
      if (page === undefined) throw new Problem('missing', { what: 'page', name: String(index) });
      return pageFrame(file, page, { index, count: pages.length }, notes, name);
    },
  };
}

/** Pages that share their data are how a small file claims to hold very many large ones. */
function checkSizes(file: TiffFile, pages: readonly TiffPage[], name: string): void {
  let [decoded, stored] = [0, 0];
  for (const page of pages) {
    const { width, height, bits, samplesPerPixel } = page;
    const bytes = width * height * samplesPerPixel * Math.max(1, bits / 8);
    checkLimit('side', 'image width', width);
    checkLimit('side', 'image height', height);
    checkLimit('frameBytes', 'image size in bytes', bytes);
    decoded += bytes;
    stored += segmentsOf(file, page, name).reduce((sum, { length }) => sum + length, 0);
  }
  checkLimit('decodedBytes', 'size of all pages in bytes', decoded);
  if (stored > file.bytes.length) throw new Problem('content', { file: name, reason: 'TIFF: its pages overlap' });
}

/** Samples of a page as stored, and what is known of them. */
interface Decoded extends Pick<Frame, 'channels' | 'bitsStored'> {
  readonly samples: Samples;
  readonly notes: readonly string[];
}

async function pageFrame(
  file: TiffFile,
  page: TiffPage,
  frame: Frame['frame'],
  notes: readonly string[],
  name: string,
): Promise<Frame> {
  const plain = plainPage(file, page, name);
  const decoded: Decoded =
    plain === undefined
      ? await coded(file, page, name)
      : { ...plain, bitsStored: page.bits, notes: plain.hasAlpha ? ['transparency was dropped'] : [] };
  const { channels, bitsStored } = decoded;
  return {
    ...unadorned,
    ...upright({ ...page, samples: decoded.samples }, channels, page.orientation),
    channels,
    bitsStored,
    photometric: channels === 3 ? 'RGB' : 'MONOCHROME2',
    frame,
    warnings: [...notes, ...decoded.notes, ...orientationNote(page.orientation)],
  };
}

async function coded(file: TiffFile, page: TiffPage, name: string): Promise<Decoded> {
  const single = singlePageFile(file, page, name);
  const picture = await openPicture(single ?? file.bytes, name, single === undefined ? page.directory.page : 0);
  const { width, height, channels, bits: bitsStored, notes } = picture;
  if (width !== page.width || height !== page.height)
    throw new Problem('content', { file: name, reason: `TIFF: page ${page.directory.page + 1} is broken` });
  const samples = await picture.decode();
  return { samples: page.sampleFormat === 2 ? asSigned(samples, page, name) : samples, channels, bitsStored, notes };
}

/** Signed integers come bit for bit as unsigned ones. */
function asSigned(samples: Samples, { bits }: TiffPage, name: string): Samples {
  if (samples instanceof Uint8Array && bits === 8) return new Int8Array(samples.buffer as ArrayBuffer);
  if (samples instanceof Uint16Array && bits === 16) return new Int16Array(samples.buffer as ArrayBuffer);
  if (samples instanceof Uint32Array && bits === 32) return new Int32Array(samples.buffer as ArrayBuffer);
  throw new Problem('format', { file: name, found: `TIFF with signed samples of ${bits} bits, compressed` });
}
