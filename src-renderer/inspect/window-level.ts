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

/** Lowest and highest value of a frame. */
export function valueRange({ samples, slope, intercept }: Frame): readonly [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    if (sample < low) low = sample;
    if (sample > high) high = sample;
  }
  const ends = [low * slope + intercept, high * slope + intercept] as const;
  return ends[0] <= ends[1] ? ends : [ends[1], ends[0]];
}

/** The window that the file asks for; without one: eight bits as they are, else everything from lowest to highest. */
export function ownWindow(frame: Frame): GreyWindow {
  const asked = frame.windows[0];
  if (asked !== undefined) return { center: asked.center, width: asked.width };
  if (frame.samples instanceof Uint8Array) return { center: 128, width: 256 };
  const [low, high] = valueRange(frame);
  return { center: (low + high + 1) / 2, width: Math.max(1, high - low + 1) };
}

/** Dragging right widens, dragging down brightens; across `extent` pixels the window changes by `span` values. */
export function dragged(from: GreyWindow, right: number, down: number, span: number, extent: number): GreyWindow {
  const perPixel = span / extent;
  return { center: from.center - down * perPixel, width: Math.max(1, from.width + right * perPixel) };
}

/** RGBA bytes, rows from the top. Colour frames (8 bit) are shown as they are but for inversion. */
export function windowed(frame: Frame, window: GreyWindow, invert: boolean): Uint8ClampedArray<ArrayBuffer> {
  const { width, height, channels, samples, slope, intercept } = frame;
  const pixels = new Uint8ClampedArray(width * height * 4);
  const flip = invert !== frame.inverted;
  const isColour = channels === 3;
  const low = isColour ? 0 : window.center - 0.5 - (window.width - 1) / 2;
  const scale = isColour ? 1 : 255 / Math.max(window.width - 1, 1e-6);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      const sample = samples[pixel * channels + (isColour ? channel : 0)]!;
      const grey = ((isColour ? sample : sample * slope + intercept) - low) * scale;
      pixels[pixel * 4 + channel] = flip ? 255 - Math.max(0, Math.min(255, grey)) : grey;
    }
    pixels[pixel * 4 + 3] = 255;
  }
  return pixels;
}
