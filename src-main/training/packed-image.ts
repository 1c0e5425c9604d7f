// An image in model space in as little memory as keeps its every bit.

/** 8-bit levels where these say all, else the values themselves. */
export type PackedImage = Uint8Array | Float32Array;

/** Levels 0..255 as `level / 127.5 - 1`: what the recipes make of 8-bit images. */
const levels = Float32Array.from({ length: 256 }, (_, level) => level / 127.5 - 1);

/** Packs values in -1..1; `unpack` gives the same bits. */
export function pack(image: Float32Array): PackedImage {
  const bytes = new Uint8Array(image.length);
  for (let i = 0; i < image.length; i++) {
    const level = Math.round((image[i]! + 1) * 127.5);
    if (levels[level] !== image[i]) return image;
    bytes[i] = level;
  }
  return bytes;
}

/** The values of a packed image; a fresh array where it was packed. */
export function unpack(image: PackedImage): Float32Array {
  if (image instanceof Float32Array) return image;
  const values = new Float32Array(image.length);
  for (let i = 0; i < image.length; i++) values[i] = levels[image[i]!]!;
  return values;
}
