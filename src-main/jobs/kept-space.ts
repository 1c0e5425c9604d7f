// How much room on disk the features take that a run keeps, told before anybody waits for it.

/** Places of the grid on which features are kept, and the numbers that a place has of a localiser as `train-localiser` makes it. */
const [places, localiserChannels] = [8 * 8, 288];
/** Means of all features of the network, about. */
const means = 1000;
/** A discriminator's features of one block are kept on a 4x4 grid; it has at most so many of them. */
const [discriminatorPlaces, discriminatorChannels] = [4 * 4, 512];

/** A number kept with 11 significant bits. */
const bytesOfNumber = 2;
/** Key and checksums of an image, for each network. */
const bytesOfEntry = 36;

/** Numbers that each family keeps of an image whose model space has `side` pixels. */
const numbers: Readonly<Record<string, (side: number, settings: Readonly<Record<string, unknown>>) => number>> = {
  localiser: (side) => places * localiserChannels + side ** 2,
  features: (_, { trunkChannels }) => places * Number(trunkChannels) + means,
  typicality: (side) => discriminatorPlaces * discriminatorChannels * Math.max(1, Math.log2(side) - 2),
  acquisition: () => 8,
};

/** Bytes at most, about, of what `families` keep of `images` images. Compression takes a fifth to a half of it away. */
export function bytesKept(
  families: readonly string[],
  settings: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  { images, side }: { readonly images: number; readonly side: number },
): number {
  const perImage = families
    .map((family) => (numbers[family]?.(side, settings[family] ?? {}) ?? 0) * bytesOfNumber + bytesOfEntry)
    .reduce((sum, bytes) => sum + bytes, 0);
  return images * perImage;
}
