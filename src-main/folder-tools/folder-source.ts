// The images of a plain folder or zip as a source.
import type { ArchiveEntry } from '../archive/entry.ts';
import { applyRecipe } from '../archive/recipe.ts';
import { type FolderListing, type FolderReader, listFolder, type Skipped } from '../decoder/folder-images.ts';
import type { ImageSource, SourceImage } from '../operations/image-source.ts';
import type { JobControl } from '../platform/job.ts';

export interface FolderSource extends ImageSource {
  /** What the listing refused before anything was opened. */
  readonly refused: readonly Skipped[];
}

/** Lists a folder, zip or single file; names are paths in it. Throws `file` when it cannot be opened at all. */
export async function openFolderSource(root: string, reader: FolderReader, control: JobControl): Promise<FolderSource> {
  return sourceOf(root, await listFolder(root, control), reader);
}

function sourceOf(root: string, { entries, refused }: FolderListing, reader: FolderReader): FolderSource {
  const listed: readonly ArchiveEntry[] = [...entries.values()];
  const read = ({ id }: SourceImage) => reader.read(listed[id]!);
  return {
    name: root,
    images: Array.from(entries.keys(), (name, id) => ({ id, name })),
    refused,
    read,
    readModelSpace: async (image, recipe) => applyRecipe(await read(image), recipe),
  };
}
