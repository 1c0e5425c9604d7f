// The writer of each export format; what else is known about a format lies in src-preload/export-formats.ts.
import type { ExportFormat } from '../../../../src-preload/export-formats.ts';
import { writeCoco } from './coco.ts';
import { writeDataset } from './dataset.ts';
import type { FormatWriter } from './format.ts';
import { writeNiftis } from './nifti.ts';
import { writeNnunet } from './nnunet.ts';
import { writeLinks, writeOriginals } from './original-files.ts';
import { writePngs } from './png.ts';
import { writeCsvTables, writeParquetTables } from './tables.ts';

/** A format without its writer does not compile. */
export const formatWriters: { readonly [F in ExportFormat]: FormatWriter } = {
  original: writeOriginals,
  link: writeLinks,
  png: writePngs,
  nifti: writeNiftis,
  dataset: writeDataset,
  coco: writeCoco,
  nnunet: writeNnunet,
  parquet: writeParquetTables,
  csv: writeCsvTables,
};
