// Values as colours of a colour map, for canvases.
import { type ColourMap, colourTable } from '../../src-preload/colour-maps.ts';

/**
 * RGBA bytes of `values` from `low` (darkest) to `high` (brightest). The opacity grows with the value up to `opacity`
 * (0..1) when `fade` is set, so that the image stays visible below low values.
 */
export function coloured(
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
  { map, opacity, fade }: { readonly map: ColourMap; readonly opacity: number; readonly fade: boolean },
): Uint8ClampedArray<ArrayBuffer> {
  const table = colourTable(map);
  const pixels = new Uint8ClampedArray(values.length * 4);
  const scale = high > low ? 255 / (high - low) : 0;
  for (let pixel = 0; pixel < values.length; pixel++) {
    const level = Math.max(0, Math.min(255, Math.round((values[pixel]! - low) * scale)));
    const [red, green, blue] = table[level]!;
    pixels[pixel * 4] = red;
    pixels[pixel * 4 + 1] = green;
    pixels[pixel * 4 + 2] = blue;
    pixels[pixel * 4 + 3] = 255 * opacity * (fade ? level / 255 : 1);
  }
  return pixels;
}
