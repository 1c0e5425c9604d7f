// Export: what is chosen, what is written in each format, all or nothing, verified here and by sha256sum.
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { listDataset } from '../../src-main/archive/dataset-zip.ts';
import { openImageFile } from '../../src-main/archive/decode.ts';
import { EntryReader } from '../../src-main/archive/entry-reader.ts';
import { publishedRecipe } from '../../src-main/archive/recipe.ts';
import type { Catalog } from '../../src-main/catalog/catalog.ts';
import { auditEntries } from '../../src-main/catalog/tables/audit.ts';
import { importFiles, setFileState } from '../../src-main/catalog/tables/files.ts';
import type { ImageRecord } from '../../src-main/catalog/tables/images.ts';
import { addAnnotation } from '../../src-main/catalog/tables/marks.ts';
import { createRun, recordResults } from '../../src-main/catalog/tables/runs.ts';
import { pseudonymsOf } from '../../src-main/curation/deidentification/pseudonyms.ts';
import { chooseImages } from '../../src-main/curation/export/choose-images.ts';
import { type ExportRequest, exportImages, type ImageSources } from '../../src-main/curation/export/export-images.ts';
import { verifyExport } from '../../src-main/curation/export/verify-export.ts';
import { decide } from '../../src-main/curation/verdicts/decide.ts';
import { parseCsv } from '../../src-main/platform/csv.ts';
import { hashOfFile } from '../../src-main/platform/hash-of-file.ts';
import { quiet } from '../../src-main/platform/job.ts';
import { inWords } from '../../src-main/platform/words.ts';
import { exportFormatNames } from '../../src-preload/export-formats.ts';
import { dicomStyles, element, part10 } from '../archive/write-dicom.ts';
import { emptyCatalog, noon, sampleCatalog, temporaryFolder } from '../catalog/sample-catalog.ts';
import { gzipped, Planter, plantedDicom, plantedNifti, plantedPng } from './planted-files.ts';

const deidentification = {
  pseudonyms: pseudonymsOf(Buffer.alloc(32, 1)),
  retainDates: false,
  retainDevice: false,
  reviewed: new Set<number>(),
};

/** Reads and decodes in this process: the files here are our own. */
const reader = new EntryReader();
const sources: ImageSources = {
  read: (record) => reader.read(entryOf(record)),
  decode: async (record) => (await openImageFile(await reader.read(entryOf(record)))).frame(record.frame),
  labels: async ({ width, height }) => ({ width, height, samples: new Uint16Array(width * height).fill(1, 0, 9) }),
};
function entryOf({ path, file, inside, size, modified }: ImageRecord) {
  return { path, file, inside, size, modified };
}

/** A catalog over real files in a folder; the name of each says its format. */
async function catalogOf(files: Readonly<Record<string, Uint8Array>>): Promise<Catalog> {
  const catalog = emptyCatalog();
  const folder = join(catalog.folder, 'archive');
  const formats: Readonly<Record<string, string>> = {
    dcm: 'DICOM',
    png: 'PNG',
    nii: 'NIfTI-1',
    gz: 'NIfTI-1',
    jpg: 'JPEG',
    tif: 'TIFF',
  };
  for (const [name, bytes] of Object.entries(files)) {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    const format = formats[name.split('.').at(-1)!]!;
    const frames = format === 'NIfTI-1' ? [0, 1] : [0];
    const images = frames.map((frame) => ({ frame, name, width: 8, height: 8, bits: 8, kind: name.split('/')[0]! }));
    importFiles(
      catalog,
      [
        {
          source: folder,
          path: name,
          file,
          inside: [],
          size: bytes.length,
          modified: statSync(file).mtimeMs,
          format,
          sha256: (await hashOfFile(file)).sha256,
          images,
        },
      ],
      noon,
    );
  }
  return catalog;
}

const png = (seed: number) =>
  sharp(
    Uint8Array.from({ length: 64 }, (_, index) => (index * seed) % 256),
    { raw: { width: 8, height: 8, channels: 1 } },
  )
    .toColourspace('b-w')
    .png()
    .toBuffer();

function request(catalog: Catalog, more: Partial<ExportRequest> = {}): ExportRequest {
  return {
    target: join(catalog.folder, 'export', 'curated'),
    images: [1, 2, 3],
    format: 'original',
    scores: [],
    deidentification: null,
    program: 'Residua 0.1.0',
    actor: 'Ada',
    at: noon,
    ...more,
  };
}

