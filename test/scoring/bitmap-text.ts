// Text drawn with a bitmap font of 5 x 7 pixels: the same on every machine, whatever fonts it has.
import type { GreyImage } from '../../src-main/platform/grey-image.ts';

/** Seven rows of five bits each, the leftmost the highest. */
const glyphs: Readonly<Record<string, readonly number[]>> = {
  '0': [14, 17, 19, 21, 25, 17, 14],
  '1': [4, 12, 4, 4, 4, 4, 14],
  '2': [14, 17, 1, 2, 4, 8, 31],
  '3': [31, 2, 4, 2, 1, 17, 14],
  '4': [2, 6, 10, 18, 31, 2, 2],
  '7': [31, 1, 2, 4, 8, 8, 8],
  '8': [14, 17, 17, 14, 17, 17, 14],
  '9': [14, 17, 17, 15, 1, 2, 12],
  '-': [0, 0, 0, 31, 0, 0, 0],
  ' ': [0, 0, 0, 0, 0, 0, 0],
  D: [28, 18, 17, 17, 17, 18, 28],
  E: [31, 16, 16, 30, 16, 16, 31],
  H: [17, 17, 17, 31, 17, 17, 17],
  J: [7, 2, 2, 2, 2, 18, 12],
  N: [17, 17, 25, 21, 19, 17, 17],
  O: [14, 17, 17, 17, 17, 17, 14],
};

/** Draws a line with its top left corner at (left, top), each dot a square of `dot` pixels; the pixels it covered. `upwards`: turned by a quarter. */
export function drawText(
  { width, data }: GreyImage,
  text: string,
  {
    left,
    top,
    dot,
    level,
    upwards = false,
  }: { left: number; top: number; dot: number; level: number; upwards?: boolean },
): readonly number[] {
  const ink: number[] = [];
  const length = text.length * 6 * dot;
  for (const [at, character] of [...text].entries())
    for (let row = 0; row < 7 * dot; row++)
      for (let column = 0; column < 5 * dot; column++) {
        const bits = glyphs[character]![Math.floor(row / dot)]!;
        if (((bits >> (4 - Math.floor(column / dot))) & 1) === 0) continue;
        const along = at * 6 * dot + column;
        const pixel = upwards ? (top + length - 1 - along) * width + left + row : (top + row) * width + left + along;
        data[pixel] = level;
        ink.push(pixel);
      }
  return ink;
}
