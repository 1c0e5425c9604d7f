// Reads PNG, JPEG and TIFF (8 and 16 bit, TIFF also 32-bit float) through sharp, samples untouched by colour management.
import sharp, { type Metadata, type Sharp } from 'sharp';
import { Problem } from '../../platform/errors.ts';
import { type Frame, type Frames, type Samples, unadorned } from '../decoded-image.ts';
import { checkLimit } from '../limits.ts';

type RasterFormat = 'PNG' | 'JPEG' | 'TIFF';

/** How samples of one (colour space, depth) of libvips are asked for and held. Others are refused by name. */
interface Layout {
  readonly space: string;
  readonly depth: 'uchar' | 'ushort' | 'float';
  readonly channels: 1 | 3;
  readonly view: (bytes: ArrayBuffer) => Samples;
  readonly bits: number;
}

const uchar = { depth: 'uchar', bits: 8, view: (bytes: ArrayBuffer) => new Uint8Array(bytes) } as const;
const ushort = { depth: 'ushort', bits: 16, view: (bytes: ArrayBuffer) => new Uint16Array(bytes) } as const;
const float = { depth: 'float', bits: 32, view: (bytes: ArrayBuffer) => new Float32Array(bytes) } as const;
const layouts: Readonly<Record<string, Layout>> = {
  'b-w uchar': { ...uchar, space: 'b-w', channels: 1 },
  'srgb uchar': { ...uchar, space: 'srgb', channels: 3 },
  'grey16 ushort': { ...ushort, space: 'grey16', channels: 1 },
  'rgb16 ushort': { ...ushort, space: 'rgb16', channels: 3 },
  'b-w float': { ...float, space: 'b-w', channels: 1 },
};

/**
 * Opens a raster file. A TIFF has one frame per page; all pages must have the size of the first.
 * Throws `content` (broken), `format` (a kind of sample that is not read) or `limit`.
 */
export async function openRaster(bytes: Uint8Array, name: string, format: RasterFormat): Promise<Frames> {
  if (format === 'PNG') checkPngChunks(bytes, name);
  const metadata = await orContent(name, () => open(bytes, 0, false).metadata());
  const layout = layoutOf(metadata, name);
  const { width, height, pages = 1 } = metadata;
  checkLimit('side', 'image width', width);
  checkLimit('side', 'image height', height);
  checkLimit('frames', 'number of pages', pages);
  checkLimit('frameBytes', 'image size in bytes', width * height * (layout.channels + 1) * (layout.bits / 8));
  return { frameCount: pages, frame: (index) => decodePage(bytes, name, metadata, layout, index) };
}

/** No limit only for reading the header, whose size is checked before anything is decoded. Any warning of the decoder fails: what it warns of (cut data, bad checksums) is a short or altered image. */
function open(bytes: Uint8Array, page: number, limitInputPixels: number | false): Sharp {
  return sharp(bytes, { page, pages: 1, failOn: 'warning', ignoreIcc: true, limitInputPixels, sequentialRead: true });
}

function layoutOf(metadata: Metadata, name: string): Layout {
  const found = `${metadata.space} ${metadata.depth}`;
  const layout = layouts[found];
  if (layout === undefined)
    throw new Problem('format', { file: name, found: `${metadata.format} with ${found} samples` });
  return layout;
}

async function decodePage(
  bytes: Uint8Array,
  name: string,
  first: Metadata,
  layout: Layout,
  index: number,
): Promise<Frame> {
  const { width, height, pages = 1 } = first;
  const { data, info } = await orContent(name, () =>
    open(bytes, index, width * height)
      .removeAlpha()
      .toColourspace(layout.space)
      .raw({ depth: layout.depth })
      .toBuffer({ resolveWithObject: true }),
  );
  const expected = width * height * layout.channels * (layout.bits / 8);
  if (info.width !== width || info.height !== height || data.length !== expected) {
    throw new Problem('content', { file: name, reason: `page ${index + 1} is not of the size of the first` });
  }
  return {
    ...unadorned,
    width,
    height,
    channels: layout.channels,
    samples: layout.view(new Uint8Array(data).buffer),
    bitsStored: layout.bits,
    photometric: layout.channels === 3 ? 'RGB' : 'MONOCHROME2',
    frame: { index, count: pages },
    warnings: warningsOf(first),
  };
}

function warningsOf({ hasAlpha, orientation }: Metadata): string[] {
  return [
    ...(hasAlpha ? ['transparency was dropped'] : []),
    ...(orientation !== undefined && orientation > 1 ? [`EXIF orientation ${orientation} was not applied`] : []),
  ];
}

/** PNG chunks beside the image data may hold compressed bombs of their own: their total is limited. */
function checkPngChunks(bytes: Uint8Array, name: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 8;
  let beside = 0;
  while (at + 12 <= bytes.length) {
    const length = view.getUint32(at);
    const isImageData = view.getUint32(at + 4) === 0x49444154;
    if (!isImageData) beside += length + 12;
    at += length + 12;
  }
  if (at !== bytes.length)
    throw new Problem('content', { file: name, reason: 'the PNG file is cut short or has data after its end' });
  checkLimit('sideDataBytes', 'PNG metadata in bytes', beside);
}

async function orContent<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : 'unreadable';
    throw new Problem('content', { file: name, reason: `not readable as an image: ${reason}` }, { cause: error });
  }
}
