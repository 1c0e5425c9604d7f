// Window and level: which values of a frame are shown from black to white (DICOM PS3.3 C.11.2.1.2.1, LINEAR).
import type { Frame } from '../../src-preload/schemas/image.ts';

/** In values (sample * slope + intercept): Hounsfield units for CT. */
export interface GreyWindow {
  readonly center: number;
  readonly width: number;
}

/** Windows of common use for CT, in Hounsfield units. */
export const computedTomographyWindows: readonly (GreyWindow & { readonly name: string })[] = [
  { name: 'soft tissue', center: 40, width: 400 },
  { name: 'lung', center: -600, width: 1500 },
  { name: 'bone', center: 480, width: 2500 },
  { name: 'brain', center: 40, width: 80 },
  { name: 'liver', center: 60, width: 160 },
];

/** Hounsfield units of fat; only air is lower. */
const fat = -90;

/** Whether windows in Hounsfield units fit a frame: its file says CT, or says nothing (as NIfTI does) and has values below fat. */
export function isInHounsfield(frame: Frame, modality: string | null): boolean {
  return modality === 'CT' || (modality === null && frame.channels === 1 && valueRange(frame)[0] < fat);
}

const knownRanges = new WeakMap<Frame, readonly [number, number]>();

/** Lowest and highest value of a frame. */
export function valueRange(frame: Frame): readonly [number, number] {
  const known = knownRanges.get(frame);
  if (known !== undefined) return known;
  const { samples, slope, intercept } = frame;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < samples.length; index++) {
    const sample = samples[index]!;
    if (sample < low) low = sample;
    if (sample > high) high = sample;
  }
  const ends = [low * slope + intercept, high * slope + intercept] as const;
  const range = ends[0] <= ends[1] ? ends : ([ends[1], ends[0]] as const);
  knownRanges.set(frame, range);
  return range;
}

/** The window of the file; without one, 8-bit values as they are, otherwise from the lowest to the highest. */
export function ownWindow(frame: Frame): GreyWindow {
  const requested = frame.windows[0];
  if (requested !== undefined) return { center: requested.center, width: requested.width };
  if (frame.samples instanceof Uint8Array) return { center: 128, width: 256 };
  const [low, high] = valueRange(frame);
  return { center: (low + high + 1) / 2, width: Math.max(1, high - low + 1) };
}

/** Dragging right widens, dragging down brightens; across `extent` pixels the window changes by `span` values. */
export function dragged(from: GreyWindow, right: number, down: number, span: number, extent: number): GreyWindow {
  const perPixel = span / extent;
  return { center: from.center - down * perPixel, width: Math.max(1, from.width + right * perPixel) };
}

/** Sample -> grey level 0..255. Colour (8 bit) is shown as it is but for inversion. */
function levelsOf(frame: Frame, window: GreyWindow, invert: boolean): (sample: number) => number {
  const { channels, slope, intercept } = frame;
  const flip = invert !== frame.inverted;
  const low = channels === 3 ? 0 : window.center - 0.5 - (window.width - 1) / 2;
  const scale = channels === 3 ? 1 : 255 / Math.max(window.width - 1, 1e-6);
  const [a, b] = channels === 3 ? [1, 0] : [slope * scale, (intercept - low) * scale];
  return (sample) => {
    const level = Math.max(0, Math.min(255, Math.round(sample * a + b)));
    return flip ? 255 - level : level;
  };
}

/** A level for every sample that an array of this type can hold; undefined for types of more than 16 bits. */
function tableFor(
  samples: Frame['samples'],
  level: (sample: number) => number,
): { table: Uint8Array; first: number } | undefined {
  const first = samples instanceof Int8Array ? -128 : samples instanceof Int16Array ? -32768 : 0;
  if (samples.BYTES_PER_ELEMENT > 2) return undefined;
  const table = Uint8Array.from({ length: 256 ** samples.BYTES_PER_ELEMENT }, (_, index) => level(index + first));
  return { table, first };
}

/** RGBA bytes, rows from the top. */
export function windowed(frame: Frame, window: GreyWindow, invert: boolean): Uint8ClampedArray<ArrayBuffer> {
  const { width, height, channels, samples } = frame;
  const level = levelsOf(frame, window, invert);
  const looked = samples.length > 65_536 ? tableFor(samples, level) : undefined;
  const at = looked === undefined ? level : (sample: number) => looked.table[sample - looked.first]!;
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let pixel = 0, to = 0; pixel < width * height; pixel++, to += 4) {
    if (channels === 1) {
      const grey = at(samples[pixel]!);
      pixels[to] = grey;
      pixels[to + 1] = grey;
      pixels[to + 2] = grey;
    } else {
      for (let channel = 0; channel < 3; channel++) pixels[to + channel] = at(samples[pixel * 3 + channel]!);
    }
    pixels[to + 3] = 255;
  }
  return pixels;
}
