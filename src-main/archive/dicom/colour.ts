// Resolves DICOM's colour models to RGB: YBR by PS3.3 C.7.6.3.1.2, palettes by C.7.6.3.1.5 and C.7.9.2.
import { Problem } from '../../platform/errors.ts';
import { type Attributes, numbers, rawBytes } from './data-set.ts';

/** Full-range YCbCr (ITU-R BT.601) to RGB, interleaved, 8 bits; rounded half up and clamped. */
export function ybrToRgb(samples: Uint8Array): Uint8Array {
  const rgb = new Uint8ClampedArray(samples.length);
  for (let at = 0; at < samples.length; at += 3) {
    const y = samples[at]!;
    const cb = samples[at + 1]! - 128;
    const cr = samples[at + 2]! - 128;
    rgb[at] = Math.floor(y + 1.402 * cr + 0.5);
    rgb[at + 1] = Math.floor(y - ((0.114 * 1.772) / 0.587) * cb - ((0.299 * 1.402) / 0.587) * cr + 0.5);
    rgb[at + 2] = Math.floor(y + 1.772 * cb + 0.5);
  }
  return new Uint8Array(rgb.buffer);
}

/** One colour of a palette: index `first` shows `values[0]`. */
interface Channel {
  readonly first: number;
  readonly bits: number;
  readonly values: Uint16Array;
}

const descriptors = ['x00281101', 'x00281102', 'x00281103'] as const;
const tables = ['x00281201', 'x00281202', 'x00281203'] as const;
const segmented = ['x00281221', 'x00281222', 'x00281223'] as const;

/**
 * Looks palette indices up: -> interleaved RGB, its bits, and a note on indices without a colour. Throws `content` when a table is missing or shorter than
 * its descriptor says.
 */
export function paletteToRgb(
  attributes: Attributes,
  indices: ArrayLike<number>,
  name: string,
): { readonly samples: Uint8Array | Uint16Array; readonly bits: 8 | 16; readonly notes: readonly string[] } {
  const channels = descriptors.map((_, colour) => readChannel(attributes, colour, name));
  const bits = channels[0]!.bits <= 8 ? 8 : 16;
  const samples = bits === 8 ? new Uint8Array(indices.length * 3) : new Uint16Array(indices.length * 3);
  let beyond = 0;
  for (const [colour, { first, values }] of channels.entries()) {
    const last = values.length - 1;
    for (let pixel = 0; pixel < indices.length; pixel++) {
      const entry = indices[pixel]! - first;
      if (colour === 0 && entry > last) beyond++;
      samples[pixel * 3 + colour] = values[Math.min(last, Math.max(0, entry))]!;
    }
  }
  const notes = beyond > 0 ? [`${beyond} pixels lie beyond the palette; its last colour stands for them`] : [];
  return { samples, bits, notes };
}

function readChannel(attributes: Attributes, colour: number, name: string): Channel {
  const broken = (reason: string) => new Problem('content', { file: name, reason: `the colour palette ${reason}` });
  const [declared, first, bits] = numbers(attributes, descriptors[colour]!, 'US');
  if (declared === undefined || first === undefined || bits === undefined) throw broken('has no descriptor');
  const count = declared === 0 ? 65_536 : declared;
  const segments = rawBytes(attributes, segmented[colour]!);
  const bytes = rawBytes(attributes, tables[colour]!);
  if (bytes === undefined) {
    if (segments === undefined) throw broken('is missing');
    const values = expandSegments(numbers(attributes, segmented[colour]!, 'US'), count);
    if (values.length !== count) throw broken(`has ${values.length} of ${count} entries`);
    return { first, bits, values };
  }
  if (bytes.length >= count * 2) {
    const words = Uint16Array.from(numbers(attributes, tables[colour]!, 'US').slice(0, count));
    // Some writers put 8-bit colours into the upper half of each word, or into both.
    const high = bits <= 8 && words.some((word) => word > 0xff);
    return { first, bits, values: high ? words.map((word) => word >> 8) : words };
  }
  if (bytes.length < count) throw broken(`has ${bytes.length} of ${count} entries`);
  return { first, bits, values: Uint16Array.from(bytes.subarray(0, count)) };
}

/** Segments of 16-bit words: 0 discrete, 1 linear, 2 indirect (a copy of earlier segments). Stops at `count` entries. */
function expandSegments(words: readonly number[], count: number): Uint16Array {
  const values: number[] = [];
  const expand = (start: number, segments: number, nested: boolean): void => {
    let at = start;
    for (let done = 0; done < segments && at + 1 < words.length && values.length < count; done++) {
      const [opcode, length] = [words[at]!, words[at + 1]!];
      if (opcode === 0) {
        values.push(...words.slice(at + 2, at + 2 + length));
        at += 2 + length;
      } else if (opcode === 1) {
        const [from, to] = [values.at(-1) ?? 0, words[at + 2] ?? 0];
        for (let step = 1; step <= length; step++) values.push(Math.round(from + ((to - from) * step) / length));
        at += 3;
      } else {
        const offset = ((words[at + 2] ?? 0) | ((words[at + 3] ?? 0) << 16)) / 2;
        // A copy of copies would never end.
        if (opcode !== 2 || nested) return;
        expand(offset, length, true);
        at += 4;
      }
    }
  };
  expand(0, words.length, false);
  return Uint16Array.from(values.slice(0, count));
}
