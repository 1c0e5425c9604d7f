// Blacks out rectangles in every frame of a DICOM file, and says so in its attributes (PS3.15 E.3.1, Clean Pixel Data Option).
import type { Frame } from '../../archive/decoded-image.ts';
import type { Rectangle } from '../../catalog/tables/marks.ts';
import { Problem } from '../../platform/errors.ts';
import { blackened, touchedPixels } from './black-out.ts';
import { type DataSet, type Element, readDicom, type Tag, textBytes, textOf, writeDicom } from './dicom-elements.ts';

const [pixelData, transferSyntax, methodCodes, burnedIn] = [0x7fe0_0010, 0x0002_0010, 0x0012_0064, 0x0028_0301];
const explicitLittle = '1.2.840.10008.1.2.1';

/** What a data set declares of its pixels. */
interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly allocated: number;
  readonly stored: number;
  readonly signed: boolean;
  readonly frames: number;
  readonly photometric: string;
  readonly planar: boolean;
}

/**
 * The file with the rectangles (in pixels of a frame) black in every frame. Plain pixels are edited in place. Compressed ones are stored
 * plainly, with the values that `decode` gives of each frame: no other sample changes. Burned In Annotation becomes NO, and
 * 113101 joins the de-identification methods. Throws `file` for pixels of a form that cannot be edited so, `content` for a broken file.
 */
export async function blackOutDicom(
  bytes: Uint8Array,
  file: string,
  boxes: readonly Rectangle[],
  decode: (frame: number) => Promise<Frame>,
): Promise<Uint8Array> {
  const { meta, dataSet, encoding } = readDicom(bytes, file);
  const refuse = (what: string) =>
    new Problem('file', { file, reason: `text in ${what} cannot be blacked out in its own format: export it as PNG` });
  const pixels = pixelsOf(dataSet, encoding.littleEndian);
  const element = dataSet.find(({ tag }) => tag === pixelData);
  if (pixels === undefined || element === undefined) throw refuse('pixels that are not declared');
  if (pixels.allocated !== 8 && pixels.allocated !== 16) throw refuse(`pixels of ${pixels.allocated} bits`);
  if (pixels.photometric === 'PALETTE COLOR') throw refuse('pixels with a palette');
  const isText = (tag: Tag) => tag === burnedIn;
  const stated = (rest: DataSet): DataSet => [
    ...rest
      .filter(({ tag }) => !isText(tag))
      .map((each) => (each.tag === methodCodes ? withCleanPixelData(each) : each)),
    { tag: burnedIn, representation: encoding.implicit ? '' : 'CS', bytes: textBytes('NO', 'CS') },
  ];
  const write = (changed: DataSet, syntax: DataSet) =>
    writeDicom({ meta: syntax, dataSet: stated(changed).toSorted((a, b) => a.tag - b.tag), encoding });
  if (element.bytes !== undefined) {
    const isSwapped = !encoding.littleEndian && pixels.allocated === 8;
    if (isSwapped || pixels.photometric === 'YBR_FULL_422')
      throw refuse(`pixels stored as ${pixels.photometric} words`);
    const own = new Uint8Array(element.bytes);
    blackOutPlain(own, pixels, boxes, encoding.littleEndian, file);
    return write(
      dataSet.map((each) => (each === element ? { ...each, bytes: own } : each)),
      meta,
    );
  }
  const frames: Uint8Array[] = [];
  for (let index = 0; index < pixels.frames; index++) {
    const frame = await decode(index);
    const { samples } = blackened(frame, boxes);
    const isInteger = !(samples instanceof Float32Array || samples instanceof Float64Array);
    if (!isInteger || samples.BYTES_PER_ELEMENT * 8 > pixels.allocated || frame.channels !== pixels.channels) {
      throw refuse('compressed pixels of this kind');
    }
    const cells = pixels.allocated === 8 ? Uint8Array.from(samples) : Uint16Array.from(samples);
    frames.push(new Uint8Array(cells.buffer));
  }
  const plain = Buffer.concat(frames);
  const padded = plain.length % 2 === 0 ? plain : Buffer.concat([plain, Buffer.alloc(1)]);
  const changes = new Map<Tag, Element>([
    [pixelData, { tag: pixelData, representation: pixels.allocated === 8 ? 'OB' : 'OW', bytes: padded }],
    [0x0028_0102, word(0x0028_0102, pixels.stored - 1)],
    ...(pixels.channels === 3
      ? ([
          [0x0028_0004, { tag: 0x0028_0004, representation: 'CS', bytes: textBytes('RGB', 'CS') }],
          [0x0028_0006, word(0x0028_0006, 0)],
        ] as const)
      : []),
  ]);
  return write(
    [...dataSet.filter(({ tag }) => !changes.has(tag)), ...changes.values()],
    meta.map((each) => (each.tag === transferSyntax ? { ...each, bytes: textBytes(explicitLittle, 'UI') } : each)),
  );
}

