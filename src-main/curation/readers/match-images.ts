// Finds the images of this catalog that rows of another machine are about: by content, not by path.
import type { ImageRecord } from '../../catalog/tables/images.ts';

/** How a row names an image, whatever folder it is in. */
export interface ImageKeys {
  readonly sha256: string | null;
  /** SOP instance UID. */
  readonly instance: string | null;
  /** From 0. */
  readonly frame: number;
  readonly pixelFingerprint: string | null;
}

type Matched = Pick<ImageRecord, 'id' | 'sha256' | 'instance' | 'frame' | 'pixelFingerprint'>;

/**
 * Gives the image of each row: the one of the same file content and frame, else of the same SOP instance and frame, else of the same
 * pixels. Where several images are alike, rows of one reader about them get one each, in the order of import; undefined: none.
 */
export function imageMatcher(
  images: readonly Matched[],
): (row: ImageKeys & { readonly reader: string }) => number | undefined {
  const keysOf = ({ sha256, instance, frame, pixelFingerprint }: ImageKeys): readonly (string | null)[] => [
    sha256 === null ? null : `file ${sha256} ${frame}`,
    instance === null ? null : `instance ${instance} ${frame}`,
    pixelFingerprint === null ? null : `pixels ${pixelFingerprint}`,
  ];
  const found = new Map<string, number[]>();
  for (const image of images) {
    for (const key of keysOf(image)) {
      if (key === null) continue;
      const same = found.get(key);
      if (same === undefined) found.set(key, [image.id]);
      else same.push(image.id);
    }
  }
  const taken = new Map<string, Set<number>>();
  return (row) => {
    const given = taken.get(row.reader) ?? new Set<number>();
    taken.set(row.reader, given);
    for (const key of keysOf(row)) {
      const image = key === null ? undefined : found.get(key)?.find((id) => !given.has(id));
      if (image !== undefined) {
        given.add(image);
        return image;
      }
    }
    return undefined;
  };
}
