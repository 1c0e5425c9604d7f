// What an import has found, counted; and the sentence that says it.
import { z } from 'zod';

/** What an import found; part of the run's provenance from its first batch on, so that an interrupted one counts on. */
export const countsOf = z.object({
  images: z.int().default(0),
  files: z.int().default(0),
  unchanged: z.int().default(0),
  /** Had other content before: the old images stay, as changed. */
  changed: z.int().default(0),
  /** Cannot be read, now or as an earlier import has found. */
  quarantined: z.int().default(0),
  vanished: z.int().default(0),
  /** Known by their content from another place, where they are no longer. */
  moved: z.int().default(0),
  /** Remarks about files that were read all the same, and about series. */
  noted: z.int().default(0),
});
export interface Counts extends z.infer<typeof countsOf> {
  /** What the walk refuses, such as broken zips: no file of the catalog, so that it is counted each time. */
  refused: number;
  /** Left out, because somebody has removed them from the catalog; also counted each time. */
  removed: number;
  /** All files of the sources; 0 as long as they have never all been found. */
  total: number;
}

/** Files that are done with, whatever was done. */
export const readable = ({ files, unchanged, moved, removed }: Counts): number => files + unchanged + moved + removed;
export const skipped = ({ quarantined, refused }: Counts): number => quarantined + refused;

/** `1,200 images imported, 3 files unchanged, 2 skipped`. */
export function summary(counts: Counts): string {
  const told: readonly (readonly [count: number, one: string, many: string])[] = [
    [counts.unchanged, 'file unchanged', 'files unchanged'],
    [counts.changed, 'file changed', 'files changed'],
    [skipped(counts), 'skipped', 'skipped'],
    [counts.moved, 'file found at its new place', 'files found at their new places'],
    [counts.removed, 'left out, removed from the catalog earlier', 'left out, removed from the catalog earlier'],
    [counts.vanished, 'vanished', 'vanished'],
    [counts.noted, 'noted', 'noted'],
  ];
  const words = [[counts.images, 'image imported', 'images imported'] as const, ...told.filter(([count]) => count > 0)];
  return words.map(([count, one, many]) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`).join(', ');
}