const complaint = async (work: Promise<unknown>) => inWords(await work.catch((error: unknown) => error));
/** GNU coreutils' own check of the checksums. */
const checkedBySha256sum = (folder: string) =>
  execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' });

describe('chooseImages', () => {
  const catalog = () => {
    const made = sampleCatalog(6, (n) => ({ kind: n === 6 ? 'needle' : 'normal' }));
    const images = [1, 2, 3, 4, 5, 6];
    const run = createRun(made, { kind: 'score', title: '', parameters: {}, provenance: {}, images, at: noon });
    recordResults(
      made,
      run,
      images
        .slice(0, 5)
        .map((image) => ({ image, scores: [{ score: 'WD full', value: [0.5, 0, 2, -1, 2][image - 1]! }] })),
    );
    return made;
  };
  const score = { run: 1, score: 'WD full' };
  it.each([
    [{ filter: { kinds: ['needle'] } }, [6]],
    [{ filter: {}, score, where: 'above', threshold: 0.5 }, [5, 3, 1]],
    [{ filter: {}, score, where: 'below', threshold: 0.5 }, [4, 2]],
    [{ filter: {}, score, where: 'below', threshold: 0 }, [4]],
    [{ filter: {}, score, where: 'below', threshold: -1 }, []],
    [{ filter: {}, score, where: 'top', count: 2 }, [5, 3]],
    [{ filter: {}, score, where: 'bottom', count: 3 }, [4, 2, 1]],
    [{ filter: { kinds: ['needle'] }, score, where: 'top', count: 9 }, []],
  ] as const)('%j', (choice, expected) => {
    expect(chooseImages(catalog(), choice)).toEqual(expected);
  });
});

