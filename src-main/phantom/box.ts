// The rectangle that encloses what a mask marks.

/** Pixels: columns left .. left + width - 1, rows top .. top + height - 1. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest box around the pixels above 0 of a mask of `columns` columns, row by row; null when there are none. */
export function boxAround(mask: Uint8Array, columns: number): Box | null {
  let [left, right, top, bottom] = [columns, -1, Number.POSITIVE_INFINITY, -1];
  for (const [pixel, inside] of mask.entries()) {
    if (inside === 0) continue;
    const row = Math.floor(pixel / columns);
    const column = pixel % columns;
    left = Math.min(left, column);
    right = Math.max(right, column);
    top = Math.min(top, row);
    bottom = row;
  }
  return bottom < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}
