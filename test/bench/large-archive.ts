// A catalog of 112,120 images, the size of ChestX-ray14, with scores: for measures of the catalog and of the window.
import type { Catalog } from '../../src-main/catalog/catalog.ts';
import { importFiles } from '../../src-main/catalog/tables/files.ts';
import { createRun, recordResults } from '../../src-main/catalog/tables/runs.ts';

export const largeArchive = 112_120;
const kinds = ['normal', 'pneumonia', 'nodule', 'effusion'];
const at = '2026-01-01T00:00:00.000Z';

/** What a file of the archive is, where it matters that it can be read. */
export interface ArchiveFile {
  readonly file: string;
  readonly size: number;
  readonly sha256: string;
  readonly side: number;
}

/** Writes the images and their scores; the ids of the images and of the run. `fileOf`: by id, from 1. */
export function fillLargeArchive(
  catalog: Catalog,
  scores: readonly string[],
  fileOf: (id: number, name: string) => ArchiveFile = noFile,
  images = largeArchive,
): { readonly runId: number; readonly ids: readonly number[] } {
  const { runId, ids } = fillImages(catalog, images, fileOf);
  for (const batch of batches(ids)) {
    recordResults(
      catalog,
      runId,
      batch.map((image) => ({
        image,
        scores: scores.map((score, index) => ({ score, value: hashed(image * scores.length + index) })),
      })),
    );
  }
  return { runId, ids };
}

/** Writes images and a run that has all of them to do. */
export function fillImages(
  catalog: Catalog,
  images: number,
  fileOf: (id: number, name: string) => ArchiveFile = noFile,
): { readonly runId: number; readonly ids: readonly number[] } {
  const ids = Array.from({ length: images }, (_, index) => index + 1);
  for (const batch of batches(ids)) {
    importFiles(
      catalog,
      batch.map((id) => described(id, fileOf)),
      at,
    );
  }
  return {
    runId: createRun(catalog, { kind: 'bench', title: 'bench', parameters: {}, provenance: {}, images: ids, at }),
    ids,
  };
}

const noFile = (id: number, name: string): ArchiveFile => ({
  file: `/archive/images/${name}`,
  size: id,
  sha256: id.toString(16).padStart(64, '0'),
  side: 1024,
});

function described(id: number, fileOf: (id: number, name: string) => ArchiveFile) {
  const name = `${String(id).padStart(8, '0')}_000.png`;
  const { file, size, sha256, side } = fileOf(id, name);
  return {
    ...{ source: '/archive', path: `images/${name}`, file, inside: [], size, modified: id, format: 'PNG', sha256 },
    images: [
      {
        ...{ frame: 0, name, width: side, height: side, bits: 8, modality: 'DX', bodyPart: 'CHEST' },
        ...{ view: id % 3 === 0 ? 'AP' : 'PA', kind: kinds[id % kinds.length]!, patient: `P${id % 30_805}` },
      },
    ],
  };
}

/** A number in 0..1 that looks random and is the same every time (Weyl sequence). */
export function hashed(n: number): number {
  return (n * 0.618_033_988_749_895) % 1;
}

function batches(ids: readonly number[]): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(ids.length / 1000) }, (_, batch) =>
    ids.slice(batch * 1000, (batch + 1) * 1000),
  );
}
