// Annotations from masks of true anomalies: the box around what a mask of the same name marks.
import type { Catalog } from '../catalog/catalog.ts';
import { imageRecords } from '../catalog/tables/images.ts';
import { annotationsOf } from '../catalog/tables/marks.ts';
import { imageIds } from '../catalog/tables/pages.ts';
import { annotate } from '../curation/annotations/annotate.ts';
import { type FolderReader, listFolder, type Skipped, stem } from '../decoder/folder-images.ts';
import { boxAround } from '../phantom/box.ts';
import { isProblem, Problem } from '../platform/errors.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';

/** Annotations added, images that have theirs already, and masks that fit no image or cannot be read. */
export interface MaskReport {
  readonly added: number;
  readonly known: number;
  readonly skipped: readonly Skipped[];
}

/**
 * Annotates the images of the catalog whose path in their source is that of a mask in `folder` (endings apart) with the
 * smallest rectangle around all that the mask marks (above 0), labelled with the image's kind. A second call adds nothing.
 */
export async function annotateFromMasks(
  catalog: Catalog,
  folder: string,
  { reviewer, at }: { readonly reviewer: string; readonly at: string },
  reader: FolderReader,
  control: JobControl,
): Promise<MaskReport> {
  const { entries, refused } = await listFolder(folder, control);
  const skipped: Skipped[] = [...refused];
  const ids = imageIds(catalog, {}, { by: 'imported', descending: false });
  const images = new Map(imageRecords(catalog, ids).map((record) => [stem(record.path), record]));
  let [added, known, done] = [0, 0, 0];
  for (const [name, entry] of entries) {
    checkpoint(control, 'reading masks');
    try {
      const image = images.get(stem(name));
      if (image === undefined) throw new Problem('missing', { what: 'image of the mask', name });
      const mask = await reader.readGrey(entry);
      if (mask.width !== image.width || mask.height !== image.height) {
        const found = `${mask.width}x${mask.height}`;
        throw new Problem('mismatch', { what: `mask ${name}`, expected: `${image.width}x${image.height}`, found });
      }
      const box = boxAround(mask.data, mask.width);
      if (box === null) throw new Problem('content', { file: name, reason: 'marks nothing' });
      const { left: x, top: y, width, height } = box;
      const same = annotationsOf(catalog, [image.id]).some(
        (each) => each.x === x && each.y === y && each.width === width && each.height === height,
      );
      if (same) known += 1;
      else {
        annotate(catalog, { image: image.id, x, y, width, height, label: image.kind ?? 'anomaly', reviewer, at });
        added += 1;
      }
    } catch (error) {
      if (!isProblem(error) || error.kind === 'cancelled') throw error;
      skipped.push({ name, error });
    }
    done += 1;
    control.report({ stage: 'reading masks', done, total: entries.size });
  }
  return { added, known, skipped };
}
