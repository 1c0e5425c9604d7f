// Bilinear interpolation without smoothing, as deep-learning libraries resize; Pillow's filters are in resample.ts.

/** Where pixel i of the result lies: its centre on the centre (PyTorch), or its corner on the corner (TensorFlow 1). */
export type Alignment = 'centre' | 'corner';

/**
 * [height, width, channels] samples at `newHeight` x `newWidth`, from the four neighbours of each place (fewer at the
 * border). `centre` is PyTorch's interpolate(mode bilinear, align_corners False), `corner` TensorFlow 1's resize_bilinear.
 */
export function interpolate(
  samples: ArrayLike<number>,
  width: number,
  height: number,
  channels: number,
  newWidth: number,
  newHeight: number,
  alignment: Alignment,
): Float32Array {
  const rows = places(height, newHeight, alignment);
  const columns = places(width, newWidth, alignment);
  const result = new Float32Array(newHeight * newWidth * channels);
  let at = 0;
  for (const row of rows) {
    for (const column of columns) {
      for (let channel = 0; channel < channels; channel++) {
        const sample = (y: number, x: number) => samples[(y * width + x) * channels + channel]!;
        const above =
          sample(row.first, column.first) * (1 - column.share) + sample(row.first, column.next) * column.share;
        const below =
          sample(row.next, column.first) * (1 - column.share) + sample(row.next, column.next) * column.share;
        result[at++] = above * (1 - row.share) + below * row.share;
      }
    }
  }
  return result;
}

interface Place {
  readonly first: number;
  readonly next: number;
  /** Weight of `next`. */
  readonly share: number;
}

function places(from: number, to: number, alignment: Alignment): readonly Place[] {
  return Array.from({ length: to }, (_, i) => {
    const exact = alignment === 'centre' ? ((i + 0.5) * from) / to - 0.5 : (i * from) / to;
    const at = Math.min(from - 1, Math.max(0, exact));
    const first = Math.floor(at);
    return { first, next: Math.min(first + 1, from - 1), share: at - first };
  });
}
