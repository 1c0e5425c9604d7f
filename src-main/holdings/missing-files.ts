// Looks whether the files of a catalog are still there, a few at a time, beside whatever else goes on.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Catalog } from '../catalog/catalog.ts';
import { noteGone, type PlacedFile, placedFiles } from '../catalog/tables/moved-files.ts';
import { fates } from '../decoder/as-imported.ts';
import { checkpoint, type JobControl } from '../platform/job.ts';
import { isGone } from './moved-files.ts';

/** Files that are looked at between two writes, and at the same time. */
const page = 1000;
const atOnce = 16;

/** What a check has found. */
export interface FileCheck {
  readonly files: number;
  /** Files that are not there. */
  readonly missing: number;
  /** Files of which the catalog said otherwise before. */
  readonly changed: number;
}

/**
 * Notes for every file of the catalog whether it is there: one that is gone has the state `vanished`, one that is there again
 * `present`. Nothing is opened. `onChange` is called after each write.
 */
export async function checkFiles(
  catalog: Catalog,
  control: JobControl,
  onChange: () => void = () => {},
): Promise<FileCheck> {
  const known = new Map<string, boolean>();
  const counts = { files: 0, missing: 0, changed: 0 };
  for (let after = 0; ; ) {
    checkpoint(control, 'looking for files');
    const files = placedFiles(catalog, after, page);
    if (files.length === 0) return counts;
    after = files.at(-1)!.id;
    await lookAt(files, known);
    checkpoint(control, 'looking for files');
    const wrong = files.filter(({ file, isGone }) => known.get(file) !== isGone);
    const [gone, there] = [wrong.filter(({ isGone }) => !isGone), wrong.filter(({ isGone }) => isGone)];
    if (wrong.length > 0 && !catalog.readOnly) {
      catalog.transaction(() => {
        if (gone.length > 0) noteGone(catalog, idsOf(gone), fates.vanished);
        if (there.length > 0) noteGone(catalog, idsOf(there), null);
      });
      onChange();
    }
    counts.files += files.length;
    counts.missing += files.filter(({ file }) => known.get(file)).length;
    counts.changed += wrong.length;
    control.report({ stage: 'looking for files', done: counts.files, total: 0 });
    await nextTurn();
  }
}

const idsOf = (files: readonly PlacedFile[]): readonly number[] => files.map(({ id }) => id);

/** Many files may lie in one zip: each place of the disk is looked at once. `known`: of the page before, then of this one. */
async function lookAt(files: readonly PlacedFile[], known: Map<string, boolean>): Promise<void> {
  const places = [...new Set(files.map(({ file }) => file))];
  const before = new Map(known);
  known.clear();
  for (let first = 0; first < places.length; first += atOnce) {
    const group = places.slice(first, first + atOnce);
    const gone = await Promise.all(group.map((place) => before.get(place) ?? isGone(place)));
    for (const [index, place] of group.entries()) known.set(place, gone[index]!);
  }
}
