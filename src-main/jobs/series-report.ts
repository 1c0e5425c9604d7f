// Completes the series that an import has added slices to: which of them make one scan, and what is odd about them.
import { dirname } from 'node:path';
import { groupSeries, type Series, stackKey } from '../archive/dicom/series.ts';
import { seriesNotes } from '../archive/dicom/series-notes.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { scanOf } from '../catalog/tables/files.ts';
import {
  importedFileScans,
  importedSeries,
  moveToScan,
  slicesOfFileScan,
  slicesOfSeries,
} from '../catalog/tables/scans.ts';
import { sliceOf } from './slice-facts.ts';

type Slice = ReturnType<typeof sliceOf>;

/**
 * A line for every oddity of the DICOM series of `source` that an import since `began` has added slices to. Slices come one
 * by one, and only together show which of them make one stack: they are put into their scans here.
 */
export function* seriesReport(catalog: Catalog, source: string, began: string): Generator<string> {
  const told = function* (groups: readonly Series<Slice>[]) {
    for (const series of groups) {
      const place = dirname(series.slices[0]!.path);
      for (const note of seriesNotes(series)) {
        yield `series of ${series.slices.length} slices in ${place === '.' ? source : place}: ${note}`;
      }
    }
  };
  for (const uid of importedSeries(catalog, source, began)) {
    const groups = groupSeries(slicesOfSeries(catalog, uid).map(sliceOf));
    catalog.transaction(() => regroup(catalog, groups));
    yield* told(groups);
  }
  for (const scan of importedFileScans(catalog, source, began)) {
    yield* told(groupSeries(slicesOfFileScan(catalog, scan).map(sliceOf)));
  }
}

/** Gives each stack a scan of its own: the one that its slices have, where no other stack has it, else a new one. */
function regroup(catalog: Catalog, groups: readonly Series<Slice>[]): void {
  const taken = new Set<number>();
  for (const { slices, copies } of groups) {
    const members = [...slices, ...copies];
    const [own] = members.flatMap(({ scan }) => (scan === null || taken.has(scan) ? [] : [scan]));
    const scan = own ?? scanOf(catalog, `series ${stackKey(slices[0]!)} from image ${slices[0]!.id}`);
    taken.add(scan);
    const moved = members.filter((slice) => slice.scan !== scan).map(({ id }) => id);
    if (moved.length > 0) moveToScan(catalog, moved, scan);
  }
}
