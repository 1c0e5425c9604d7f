// A small catalog in a temporary folder for tests: images with invented metadata, scores that are known.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type Catalog, openCatalog } from '../../src-main/catalog/catalog.ts';
import { type ImportedFile, type ImportedImage, importFiles } from '../../src-main/catalog/tables/files.ts';

export const noon = '2026-01-01T12:00:00.000Z';

const cleanups: (() => void)[] = [];
afterAll(() => {
  for (const cleanup of cleanups.reverse()) cleanup();
});

/** A folder that goes away with the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'residua-test-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An empty catalog that goes away with the tests of the file. */
export function emptyCatalog(folder: string = temporaryFolder()): Catalog {
  const catalog = openCatalog(folder, { create: true });
  cleanups.push(() => catalog.close());
  return catalog;
}

/** A file of one image; `number` makes it different from others. */
export function sampleFile(number: number, image: Partial<ImportedImage> = {}): ImportedFile {
  const name = `image-${String(number).padStart(4, '0')}.png`;
  return {
    source: '/archive',
    path: `folder/${name}`,
    file: `/archive/folder/${name}`,
    inside: [],
    size: 1000 + number,
    modified: 1_700_000_000_000.25 + number,
    format: 'PNG',
    sha256: number.toString(16).padStart(64, '0'),
    images: [{ frame: 0, name, width: 64, height: 64, bits: 8, ...image }],
  };
}

/** A catalog with `count` images of ids 1 .. count; `describe` says what is special about image n (from 1). */
export function sampleCatalog(count: number, describe: (n: number) => Partial<ImportedImage> = () => ({})): Catalog {
  const catalog = emptyCatalog();
  importFiles(
    catalog,
    Array.from({ length: count }, (_, index) => sampleFile(index + 1, describe(index + 1))),
    noon,
  );
  return catalog;
}
