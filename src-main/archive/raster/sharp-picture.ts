// Decodes one PNG, JPEG or TIFF picture through sharp: samples untouched by colour management, every complaint an error.
import sharp, { type Metadata, type Sharp } from 'sharp';
import { Problem } from '../../platform/errors.ts';
import type { Samples } from '../decoded-image.ts';
import { checkLimit } from '../limits.ts';

/** How samples of a libvips colour space and depth are requested and stored. Others are refused by name. */
interface Layout {
  readonly space: string;
  readonly depth: 'uchar' | 'ushort' | 'uint' | 'float';
  /** Of the samples as libvips gives them, without alpha. */
  readonly decoded: 1 | 3 | 4;
  readonly view: (bytes: ArrayBuffer) => Samples;
  readonly bits: number;
}

const uchar = { depth: 'uchar', bits: 8, view: (bytes: ArrayBuffer) => new Uint8Array(bytes) } as const;
const ushort = { depth: 'ushort', bits: 16, view: (bytes: ArrayBuffer) => new Uint16Array(bytes) } as const;
const uint = { depth: 'uint', bits: 32, view: (bytes: ArrayBuffer) => new Uint32Array(bytes) } as const;
const float = { depth: 'float', bits: 32, view: (bytes: ArrayBuffer) => new Float32Array(bytes) } as const;
const layouts: Readonly<Record<string, Layout>> = {
  'b-w uchar': { ...uchar, space: 'b-w', decoded: 1 },
  'srgb uchar': { ...uchar, space: 'srgb', decoded: 3 },
  'grey16 ushort': { ...ushort, space: 'grey16', decoded: 1 },
  'rgb16 ushort': { ...ushort, space: 'rgb16', decoded: 3 },
  'b-w uint': { ...uint, space: 'b-w', decoded: 1 },
  'b-w float': { ...float, space: 'b-w', decoded: 1 },
  'cmyk uchar': { ...uchar, space: 'cmyk', decoded: 4 },
};

/** A picture whose header has been read and whose size is within the limits. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly bits: number;
  /** 1 to 8, as EXIF says. */
  readonly orientation: number;
  readonly notes: readonly string[];
  /** [height, width, channels] as stored, not yet turned. */
  readonly decode: () => Promise<Samples>;
}

/**
 * Reads the header of a picture, `page` of its file. Throws `content` (broken), `format` (a kind of sample that is not read)
 * or `limit`.
 */
export async function openPicture(bytes: Uint8Array, name: string, page = 0): Promise<Picture> {
  const metadata = await orContent(name, () => open(bytes, page, false).metadata());
  const layout = layoutOf(metadata, name);
  const { width, height, hasAlpha, orientation = 1 } = metadata;
  const { decoded, bits, view } = layout;
  checkLimit('side', 'image width', width);
  checkLimit('side', 'image height', height);
  checkLimit('frameBytes', 'image size in bytes', width * height * (decoded + (hasAlpha ? 1 : 0)) * (bits / 8));
  const decode = async () => {
    const { data, info } = await orContent(name, () => raw(open(bytes, page, width * height), layout));
    const expected = width * height * decoded * (bits / 8);
    if (info.width !== width || info.height !== height || data.length !== expected)
      throw new Problem('content', { file: name, reason: 'its data has another size than its header says' });
    const samples = view(new Uint8Array(data).buffer);
    return decoded === 4 ? rgbOfCmyk(samples as Uint8Array) : samples;
  };
  const notes = [
    ...(hasAlpha ? ['transparency was dropped'] : []),
    ...(decoded === 4 ? ['printing colours (CMYK) became RGB without a colour profile'] : []),
  ];
  return { width, height, channels: decoded === 1 ? 1 : 3, bits, orientation, notes, decode };
}

/** No limit only for reading the header, whose size is checked before anything is decoded. Any warning of the decoder fails: what it warns of (cut data, bad checksums) is a short or altered image. */
function open(bytes: Uint8Array, page: number, limitInputPixels: number | false): Sharp {
  return sharp(bytes, { page, pages: 1, failOn: 'warning', ignoreIcc: true, limitInputPixels, sequentialRead: true });
}

function raw(image: Sharp, { space, depth, decoded }: Layout) {
  const plain = decoded === 4 ? image.pipelineColourspace(space) : image.removeAlpha();
  return plain.toColourspace(space).raw({ depth }).toBuffer({ resolveWithObject: true });
}

function layoutOf(metadata: Metadata, name: string): Layout {
  const found = `${metadata.space} ${metadata.depth}`;
  const layout = layouts[found];
  if (layout === undefined)
    throw new Problem('format', { file: name, found: `${metadata.format} with ${found} samples` });
  return layout;
}

/** Ink 0 (none) to 255 -> RGB, as a screen without a profile shows it: (255 - ink) * (255 - black) / 255. */
function rgbOfCmyk(cmyk: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((cmyk.length / 4) * 3);
  for (let from = 0, to = 0; from < cmyk.length; from += 4, to += 3) {
    const light = 255 - cmyk[from + 3]!;
    for (let ink = 0; ink < 3; ink++) rgb[to + ink] = Math.round(((255 - cmyk[from + ink]!) * light) / 255);
  }
  return rgb;
}

async function orContent<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : 'unreadable';
    throw new Problem('content', { file: name, reason: `not readable as an image: ${reason}` }, { cause: error });
  }
}