describe('exportImages', () => {
  it('copies originals with manifest, scores, verdicts and checksums', async () => {
    const catalog = await catalogOf({
      'normal/a.png': await png(3),
      'needle/b.png': await png(5),
      'needle/c.png': await png(7),
    });
    const run = createRun(catalog, {
      kind: 'score',
      title: '',
      parameters: { folder: '/home/smith', steps: 5 },
      provenance: { seed: 3 },
      images: [1, 2],
      at: noon,
    });
    recordResults(catalog, run, [{ image: 1, scores: [{ score: 'MSE full', value: 0.25 }] }]);
    decide(catalog, { images: [2], decision: 'reject', reason: '=odd', reviewer: 'Ada', at: noon });
    const report = await exportImages(
      catalog,
      request(catalog, { scores: [{ run, score: 'MSE full' }] }),
      sources,
      quiet,
    );
    expect(report).toMatchObject({ images: 3, files: 8, skipped: [] });
    expect(readdirSync(report.folder).sort()).toEqual([
      'SHA256SUMS',
      'croissant.json',
      'data-card.md',
      'images',
      'manifest.csv',
      'manifest.json',
    ]);
    expect(readFileSync(join(report.folder, 'images/00000002.png')).equals(await png(5))).toBe(true);
    const table = parseCsv(readFileSync(join(report.folder, 'manifest.csv'), 'utf8'), 'manifest.csv', {
      image: 'number',
      file: 'text',
      kind: 'text',
      verdict: 'optional-text',
      verdict_reason: 'optional-text',
      [`MSE full (run ${run})`]: 'optional-number',
    });
    expect(table).toEqual([
      {
        image: 1,
        file: 'images/00000001.png',
        kind: 'normal',
        verdict: null,
        verdict_reason: null,
        [`MSE full (run ${run})`]: 0.25,
      },
      {
        image: 2,
        file: 'images/00000002.png',
        kind: 'needle',
        verdict: 'reject',
        verdict_reason: '=odd',
        [`MSE full (run ${run})`]: null,
      },
      {
        image: 3,
        file: 'images/00000003.png',
        kind: 'needle',
        verdict: null,
        verdict_reason: null,
        [`MSE full (run ${run})`]: null,
      },
    ]);
    const manifest = readFileSync(join(report.folder, 'manifest.json'), 'utf8');
    expect(JSON.parse(manifest)).toMatchObject({
      residua_export: 1,
      format: 'original',
      deidentification: null,
      runs: [{ id: run, parameters: { steps: 5 }, provenance: { seed: 3 } }],
    });
    expect(manifest).not.toContain('smith');
    expect(await verifyExport(report.folder, quiet)).toEqual({ files: 7, images: 3, faults: [] });
    expect(checkedBySha256sum(report.folder)).toBe('');
    expect(auditEntries(catalog).at(-1)).toMatchObject({
      event: 'export',
      actor: 'Ada',
      details: { images: 3, skipped: 0, deidentified: false },
    });
  });

  it('skips what vanished, changed or was quarantined, with the reason', async () => {
    const catalog = await catalogOf({
      'a.png': await png(3),
      'b.png': await png(5),
      'c.png': await png(7),
      'd.png': await png(9),
    });
    const archive = join(catalog.folder, 'archive');
    rmSync(join(archive, 'a.png'));
    const other = Buffer.from(await png(5));
    other[40]! ^= 1;
    writeFileSync(join(archive, 'b.png'), other);
    setFileState(catalog, 3, 'vanished', 'is no longer there');
    const report = await exportImages(catalog, request(catalog, { images: [1, 2, 3, 4] }), sources, quiet);
    expect(report.skipped).toEqual([
      { image: 1, reason: 'no such file or folder' },
      { image: 2, reason: 'has other content than at import' },
      { image: 3, reason: 'is no longer there' },
    ]);
    expect(readdirSync(join(report.folder, 'images'))).toEqual(['00000004.png']);
    expect((await verifyExport(report.folder, quiet)).faults).toEqual([]);
  });

  it('removes identities from every format and name, and holds back what may show text', async () => {
    const planter = new Planter();
    const style = dicomStyles[0]!;
    const shown = plantedDicom(style, planter, [element(style, 0x0008_0060, 'CS', 'US')]);
    const folder = planter.next();
    const catalog = await catalogOf({
      [`${folder}/${planter.next()}.dcm`]: plantedDicom(dicomStyles[2]!, planter),
      [`${folder}/${planter.next()}.png`]: plantedPng(planter),
      [`${folder}/${planter.next()}.nii`]: plantedNifti(1, true, planter),
      [`${folder}/${planter.next()}.nii.gz`]: gzipped(plantedNifti(1, false, planter)),
      [`${folder}/${planter.next()}.dcm`]: shown,
      [`${folder}/${planter.next()}.tif`]: await sharp(await png(3))
        .tiff()
        .toBuffer(),
      [`${folder}/${planter.next()}.dcm`]: part10(style, Buffer.from(`broken ${planter.next()}`)),
    });
    const images = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const report = await exportImages(catalog, request(catalog, { images, deidentification }), sources, quiet);
    expect(report.skipped).toEqual([
      { image: 7, reason: 'held back for review: images of modality US often show text' },
      { image: 8, reason: 'TIFF files are not de-identified: export them as PNG' },
      { image: 9, reason: 'has an element without value representation' },
    ]);
    const files = readdirSync(report.folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.map(({ name }) => name).sort()).toEqual([
      '00000001.dcm',
      '00000002.png',
      '00000003.nii',
      '00000005.nii.gz',
      'SHA256SUMS',
      'croissant.json',
      'data-card.md',
      'manifest.csv',
      'manifest.json',
    ]);
    const everything = Buffer.concat(files.map(({ parentPath, name }) => readFileSync(join(parentPath, name))));
    expect(planter.planted.filter((text) => everything.includes(text) || report.folder.includes(text))).toEqual([]);
    expect(JSON.stringify(auditEntries(catalog))).not.toContain('PLANTED');
    const reviewed = { ...deidentification, reviewed: new Set([7]) };
    const second = await exportImages(
      catalog,
      request(catalog, { images: [7], deidentification: reviewed, target: join(catalog.folder, 'second') }),
      sources,
      quiet,
    );
    expect(second.images).toBe(1);
  });

  it('links originals, which share their bytes', async () => {
    const catalog = await catalogOf({ 'a.png': await png(3) });
    const { folder } = await exportImages(catalog, request(catalog, { images: [1], format: 'link' }), sources, quiet);
    expect(statSync(join(folder, 'images/00000001.png')).ino).toBe(statSync(join(catalog.folder, 'archive/a.png')).ino);
    expect(
      await complaint(exportImages(catalog, request(catalog, { format: 'link', deidentification }), sources, quiet)),
    ).toMatch(/a link shows the original/);
  });

  it('re-encodes as PNG, NIfTI, training set and COCO', async () => {
    const catalog = await catalogOf({ 'a.png': await png(3), 'b.png': await png(5) });
    addAnnotation(catalog, { image: 2, x: 1, y: 2, width: 3, height: 4, label: 'needle', reviewer: 'Ada', at: noon });
    const folders = new Map<string, string>();
    for (const format of exportFormatNames.filter((each) => !['original', 'link'].includes(each))) {
      const target = join(catalog.folder, format);
      const report = await exportImages(
        catalog,
        request(catalog, { images: [1, 2], format, target, deidentification, recipe: publishedRecipe(8, 1) }),
        sources,
        quiet,
      );
      expect(report.skipped).toEqual([]);
      expect((await verifyExport(target, quiet)).faults).toEqual([]);
      expect(checkedBySha256sum(target)).toBe('');
      folders.set(format, target);
    }
    const grey = (image: Buffer | string) => sharp(image).toColourspace('b-w').raw().toBuffer();
    const raw = await grey(await png(5));
    const levels = await grey(join(folders.get('png')!, 'images/00000002.png'));
    expect(levels.length).toBe(64);
    expect([Math.min(...levels), Math.max(...levels)]).toEqual([Math.min(...raw), Math.max(...raw)]);
    const nifti = readFileSync(join(folders.get('nifti')!, 'images/00000002.nii'));
    expect([nifti.readInt16LE(42), nifti.readInt16LE(44), nifti.readInt16LE(70), nifti.length]).toEqual([
      8,
      8,
      2,
      352 + 64,
    ]);
    expect(nifti.subarray(352).equals(raw)).toBe(true);
    const back = await (await openImageFile({ name: 'x.nii', bytes: nifti })).frame(0);
    expect([back.width, back.height]).toEqual([8, 8]);
    const { entries } = await listDataset(join(folders.get('dataset')!, 'dataset.zip'), { ...quiet, listedIn: null });
    expect(entries.length).toBe(2);
    const reader = new EntryReader();
    const exported = (await reader.read(entries[1]!.entry)).bytes;
    await reader.close();
    expect((await grey(Buffer.from(exported))).equals(raw)).toBe(true);
    const coco = JSON.parse(readFileSync(join(folders.get('coco')!, 'annotations.json'), 'utf8'));
    expect(coco.annotations).toHaveLength(3);
    expect(coco.annotations[0]).toMatchObject({ id: 1, image_id: 2, category_id: 1, bbox: [1, 2, 3, 4], area: 12 });
    expect(coco.images.map(({ file_name }: { file_name: string }) => file_name)).toEqual([
      'images/00000001.png',
      'images/00000002.png',
    ]);
  });

  it('leaves nothing behind when it fails or is cancelled, and clears what a killed one left', async () => {
    const catalog = await catalogOf({ 'a.png': await png(3), 'b.png': await png(5) });
    const parent = join(catalog.folder, 'export');
    const cancel = new AbortController();
    const control = { signal: cancel.signal, report: () => cancel.abort() };
    expect(await complaint(exportImages(catalog, request(catalog, { images: [1, 2] }), sources, control))).toBe(
      'export was cancelled',
    );
    const full: ImageSources = {
      ...sources,
      read: () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' })),
    };
    expect(await complaint(exportImages(catalog, request(catalog), full, quiet))).toBe('the disk is full');
    expect(readdirSync(parent)).toEqual([]);
    mkdirSync(join(parent, '.curated.99999999.0123abcd.partial/images'), { recursive: true });
    mkdirSync(join(parent, `.curated.${process.pid}.0123abcd.partial`));
    const { folder } = await exportImages(catalog, request(catalog, { images: [1] }), sources, quiet);
    expect(readdirSync(parent).sort()).toEqual([`.curated.${process.pid}.0123abcd.partial`, 'curated']);
    expect(await complaint(exportImages(catalog, request(catalog), sources, quiet))).toBe(`${folder}: exists already`);
  });
});

describe('verifyExport', () => {
  it('finds what was changed, removed or added', async () => {
    const catalog = await catalogOf({ 'a.png': await png(3), 'b.png': await png(5) });
    const { folder } = await exportImages(catalog, request(catalog, { images: [1, 2] }), sources, quiet);
    appendFileSync(join(folder, 'images/00000001.png'), ' ');
    rmSync(join(folder, 'images/00000002.png'));
    writeFileSync(join(folder, 'images/extra.png'), '');
    expect((await verifyExport(folder, quiet)).faults).toEqual([
      'images/00000001.png was changed',
      'images/00000002.png is missing',
      'images/extra.png was added',
    ]);
  });

  it.each(['nonsense\n', `${'0'.repeat(64)}  ../outside\n`, `${'0'.repeat(64)}  /etc/passwd\n`])(
    'refuses checksums such as %j',
    async (text) => {
      const folder = temporaryFolder();
      writeFileSync(join(folder, 'SHA256SUMS'), text);
      expect(await complaint(verifyExport(folder, quiet))).toMatch(/is not a list of checksums/);
      expect(existsSync(join(dirname(folder), basename(folder)))).toBe(true);
    },
  );
});