/** In place: the cells of the rectangles become as the darkest of their frame; of colours, black. */
function blackOutPlain(
  bytes: Uint8Array,
  { width, height, channels, allocated, stored, signed, frames, photometric, planar }: Pixels,
  boxes: readonly Rectangle[],
  littleEndian: boolean,
  file: string,
): void {
  const size = allocated / 8;
  const length = width * height * channels * size;
  if (bytes.length < length * frames)
    throw new Problem('content', { file, reason: 'has fewer pixels than it declares' });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cellAt = (at: number) => (size === 1 ? bytes[at]! : view.getUint16(at, littleEndian));
  const mask = 2 ** stored - 1;
  const sampleOf = (cell: number) => {
    const value = cell & mask;
    return signed && value >= 2 ** (stored - 1) ? value - 2 ** stored : value;
  };
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * length;
    let fill = [
      0,
      photometric.startsWith('YBR') ? 2 ** (stored - 1) : 0,
      photometric.startsWith('YBR') ? 2 ** (stored - 1) : 0,
    ];
    if (channels === 1) {
      let best = cellAt(start);
      for (let at = start; at < start + length; at += size) {
        const cell = cellAt(at);
        const isDarker =
          photometric === 'MONOCHROME1' ? sampleOf(cell) > sampleOf(best) : sampleOf(cell) < sampleOf(best);
        if (isDarker) best = cell;
      }
      fill = [best & mask];
    }
    for (const box of boxes) {
      const { left, top, right, bottom } = touchedPixels(box, { width, height });
      for (let row = top; row < bottom; row++)
        for (let column = left; column < right; column++)
          for (let channel = 0; channel < channels; channel++) {
            const pixel = row * width + column;
            const at = start + size * (planar ? channel * width * height + pixel : pixel * channels + channel);
            if (size === 1) bytes[at] = fill[channel]!;
            else view.setUint16(at, fill[channel]!, littleEndian);
          }
    }
  }
}

/** The De-identification Method Code Sequence with 113101, in the form of its other items. */
function withCleanPixelData(element: Element): Element {
  const [like = []] = element.items ?? [];
  const texts: Readonly<Record<number, string>> = {
    524544: '113101',
    524546: 'DCM',
    524548: 'Clean Pixel Data Option',
  };
  const item = like.map((each) => ({ ...each, bytes: textBytes(texts[each.tag]!, 'LO') }));
  return { ...element, items: [...(element.items ?? []), item] };
}

/** Of explicit little endian. */
function word(tag: Tag, value: number): Element {
  return { tag, representation: 'US', bytes: Uint8Array.of(value % 256, value >> 8) };
}

function pixelsOf(dataSet: DataSet, littleEndian: boolean): Pixels | undefined {
  const bytesOf = (tag: Tag) => dataSet.find((element) => element.tag === tag)?.bytes ?? new Uint8Array();
  const number = (tag: Tag) => {
    const [first, second] = bytesOf(tag);
    if (first === undefined || second === undefined) return undefined;
    return littleEndian ? second * 256 + first : first * 256 + second;
  };
  const [height, width, allocated] = [number(0x0028_0010), number(0x0028_0011), number(0x0028_0100)];
  const frames = Number(textOf(bytesOf(0x0028_0008)).split('\\')[0]) || 1;
  const channels = number(0x0028_0002) ?? 1;
  if (height === undefined || width === undefined || allocated === undefined) return undefined;
  if (channels !== 1 && channels !== 3) return undefined;
  const stored = number(0x0028_0101) ?? allocated;
  if (stored > allocated || (number(0x0028_0102) ?? stored - 1) !== stored - 1) return undefined;
  return {
    ...{ width, height, channels, allocated, stored, frames },
    signed: number(0x0028_0103) === 1,
    photometric: textOf(bytesOf(0x0028_0004)),
    planar: channels === 3 && number(0x0028_0006) === 1,
  };
}
