// Which images were being computed when a process ended: these are computed last, one by one, until one is found to blame.
import type { ImageSource, SourceImage } from '../operations/image-source.ts';

/** So often may a process end over an image that is computed alone, until the image is left out. */
export const mostDeaths = 3;

/** What an earlier attempt, or the process that ended, has left. */
export interface Suspicion {
  /** Images that were being computed. */
  readonly inFlight: readonly number[];
  readonly deaths: Readonly<Record<string, number>>;
}

/** The suspicion after a death: whoever was alone then is blamed once more; of several nobody is, yet. */
export function afterDeath({ inFlight, deaths }: Suspicion): Suspicion['deaths'] {
  const next: Record<string, number> = { ...deaths };
  for (const id of inFlight) next[id] = (next[id] ?? 0) + (inFlight.length === 1 ? 1 : 0);
  return next;
}

/**
 * `source` with the suspects last, each in a batch of its own, after all other images are stored. `onHandedOut` is told the images that
 * are being computed, whenever that changes; call `settled` for those that are stored or left out.
 */
export function suspecting(
  source: ImageSource,
  deaths: Suspicion['deaths'],
  onHandedOut: (inFlight: readonly number[]) => void | Promise<void>,
): { readonly source: ImageSource; readonly settled: (ids: readonly number[]) => void } {
  const inFlight = new Set<number>();
  let waiting: (() => void)[] = [];
  const isAlone = ({ id }: SourceImage) => Object.hasOwn(deaths, String(id));
  const settled = (ids: readonly number[]) => {
    for (const id of ids) inFlight.delete(id);
    if (inFlight.size > 0) return;
    for (const proceed of waiting) proceed();
    waiting = [];
  };
  return {
    settled,
    source: {
      ...source,
      images: [...source.images.filter((image) => !isAlone(image)), ...source.images.filter(isAlone)],
      isAlone,
      readModelSpace: async (image, recipe) => {
        while (isAlone(image) && inFlight.size > 0 && !(inFlight.size === 1 && inFlight.has(image.id))) {
          await new Promise<void>((proceed) => waiting.push(proceed));
        }
        const target = await source.readModelSpace(image, recipe);
        if (!inFlight.has(image.id)) {
          inFlight.add(image.id);
          await onHandedOut([...inFlight]);
        }
        return target;
      },
    },
  };
}
