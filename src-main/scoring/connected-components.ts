// 8-connected components of a binary image, numbered in reading order as scikit-image's measure.label does.

/** `labels` is row-major: 0 outside, 1..sizes.length-1 the component; `sizes[label]` counts its pixels (sizes[0] the outside). */
export interface Components {
  readonly labels: Int32Array;
  readonly sizes: readonly number[];
}

/** Labels the non-zero pixels of `mask` [height, width]; pixels that touch at a corner belong together. */
export function labelComponents(mask: Uint8Array, width: number, height: number): Components {
  const labels = new Int32Array(mask.length);
  const sizes = [0];
  const pending = new Int32Array(mask.length);
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0) {
      sizes[0]! += 1;
      continue;
    }
    if (labels[start] !== 0) continue;
    const label = sizes.length;
    let found = 0;
    let visited = 0;
    labels[start] = label;
    pending[found++] = start;
    while (visited < found) {
      const pixel = pending[visited++]!;
      const row = Math.floor(pixel / width);
      const column = pixel - row * width;
      const lastRow = Math.min(row + 1, height - 1);
      const lastColumn = Math.min(column + 1, width - 1);
      for (let y = Math.max(row - 1, 0); y <= lastRow; y++)
        for (let x = Math.max(column - 1, 0); x <= lastColumn; x++) {
          const neighbour = y * width + x;
          if (mask[neighbour] === 0 || labels[neighbour] !== 0) continue;
          labels[neighbour] = label;
          pending[found++] = neighbour;
        }
    }
    sizes.push(found);
  }
  return { labels, sizes };
}
