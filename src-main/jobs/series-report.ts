// What an import says about the series that it completed: gaps between slices, gantry tilt, slices at one position.
import { dirname } from 'node:path';
import type { Geometry } from '../archive/decoded-image.ts';
import { groupSeries, seriesNotes } from '../archive/dicom/series.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { importedScans, slicesOfScan } from '../catalog/tables/scans.ts';

/** A line for every oddity of the DICOM series of `source` that an import since `began` has added slices to. */
export function* seriesReport(catalog: Catalog, source: string, began: string): Generator<string> {
  for (const scan of importedScans(catalog, source, began)) {
    const slices = slicesOfScan(catalog, scan).map(({ series, geometry, ...slice }) => ({
      ...{ ...slice, geometry: geometry as Geometry },
      metadata: series === null ? {} : { seriesUid: series },
    }));
    for (const { slices: ordered, ...series } of groupSeries(slices)) {
      const place = dirname(ordered[0]!.path);
      for (const note of seriesNotes({ slices: ordered, ...series })) {
        yield `series of ${ordered.length} slices in ${place === '.' ? source : place}: ${note}`;
      }
    }
  }
}
