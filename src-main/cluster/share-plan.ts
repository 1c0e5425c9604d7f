// How a run is divided: shares of 20 to 60 minutes by the measured rate, as even as they can be.
import type { Share } from './exchange.ts';
import type { LinePlace } from './listing.ts';

/** What a task takes: seconds until the first image, and for each. */
export interface Rate {
  readonly startSeconds: number;
  readonly secondsPerImage: number;
}

/** Seconds of a task: what is lost with a node, and what starting it costs, are both small. */
const usual = 40 * 60;
const longest = 60 * 60;
/** Starting may take this part of a task. */
const mostStarting = 0.05;
/** A run's first images are one task, which tells the rate, where it is not known. */
export const pilotImages = 64;

/**
 * Into how many tasks `images` are divided. Where all of them can run at once they are as many as there are slots, though none is
 * so short that starting takes more than a twentieth of it. Else each takes about 40 minutes, and up to 60 where an array could
 * not have so many; beyond that they are several arrays.
 */
export function taskCount(
  images: number,
  { startSeconds, secondsPerImage }: Rate,
  { slots, mostTasks }: { readonly slots: number; readonly mostTasks: number },
): number {
  const work = images * secondsPerImage;
  const least = startSeconds * (1 / mostStarting - 1);
  const count = Math.ceil(work / Math.max(usual, least));
  if (count <= slots) {
    const affordable = least === 0 ? slots : Math.floor(work / least);
    return Math.max(1, Math.min(images, slots, affordable));
  }
  return Math.min(images, count <= mostTasks ? count : Math.max(mostTasks, Math.ceil(work / longest)));
}

/** Divides lines that follow each other into `count` shares; names go on after `after`. */
export function divide(places: readonly LinePlace[], count: number, after: number): readonly Share[] {
  return Array.from({ length: count }, (_, index): Share => {
    const first = Math.floor((places.length * index) / count);
    const end = Math.floor((places.length * (index + 1)) / count);
    const [from, last] = [places[first]!, places[end - 1]!];
    return {
      name: String(after + index + 1).padStart(5, '0'),
      count: end - first,
      offset: from.offset,
      bytes: last.offset + last.bytes - from.offset,
    };
  });
}
