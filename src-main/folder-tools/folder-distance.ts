// Compares two plain folders of images by the features of a published network, in an engine process.
import type { ArchiveEntry } from '../archive/entry.ts';
import { displayValues, toBytes } from '../archive/grey.ts';
import type { Levels } from '../archive/recipe.ts';
import { FolderReader, listFolder, type Skipped } from '../decoder/folder-images.ts';
import type { FeatureDistanceParameters, FeatureDistanceSupplier, FeatureDistances } from '../engine/protocol.ts';
import { withEngine } from '../engine/start-engine.ts';
import { Problem } from '../platform/errors.ts';
import type { JobControl } from '../platform/job.ts';
import type { Launcher } from '../platform/process.ts';

export interface FolderDistance extends Omit<FeatureDistanceParameters, 'totals'> {
  /** The real images; null when their features are stored. */
  readonly first: string | null;
  readonly second: string;
}

/** Images that cannot be read are told to `onSkipped` and left out. Throws `missing` for an empty folder. */
export async function compareFolders(
  { first, second, ...parameters }: FolderDistance,
  launch: Launcher,
  control: JobControl,
  onSkipped: (skipped: Skipped) => void,
): Promise<FeatureDistances> {
  const sets = [first === null ? null : await entriesOf(first), await entriesOf(second)] as const;
  async function entriesOf(folder: string): Promise<ArchiveEntry[]> {
    const { entries, refused } = await listFolder(folder, control);
    for (const skipped of refused) onSkipped(skipped);
    if (entries.size === 0) throw new Problem('missing', { what: 'images', name: folder });
    return [...entries.values()];
  }
  const reader = new FolderReader();
  const read = (entry: ArchiveEntry) =>
    reader.read(entry).then(
      (image): Levels[] => [{ ...image, data: toBytes(displayValues(image)) }],
      (error: unknown): Levels[] => {
        onSkipped({ name: entry.path, error });
        return [];
      },
    );
  const next = async (set: ArchiveEntry[], count: number): Promise<readonly Levels[]> => {
    const images: Levels[] = [];
    while (images.length < count && set.length > 0) {
      const part = set.splice(0, count - images.length);
      images.push(...(await Promise.all(part.map(read))).flat());
    }
    return images.map(({ width, height, channels, data }) => ({ width, height, channels, data }));
  };
  const totals = [sets[0]?.length ?? null, sets[1].length] as const;
  try {
    return await withEngine<FeatureDistanceSupplier, FeatureDistances>(
      launch,
      { 'features.images': ({ set, count }) => next(sets[set - 1] ?? [], count) },
      (engine) => engine.call('features.distance', { ...parameters, totals }, control),
    );
  } finally {
    await reader.close();
  }
}
