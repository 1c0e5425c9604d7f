// Planted identifiers through the whole program: imported, shown, reported, exported in every format, and found nowhere outside the catalog's own tables.
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { publishedRecipe } from '../../src-main/archive/recipe.ts';
import { ZipArchive } from '../../src-main/archive/zip-archive.ts';
import { openCatalog } from '../../src-main/catalog/catalog.ts';
import { addModel } from '../../src-main/catalog/tables/models.ts';
import { createRun, recordResults } from '../../src-main/catalog/tables/runs.ts';
import { filesBelow } from '../../src-main/curation/export/checksums.ts';
import { exportFormatFacts, exportFormatNames } from '../../src-preload/export-formats.ts';
import { dicomStyles } from '../archive/write-dicom.ts';
import { temporaryFolder } from '../cli/residua.ts';
import {
  ctImage,
  gzipped,
  Planter,
  plantedDicom,
  plantedJpeg,
  plantedNifti,
  plantedPng,
} from '../curation/planted-files.ts';
import { Bench, closeBenches } from './bench.ts';

afterEach(closeBenches);

const at = '2026-01-01T00:00:00.000Z';

/** Files of every kind below `folder`, with identifiers in content, names and names of patients' folders. */
async function plantArchive(folder: string, planter: Planter): Promise<void> {
  const jpeg = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#a04020' } })
    .jpeg()
    .toBuffer();
  const files: [string, Uint8Array][] = [
    ...dicomStyles.map((style): [string, Uint8Array] => [
      `normal/${planter.next()}/${planter.next()}.dcm`,
      plantedDicom(style, planter, ctImage(style)),
    ]),
    [`other/${planter.next()}.nii`, plantedNifti(1, true, planter)],
    [`other/${planter.next()}.nii`, plantedNifti(2, false, planter)],
    [`other/${planter.next()}.nii.gz`, gzipped(plantedNifti(1, false, planter))],
    // Without what lies behind its end, for which it would be refused.
    [`normal/${planter.next()}.png`, plantedPng(planter).subarray(0, -17)],
    [`other/${planter.next()}.jpg`, plantedJpeg(jpeg, planter)],
    [`other/${planter.next()}.dcm`, Buffer.from(`no image of ${planter.next()}`)],
    [`other/${planter.next()}.dcm`, plantedDicom(dicomStyles[0]!, planter).subarray(0, 3000)],
  ];
  for (const [name, bytes] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
}

/** The forms in which a text can lie in a file: as it is, in UTF-16 of both byte orders, in base64 at any offset. */
function formsOf(text: string): Buffer[] {
  const wide = Buffer.from(text, 'utf16le');
  const base64 = [0, 1, 2].map((shift) => {
    // Letters that hold bits of the text alone.
    const whole = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString('base64');
    return whole.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + text.length) * 8) / 6));
  });
  return [Buffer.from(text), wide, Buffer.from(wide).swap16(), ...base64.map((letters) => Buffer.from(letters))];
}

/** The bytes of a file and of what lies compressed in it. */
async function layersOf(file: string): Promise<Uint8Array[]> {
  const bytes = readFileSync(file);
  if (file.endsWith('.gz')) return [bytes, gunzipSync(bytes)];
  if (file.endsWith('.dcm') && bytes.includes(dicomStyles.find(({ deflated }) => deflated)!.syntax)) {
    return [bytes, inflateRawSync(bytes.subarray(144 + bytes.readUInt32LE(140)))];
  }
  if (!file.endsWith('.zip')) return [bytes];
  const zip = await ZipArchive.openBuffer(bytes, 'zip');
  return [bytes, ...(await Promise.all([...zip.entries.keys()].map((name) => zip.read(name))))];
}

/** Planted texts in the files below `folder` or in their names. */
async function found(folder: string, forms: readonly (readonly [string, Buffer[]])[]): Promise<string[]> {
  const paths = await filesBelow(folder);
  const layers = await Promise.all(paths.map(async (path) => [path, await layersOf(join(folder, path))] as const));
  return layers.flatMap(([path, contents]) => {
    const buffers = contents.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength));
    return forms
      .filter(
        ([text, bytes]) =>
          path.includes(text) || buffers.some((content) => bytes.some((form) => content.includes(form))),
      )
      .map(([text]) => `${text} in ${path}`);
  });
}

describe('500 planted identifiers', () => {
  it('are found in no export, log, report or thumbnail', { timeout: 300_000 }, async () => {
    await using folder = await temporaryFolder();
    const planter = new Planter();
    const archive = join(folder.path, 'archive');
    await plantArchive(archive, planter);
    const forms = planter.planted.map((text) => [text, formsOf(text)] as const);
    expect(forms.length).toBeGreaterThanOrEqual(500);
    // The search finds what is there.
    expect((await found(archive, forms)).length).toBeGreaterThan(500);

    const bench = new Bench(join(folder.path, 'catalog'));
    await bench.call('catalog.create', { folder: bench.catalog, name: 'test' });
    await bench.run({ kind: 'import', parameters: { sources: [archive], kind: null, cohort: null } });
    const { ids } = await bench.call('images.ids', { filter: {}, order: { by: 'imported', descending: false } });
    expect(ids.length).toBe(6 + 3 * 2 + 2);
    const { run, model } = scored(bench.catalog, ids);

    for (const format of exportFormatNames) {
      const { keepsIdentities, needs } = exportFormatFacts(format);
      // The archive here has no masks.
      if (keepsIdentities !== null || needs.includes('masks')) continue;
      const target = join(folder.path, 'exports', format);
      const parameters = { target, images: { filter: {} }, format, model, reviewer: 'Ada' };
      const ended = await bench.run({
        kind: 'export',
        parameters: { ...parameters, scores: [{ run, score: 'WD full' }], deidentification: basic, dicomResults: true },
      });
      expect(ended.state).toBe('done');
    }
    await bench.call('statistics.report', {
      runs: [run],
      baseline: 'normal',
      file: join(folder.path, 'reports', 'report.html'),
    });
    for (const id of ids) await bench.call('images.thumbnail', { id, size: 32 });

    expect(await filesBelow(join(bench.catalog, 'thumbnails/32'))).toHaveLength(ids.length);
    const places = ['exports', 'reports', 'catalog/logs', 'catalog/thumbnails'];
    for (const place of places) expect(await found(join(folder.path, place), forms), place).toEqual([]);
    const sums = readFileSync(join(folder.path, 'exports/original/SHA256SUMS'), 'utf8');
    expect(sums.split('\n').length).toBeGreaterThan(10);
  });
});

const basic = { retainDates: false, retainDevice: false, reviewed: [] };

/** A run with a score for every image, and a model whose recipe makes training sets. */
function scored(folder: string, ids: ArrayLike<number>): { readonly run: number; readonly model: number } {
  const catalog = openCatalog(folder);
  try {
    const images = Array.from(ids);
    const run = createRun(catalog, { kind: 'score', title: 'scores', parameters: {}, provenance: {}, images, at });
    recordResults(
      catalog,
      run,
      images.map((image, value) => ({ image, scores: [{ score: 'WD full', value }] })),
    );
    const recipe = { ...publishedRecipe(4, 1), intensity: { type: 'min-max' } };
    const constructorArguments = { resolution: 4, channels: 1 };
    const facts = { name: 'model', file: 'models/none', sha256: '0'.repeat(64), provenance: {}, importedAt: at };
    return { run, model: addModel(catalog, { ...facts, constructorArguments, recipe }) };
  } finally {
    catalog.close();
  }
}
